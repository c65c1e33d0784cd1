"""The three counts while time passes; `reckoning` says by which rules."""

from datetime import datetime, timedelta

from frontdesk.support.tickets.sla.book import Book, Change, Clock, Promise, Span
from frontdesk.support.tickets.sla.hours import MINUTE, add_time, time_between

TARGETS = ("first", "next", "solve")
RUNNING, WAITING, SOLVED = "running", "waiting", "solved"
OVER = {"solved", "closed", "merged", "spam"}


class Count:
    """One clock while it is being counted."""

    def __init__(self, target: str, book: Book) -> None:
        self.target = target
        self.book = book
        self.is_on = False
        self.level = ""
        self.promise: Promise | None = None
        self.used = timedelta()
        self.reached_at: datetime | None = None  # when all that was promised had passed
        self.ended_at: datetime | None = None
        self.met: bool | None = None
        self.late_before = 0
        self.spans: list[Span] = []

    @property
    def promised(self) -> timedelta | None:
        minutes = self.promise.minutes(self.target) if self.promise else None
        return None if minutes is None else timedelta(minutes=minutes)

    def begin(self, level: str, at: datetime) -> None:
        self.late_before += self.met is False
        self.is_on, self.ended_at, self.met, self.used, self.spans = True, None, None, timedelta(), []
        self.be_promised(level, at)

    def be_promised(self, level: str, at: datetime) -> None:
        """What the level promises at this moment; what was counted stays counted."""
        self.level, self.promise = level, self.book.promise(level, at)
        self.reached_at = at if self.promised is not None and self.used >= self.promised else None

    def add(self, begin: datetime, end: datetime, why: str) -> None:
        hours = self.book.hours(self.promise)
        more = time_between(begin, end, hours) if why == RUNNING else timedelta()
        if self.promised is not None and self.reached_at is None and self.used + more >= self.promised:
            self.reached_at = add_time(begin, self.promised - self.used, hours)
        self.used += more
        self.spans.append(Span(begin, end, more / MINUTE, why))

    def is_late_at(self, moment: datetime) -> bool:
        return self.reached_at is not None and self.reached_at < moment

    def end(self, at: datetime) -> None:
        if self.is_on:
            self.is_on, self.ended_at = False, at
            self.met = None if self.promised is None else not self.is_late_at(at)

    def drop(self, at: datetime) -> None:
        """It ends without a verdict, unless it was late already."""
        if self.is_on:
            self.end(at)
            self.met = self.met and None

    def go_on(self, level: str, at: datetime) -> None:
        """It had ended, and goes on where it stood."""
        if self.is_on or self.ended_at is None:
            return
        if self.ended_at < at:
            self.spans.append(Span(self.ended_at, at, 0.0, SOLVED))
        self.is_on, self.ended_at, self.met = True, None, None
        if level != self.level:
            self.be_promised(level, at)

    def as_clock(self, why: str, now: datetime) -> Clock:
        met = False if self.is_on and self.is_late_at(now) else self.met
        promised = None if self.promised is None else int(self.promised / MINUTE)
        late = self.late_before + (met is False)
        return Clock(self.target, promised, self.used / MINUTE, self._due_at(why, now), met, tuple(self.spans), late)

    def _due_at(self, why: str, now: datetime) -> datetime | None:
        if not self.is_on or why != RUNNING or self.promised is None:
            return None
        return self.reached_at or add_time(now, self.promised - self.used, self.book.hours(self.promise))


class Run:
    """The three counts, whose turn it is, and the level in force, while time passes."""

    def __init__(self, book: Book) -> None:
        self.first, self.next, self.solve = (Count(target, book) for target in TARGETS)
        self.why = RUNNING
        self.in_force = ""
        self.is_answered = False
        self.is_opened = False
        self.at: datetime | None = None

    def clocks(self, now: datetime) -> dict[str, Clock]:
        return {count.target: count.as_clock(self.why, now) for count in self._counts}

    @property
    def _counts(self) -> tuple[Count, Count, Count]:
        return self.first, self.next, self.solve

    def pass_time(self, until: datetime) -> None:
        if self.at is not None and self.at < until:
            for count in self._counts:
                if count.is_on:
                    count.add(self.at, until, self.why)
        self.at = until

    def take(self, change: Change) -> None:
        self.in_force = change.level or self.in_force
        if change.kind in OVER:
            self._over(change)
        elif change.kind in TAKES:
            TAKES[change.kind](self, change.at)

    def _over(self, change: Change) -> None:
        """Solved: the solution ends, and what the customer wrote last needs no answer. Else all of it is dropped."""
        if change.kind == SOLVED:
            self.solve.end(change.at)
        elif self.why != SOLVED:
            self.solve.drop(change.at)
            self.first.drop(change.at)
        self.next.drop(change.at)
        self.why = SOLVED

    def opened(self, at: datetime) -> None:
        """First response and solution begin, once: with what was merged in, it may have begun earlier."""
        if self.is_opened:
            return
        self.is_opened = True
        self.first.begin(self.in_force, at)
        self.solve.begin(self.in_force, at)

    def customer_wrote(self, at: datetime) -> None:
        """It is our turn; what waits for an answer begins to count."""
        if self.why == WAITING:
            self.why = RUNNING
        if self.is_answered and not self.next.is_on:
            self.next.begin(self.in_force, at)

    def answered(self, at: datetime) -> None:
        """A person answered."""
        self.is_answered = True
        self.first.end(at)
        self.next.end(at)

    def waiting(self, at: datetime) -> None:
        """It is the customer's turn: nothing runs."""
        if self.why == RUNNING:
            self.why = WAITING

    def go_on(self, at: datetime) -> None:
        """It is our turn again."""
        if self.why == SOLVED:
            self.solve.go_on(self.in_force, at)
            if not self.is_answered:
                self.first.go_on(self.in_force, at)
        self.why = RUNNING

    def level(self, at: datetime) -> None:
        """What runs has the promise of another level."""
        for count in self._counts:
            if count.is_on:
                count.be_promised(self.in_force, at)


TAKES = {
    "opened": Run.opened,
    "customer_wrote": Run.customer_wrote,
    "answered": Run.answered,
    "waiting": Run.waiting,
    "resumed": Run.go_on,
    "reopened": Run.go_on,
    "level": Run.level,
}
