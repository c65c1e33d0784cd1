"""Opening hours, pure: which stretches of time a calendar is open, and arithmetic of minutes on them.

A moment is open when its local time lies within a span of its local day, and that day is no holiday. So a change of the
clock needs no rule of its own: an hour that is left out is not there to be open, one that comes twice is open twice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
HORIZON = timedelta(days=366 * 60)  # who promises more than a working life promises nothing
# Around a local midnight: far enough that no change of the clock hides, near enough that there is one at most.
AROUND = timedelta(hours=3)
LAST = datetime.max.replace(tzinfo=UTC) - HORIZON
Stretch = tuple[datetime, datetime]
Pieces = tuple[tuple[timedelta, timedelta], ...]  # of one local day, since its midnight


@dataclass(frozen=True)
class Hours:
    """A calendar from `since` on: for each weekday (0 is Monday) spans of local time; on `holidays` nobody is there.

    A span whose end is not after its begin goes on into the next day: 22:00 to 06:00, and 00:00 to 00:00 is all day.
    """

    since: datetime
    zone: ZoneInfo
    week: Sequence[Sequence[tuple[time, time]]]
    holidays: frozenset[date] = frozenset()


def add_time(start: datetime, left: timedelta, hours: Sequence[Hours]) -> datetime | None:
    """The moment when so much opening time has passed since `start`; None when that never comes."""
    start = start.astimezone(UTC)
    if left <= timedelta():
        return start
    for begin, end in stretches(start, min(start, LAST) + HORIZON, hours):
        if end - begin >= left:
            return begin + left
        left -= end - begin
    return None


def time_between(start: datetime, end: datetime, hours: Sequence[Hours]) -> timedelta:
    """How much opening time lies between two moments."""
    return sum((stop - begin for begin, stop in stretches(start, end, hours)), timedelta())


def next_opening(moment: datetime, hours: Sequence[Hours]) -> datetime | None:
    """The moment itself when it is open, else when it opens next; None when it never does."""
    first = next(stretches(moment, moment + HORIZON, hours), None)
    return first[0] if first else None


def stretches(start: datetime, end: datetime, hours: Sequence[Hours]) -> Iterator[Stretch]:
    """The open stretches between two moments, in order, in UTC; neighbours may touch.

    Before the first version of a calendar nobody is there; a new version counts from its very moment.
    """
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    versions = sorted(hours, key=lambda each: each.since)
    if not versions:
        return  # a calendar without hours, or no calendar: nobody is ever there
    ends = [each.since.astimezone(UTC) for each in versions[1:]] + [end]
    for version, until in zip(versions, ends, strict=True):
        begin, stop = max(start, version.since.astimezone(UTC)), min(end, until)
        if begin < stop:
            yield from _of_version(begin, stop, version)


def _of_version(start: datetime, end: datetime, version: Hours) -> Iterator[Stretch]:
    week = _by_day(tuple(tuple(spans) for spans in version.week))
    if not any(week):
        return
    day, last = start.astimezone(version.zone).date(), end.astimezone(version.zone).date()
    while day <= last:
        if week[day.weekday()] and day not in version.holidays:
            for begin, stop in _of_day(day, version.zone, week[day.weekday()]):
                if begin < end and stop > start:
                    yield max(begin, start), min(stop, end)
        day += DAY


@lru_cache(maxsize=256)
def _by_day(week: tuple[tuple[tuple[time, time], ...], ...]) -> tuple[Pieces, ...]:
    """For each weekday its pieces, in order and without overlaps; a span over midnight is split."""
    days: list[list[tuple[timedelta, timedelta]]] = [[] for _ in range(7)]
    for weekday, spans in enumerate(week[:7]):
        for begin, end in ((_since_midnight(a), _since_midnight(b)) for a, b in spans):
            if end > begin:
                days[weekday].append((begin, end))
            else:
                days[weekday].append((begin, DAY))
                days[(weekday + 1) % 7].append((timedelta(), end))
    return tuple(_joined(pieces) for pieces in days)


def _since_midnight(moment: time) -> timedelta:
    return timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond)


def _joined(pieces: list[tuple[timedelta, timedelta]]) -> Pieces:
    joined: list[tuple[timedelta, timedelta]] = []
    for begin, end in sorted(pieces):
        if begin == end:
            continue
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return tuple(joined)


@lru_cache(maxsize=8192)
def _of_day(day: date, zone: ZoneInfo, pieces: Pieces) -> tuple[Stretch, ...]:
    """A local day's open stretches in UTC; where the clock changes on it, each side by its own offset."""
    midnight = datetime.combine(day, time(), UTC)
    found = [
        (max(midnight + begin - offset, since), min(midnight + end - offset, until))
        for offset, since, until in _offsets(day, zone)
        for begin, end in pieces
    ]
    return tuple(sorted(stretch for stretch in found if stretch[0] < stretch[1]))


def _offsets(day: date, zone: ZoneInfo) -> list[tuple[timedelta, datetime, datetime]]:
    """The offsets that hold around a local day, each with the moments from which and until which it does."""
    first = datetime.combine(day, time(), zone).astimezone(UTC) - AROUND
    last = datetime.combine(day + DAY, time(), zone).astimezone(UTC) + AROUND
    edges = [first, *_changes(first, last, zone), last]
    return [(_offset(begin, zone), begin, end) for begin, end in pairwise(edges)]


def _changes(first: datetime, last: datetime, zone: ZoneInfo) -> list[datetime]:
    """The moment between these two at which the clock changes, if it does: found by halving, to the second."""
    before = _offset(first, zone)
    if before == _offset(last, zone):
        return []
    low, high = 0, round((last - first).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(first + timedelta(seconds=middle), zone) == before:
            low = middle
        else:
            high = middle
    return [first + timedelta(seconds=high)]


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()
