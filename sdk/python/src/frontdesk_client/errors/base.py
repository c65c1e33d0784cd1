"""What all errors of this package have in common."""

from typing import ClassVar


class FrontdeskError(Exception):
    """Anything this package refuses or cannot do. ``help_url`` may be relative to the server."""

    code: ClassVar[str] = "error"
    default_title: ClassVar[str] = "Something went wrong"
    default_detail: ClassVar[str] = ""
    default_remedy: ClassVar[str] = ""

    def __init__(self, detail: str = "", *, title: str = "", remedy: str = "", help_url: str = "") -> None:
        self.title = title or self.default_title
        self.detail = detail or self.default_detail
        self.remedy = remedy or self.default_remedy
        self.help_url = help_url or f"/help/r/{self.code}"
        super().__init__(self.title)

    def __str__(self) -> str:
        return " ".join(part for part in (f"{self.title}.", self.detail, self.remedy) if part)

    @property
    def reason(self) -> str:
        """The stable name of the reason, as programs compare it."""
        return self.code

    def members(self) -> dict[str, object]:
        """What ``--json`` prints: the shape of a problem document."""
        return {
            "code": self.reason,
            "title": self.title,
            "detail": self.detail,
            "remedy": self.remedy,
            "help_url": self.help_url,
        }
