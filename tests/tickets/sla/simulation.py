"""The same promises, counted minute by minute, without anything of what is tested: slow, plain, independent.

All moments lie on whole minutes of UTC. A minute belongs to the moment at which it begins.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
ENDINGS = ("solved", "closed", "merged", "spam")


@dataclass(frozen=True)
class Opening:
    """A version of a calendar, as the simulation reads it."""

    since: datetime
    zone: ZoneInfo
    week: list[list[tuple[time, time]]]
    holidays: frozenset[date]


@dataclass(frozen=True)
class Offer:
    """A version of a policy."""

    since: datetime
    level: str
    calendar: str
    minutes: dict[str, int | None]


@dataclass(frozen=True)
class Deed:
    """A state change."""

    at: datetime
    kind: str
    level: str


def is_open(moment: datetime, versions: list[Opening]) -> bool:
    """Whether a calendar is open at a moment: look at the clock on the wall."""
    begun = [each for each in versions if each.since <= moment]
    if not begun:
        return False
    version = max(begun, key=lambda each: each.since)
    wall = moment.astimezone(version.zone)
    if wall.date() in version.holidays:
        return False
    now = wall.hour * 60 + wall.minute
    for begin, end in version.week[wall.weekday()]:
        first, last = begin.hour * 60 + begin.minute, end.hour * 60 + end.minute
        if (first <= now < last) if last > first else now >= first:
            return True
    for begin, end in version.week[(wall.weekday() - 1) % 7]:
        first, last = begin.hour * 60 + begin.minute, end.hour * 60 + end.minute
        if last <= first and now < last:
            return True
    return False


@dataclass
class Watch:
    """One of the three, with its hands."""

    on: bool = False
    begun: bool = False
    offer: Offer | None = None
    level: str = ""
    used: int = 0
    reached: datetime | None = None
    verdict: bool | None = None
    misses: int = 0


class Simulation:
    """A conversation's life, a minute at a time."""

    def __init__(self, offers: list[Offer], calendars: dict[str, list[Opening]]) -> None:
        self.offers, self.calendars = offers, calendars
        self.watches = {"first": Watch(), "next": Watch(), "solve": Watch()}
        self.turn = "ours"
        self.level = ""
        self.answered = False

    def live(self, deeds: list[Deed], until: datetime) -> None:
        """From the first deed on until then."""
        moment = deeds[0].at
        waiting = list(deeds)
        while moment < until:
            while waiting and waiting[0].at == moment:
                self.do(waiting.pop(0))
            self.tick(moment)
            moment += MINUTE
        while waiting and waiting[0].at == until:
            self.do(waiting.pop(0))

    def tick(self, moment: datetime) -> None:
        """One minute passes."""
        if self.turn != "ours":
            return
        for name, watch in self.watches.items():
            if not watch.on or watch.offer is None:
                continue
            if is_open(moment, self.calendars.get(watch.offer.calendar, [])):
                watch.used += 1
                self.see(name, watch, moment + MINUTE)

    def see(self, name: str, watch: Watch, moment: datetime) -> None:
        """Whether all that was promised has passed now."""
        promised = watch.offer.minutes[name] if watch.offer else None
        if promised is not None and watch.reached is None and watch.used >= promised:
            watch.reached = moment

    def offered(self, at: datetime) -> Offer | None:
        """What the level in force promises at a moment."""
        offers = [each for each in self.offers if each.level == self.level and each.since <= at]
        return max(offers, key=lambda each: each.since) if offers else None

    def promise(self, name: str, at: datetime) -> None:
        """A watch gets the promise of this moment."""
        watch = self.watches[name]
        watch.offer, watch.level, watch.reached = self.offered(at), self.level, None
        self.see(name, watch, at)

    def stop(self, name: str, at: datetime, *, counts: bool = True) -> None:
        """It ends: in time, late, or without a verdict."""
        watch = self.watches[name]
        if not watch.on:
            return
        watch.on = False
        promised = watch.offer.minutes[name] if watch.offer else None
        late = watch.reached is not None and watch.reached < at
        watch.verdict = None if promised is None or (not counts and not late) else not late

    def resume(self, name: str, at: datetime) -> None:
        """It goes on where it stood."""
        watch = self.watches[name]
        if watch.begun and not watch.on:
            watch.on, watch.verdict = True, None
            if watch.level != self.level:
                self.promise(name, at)

    def do(self, deed: Deed) -> None:
        """Something happens."""
        self.level = deed.level or self.level
        if deed.kind in ENDINGS:
            self.over(deed.kind, deed.at)
        else:
            getattr(self, f"on_{deed.kind}")(deed.at)

    def on_opened(self, at: datetime) -> None:
        """The first two begin; what was merged in later may say so once more."""
        if self.watches["solve"].begun:
            return
        for name in ("first", "solve"):
            self.watches[name] = Watch(on=True, begun=True)
            self.promise(name, at)

    def on_level(self, at: datetime) -> None:
        """What runs gets a new promise."""
        for name in [name for name, watch in self.watches.items() if watch.on]:
            self.promise(name, at)

    def on_customer_wrote(self, at: datetime) -> None:
        """Our turn; the first question after an answer begins the next."""
        if self.turn == "theirs":
            self.turn = "ours"
        if self.answered and not self.watches["next"].on:
            before = self.watches["next"]
            self.watches["next"] = Watch(on=True, begun=True, misses=before.misses + (before.verdict is False))
            self.promise("next", at)

    def on_answered(self, at: datetime) -> None:
        """What waited for an answer has one."""
        self.answered = True
        self.stop("first", at)
        self.stop("next", at)

    def on_waiting(self, at: datetime) -> None:
        """The customer's turn."""
        if self.turn == "ours":
            self.turn = "theirs"

    def on_resumed(self, at: datetime) -> None:
        """Our turn again, whatever it was."""
        if self.turn == "nobody's":
            self.resume("solve", at)
            if not self.answered:
                self.resume("first", at)
        self.turn = "ours"

    on_reopened = on_resumed

    def over(self, kind: str, at: datetime) -> None:
        """Nobody's turn any more."""
        if kind == "solved":
            self.stop("solve", at)
        elif self.turn != "nobody's":
            self.stop("solve", at, counts=False)
            self.stop("first", at, counts=False)
        self.stop("next", at, counts=False)
        self.turn = "nobody's"

    def due(self, name: str, now: datetime, far: datetime) -> datetime | None:
        """When it will be due if nothing happens: live on until then. None: nothing runs, or not until `far`."""
        watch = self.watches[name]
        promised = watch.offer.minutes[name] if watch.offer else None
        if not watch.on or self.turn != "ours" or promised is None or watch.offer is None:
            return None
        if watch.reached:
            return watch.reached
        moment, used = now, watch.used
        while moment < far:
            used += is_open(moment, self.calendars.get(watch.offer.calendar, []))
            moment += MINUTE
            if used >= promised:
                return moment.astimezone(UTC)
        return None

    def met(self, name: str, now: datetime) -> bool | None:
        """How it stands."""
        watch = self.watches[name]
        if watch.on:
            return False if watch.reached is not None and watch.reached < now else None
        return watch.verdict
