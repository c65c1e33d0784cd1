"""Finding. Queries of any kind never fail: what cannot be understood finds nothing."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Found:
    """A hit. `snippet` is HTML with <mark> around what matched; `score` falls from hit to hit."""

    kind: str
    subject: UUID
    slug: str
    url: str
    title: str
    snippet: str
    score: float


def find(query: str, *, language: str = "", limit: int = 10, with_private: bool = False) -> list[Found]:
    """The best hits in this language (the active one when none is named); if there is none, in the others.

    The last word may be unfinished. `limit` is at most 50.
    """
    raise NotImplementedError
