"""What an open page can wait for."""

import re
from dataclasses import dataclass
from uuid import UUID

LONGEST = 12
WORD = re.compile(rf"[a-z_]{{1,{LONGEST}}}")


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that pages wait for: one thing by its key, or, without a key, all of a kind.

    Written `conversation:<uuid>` or `desk`. Raises ValueError for a kind that is no short word.
    """

    kind: str
    key: UUID | None = None

    def __post_init__(self) -> None:
        if not WORD.fullmatch(self.kind):
            raise ValueError("a kind is a short word in small letters")

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}" if self.key else self.kind

    @classmethod
    def read(cls, written: str) -> "Topic":
        """The topic that was written. Raises ValueError."""
        kind, _, key = written.partition(":")
        return cls(kind, UUID(key) if key else None)

    @property
    def is_broad(self) -> bool:
        """Whether it is about all of a kind, so that many listen."""
        return self.key is None


def person(number: UUID) -> Topic:
    """Everything that is for one person."""
    return Topic("person", number)
