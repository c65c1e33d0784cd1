"""The choice, pure: candidates in, the best and why out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Candidate:
    """An agent as the choice sees them. `load` counts live conversations, weighted; `knows` the skill asked for."""

    person: UUID
    name: str
    knows: int
    load: float
    capacity: int
    last_given_at: datetime | None


@dataclass(frozen=True)
class Choice:
    """Who, and why, in words for the event line ("billing ≥ 2, least loaded"). `person` None: nobody can now."""

    person: UUID | None
    why: str


def choose(candidates: Sequence[Candidate], *, skill: str, least_level: int, relaxed: bool) -> Choice:
    """The least loaded relative to capacity who knows enough; ties go to whoever waited longest."""
    raise NotImplementedError
