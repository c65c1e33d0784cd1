"""The one catalogue of reasons: behind every error, help page, mail and agent's view stands one entry of it.

Each app declares its own in `errors.py`, by making a subclass of `Refusal`. `contract/reasons.json` is generated from
the registry, and `/help/r/<code>` shows every entry.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import ClassVar

from django.utils.functional import Promise

Text = str | Promise
JsonValue = str | int | bool | None | list[int] | list[str]


@dataclass(frozen=True)
class Reason:
    """Why something was refused, and what helps.

    `title` says it in a few words, `detail` in a sentence that blames nobody, `remedy` what to do next.
    """

    code: str
    status: int
    title: Text
    detail: Text
    remedy: Text
    members: tuple[str, ...] = field(default=())


_registry: dict[str, Reason] = {}


def declare(
    *, code: str, status: int, title: Text, detail: Text, remedy: Text, members: tuple[str, ...] = ()
) -> Reason:
    """Enter a reason in the catalogue. Raises ValueError when the code is taken or not lower_snake_case."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", code):
        raise ValueError(f"not a reason's code: {code!r}")
    if code in _registry:
        raise ValueError(f"declared twice: {code}")
    _registry[code] = Reason(code, status, title, detail, remedy, members)
    return _registry[code]


def every() -> list[Reason]:
    """All reasons, in order of their codes."""
    return [_registry[code] for code in sorted(_registry)]


def find(code: str) -> Reason | None:
    """The reason with this code."""
    return _registry.get(code)


class Refusal(Exception):
    """Base of all errors that a person or a program is told about; `members` adds to the problem document."""

    reason: ClassVar[Reason]

    def __init__(self, **members: JsonValue) -> None:
        super().__init__(self.reason.code)
        self.members: Mapping[str, JsonValue] = members

    @property
    def code(self) -> str:
        """The reason's code."""
        return self.reason.code

    def wait_seconds(self, now: datetime) -> int | None:
        """How many seconds to wait, by the members `retry_after` or `retry_at`; None when neither says.

        `now`: business time, by which `retry_at` is meant.
        """
        seconds, moment = self.members.get("retry_after"), self.members.get("retry_at")
        if isinstance(seconds, int):
            return max(1, seconds)
        if isinstance(moment, str):
            return max(1, ceil((datetime.fromisoformat(moment) - now).total_seconds()))
        return None

    def problem(self, base_url: str) -> dict[str, JsonValue]:
        """The RFC 9457 problem document, in the language that is active."""
        help_url = f"{base_url}/help/r/{self.code}"
        return {
            "type": help_url,
            "code": self.code,
            "title": str(self.reason.title),
            "detail": str(self.reason.detail),
            "status": self.reason.status,
            "remedy": str(self.reason.remedy),
            "help_url": help_url,
            **self.members,
        }
