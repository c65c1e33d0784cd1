"""What the arithmetic of service levels goes by, and what it says: promises, changes, clocks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from frontdesk.support.tickets.sla.hours import Hours


@dataclass(frozen=True)
class Promise:
    """A policy from `since` on, in minutes of opening hours; None promises nothing."""

    since: datetime
    level: str
    calendar: str
    first: int | None
    next: int | None
    solve: int | None

    def minutes(self, target: str) -> int | None:
        """What is promised for one of the three."""
        return {"first": self.first, "next": self.next, "solve": self.solve}[target]


@dataclass(frozen=True)
class Change:
    """A state change, in order. `kind` is one of StateChange.Kind; `level` is set for LEVEL (and may be for OPENED)."""

    at: datetime
    kind: str
    level: str = ""


@dataclass(frozen=True)
class Book:
    """All dated policies, and calendars by name."""

    promises: Sequence[Promise]
    calendars: dict[str, Sequence[Hours]]

    def promise(self, level: str, at: datetime) -> Promise | None:
        """What this level promised at that moment."""
        made = [each for each in self.promises if each.level == level and each.since <= at]
        return max(made, key=lambda each: each.since, default=None)

    def hours(self, promise: Promise | None) -> Sequence[Hours]:
        """The calendar by which a promise is counted."""
        return self.calendars.get(promise.calendar, ()) if promise else ()


@dataclass(frozen=True)
class Span:
    """A piece of the arithmetic that an agent can be shown: from when to when it ran, and how many minutes counted."""

    begin: datetime
    end: datetime
    minutes: float
    why: str  # "running", "waiting", "solved"


@dataclass(frozen=True)
class Clock:
    """One of the three promises: how it stands.

    `due_at` is None when nothing runs (paused, ended, not promised). `met` is None while it is open and not late.
    `late` counts how often it was missed: `next` begins anew with each question.
    """

    target: str  # "first", "next", "solve"
    promised: int | None
    used: float
    due_at: datetime | None
    met: bool | None
    spans: Sequence[Span] = field(default=())
    late: int = 0
