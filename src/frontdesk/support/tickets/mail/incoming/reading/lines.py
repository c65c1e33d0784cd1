"""A text as lines that know whether they are the writer's own words."""

from dataclasses import dataclass, field

QUOTE, CUT, SIGN = "quote", "cut", "sign"
MOST_LINES = 20_000


@dataclass
class Line:
    """One line. `mark` says what its markup said of it: QUOTE, CUT (what follows is quoted too), SIGN (a signature).

    `leaves` are the pieces of an HTML tree that it was made of.
    """

    text: str
    mark: str = ""
    leaves: list[object] = field(default_factory=list)
    is_own: bool = True

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands on it."""
        return not self.text.strip()


def is_too_long(text: str) -> bool:
    """Whether `of_text` drops its end."""
    return text.count("\n") >= MOST_LINES


def of_text(text: str) -> list[Line]:
    """A plain text's lines."""
    return [Line(each.replace("\xa0", " ").rstrip(" \t") if each != "-- " else each)
            for each in text.split("\n")[:MOST_LINES]]  # fmt: skip


def joined(lines: list[Line], *, own: bool) -> str:
    """The own lines, or the others, as a text without needless blank lines."""
    kept: list[str] = []
    for line in lines:
        if line.is_own == own and not (line.is_blank and (not kept or not kept[-1].strip())):
            kept.append(line.text.rstrip())
    return "\n".join(kept).strip("\n")
