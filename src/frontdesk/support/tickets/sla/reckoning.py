"""The arithmetic of response times, pure: no database, no clock. All moments are aware; minutes are those of the
calendar's opening hours, in its time zone, across changes of the clock, the calendar and the policy.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Hours:
    """A calendar from `since` on: for each weekday (0 is Monday) spans of local time; on `holidays` nobody is there."""

    since: datetime
    zone: ZoneInfo
    week: Sequence[Sequence[tuple[time, time]]]  # an end of 00:00 means midnight at the day's end
    holidays: frozenset[date] = frozenset()


@dataclass(frozen=True)
class Promise:
    """A policy from `since` on, in minutes of opening hours; None promises nothing."""

    since: datetime
    level: str
    calendar: str
    first: int | None
    next: int | None
    solve: int | None


@dataclass(frozen=True)
class Change:
    """A state change, in order. `kind` is one of StateChange.Kind; `level` is set for LEVEL."""

    at: datetime
    kind: str
    level: str = ""


@dataclass(frozen=True)
class Book:
    """All dated policies, and calendars by name."""

    promises: Sequence[Promise]
    calendars: dict[str, Sequence[Hours]]


@dataclass(frozen=True)
class Span:
    """A piece of the arithmetic that an agent can be shown: from when to when it ran, and how many minutes counted."""

    begin: datetime
    end: datetime
    minutes: float
    why: str  # "running", "waiting", "solved"


@dataclass(frozen=True)
class Clock:
    """One of the three promises: how it stands. `due_at` is None when nothing runs (paused, answered, not promised)."""

    target: str  # "first", "next", "solve"
    promised: int | None
    used: float
    due_at: datetime | None
    met: bool | None  # None while it is still open
    spans: Sequence[Span] = field(default=())


def reckon(changes: Sequence[Change], book: Book, *, now: datetime) -> dict[str, Clock]:
    """How each of the three promises stands at `now`."""
    raise NotImplementedError


def add_minutes(start: datetime, minutes: float, hours: Sequence[Hours]) -> datetime | None:
    """The moment when that many opening minutes have passed since `start`; None when the calendar never opens."""
    raise NotImplementedError


def minutes_between(start: datetime, end: datetime, hours: Sequence[Hours]) -> float:
    """How many opening minutes lie between two moments."""
    raise NotImplementedError
