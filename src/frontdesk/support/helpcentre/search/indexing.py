"""Keeping the search's table up to date with what it was made of."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Findable:
    """What is to be found. `body` is plain text, `url` a path of this installation."""

    kind: str
    subject: UUID
    language: str
    url: str
    slug: str
    title: str
    body: str
    changed_at: datetime
    keywords: str = ""
    summary: str = ""
    is_public: bool = True


def put(findable: Findable) -> None:
    """Enter it, or what it says now, in the caller's transaction."""
    raise NotImplementedError


def remove(*, kind: str, subject: UUID, language: str | None = None) -> None:
    """Take it out (in one language, or in all)."""
    raise NotImplementedError


def rebuild() -> int:
    """Make everything anew from the published articles; returns how many entries there are. Also a command."""
    raise NotImplementedError
