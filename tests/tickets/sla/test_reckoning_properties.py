"""The arithmetic of service levels against a simulation that counts minutes: random lives, calendars, policies."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontdesk.support.tickets.sla.reckoning import (
    Book,
    Change,
    Hours,
    Promise,
    add_minutes,
    minutes_between,
    reckon,
)
from tests.tickets.sla.simulation import MINUTE, Deed, Offer, Opening, Simulation, is_open

# Each with a moment near which its clock changes (by an hour, by half an hour, at midnight, a whole day left out).
PLACES = [
    ("Europe/Berlin", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ("America/Santiago", datetime(2026, 9, 6, 4, tzinfo=UTC)),
    ("America/Santiago", datetime(2026, 4, 5, 3, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2026, 6, 1, tzinfo=UTC)),
    ("UTC", datetime(2026, 12, 31, tzinfo=UTC)),
]
LIFE = timedelta(days=4)
FAR = timedelta(days=9)
KINDS = ["customer_wrote", "answered", "waiting", "resumed", "solved", "reopened", "level", "closed", "merged", "spam"]
LIKELY = KINDS[:7] * 4 + KINDS

MINUTES = st.integers(0, 1439).map(lambda number: time(number // 60, number % 60))
NICE = st.sampled_from([time(), time(2, 30), time(9), time(13), time(17), time(22), time(6)])
SPANS = st.lists(st.tuples(NICE | MINUTES, NICE | MINUTES), max_size=3)
SHUT: list[list[tuple[time, time]]] = [[]] * 7
WEEKS = st.one_of(
    st.lists(SPANS, min_size=7, max_size=7),
    st.just([[(time(9), time(17))]] * 5 + [[], []]),
    st.just([[(time(), time())]] * 7),
    st.just([[(time(22), time(6))]] * 7),
    st.just(SHUT),
)


@st.composite
def versions(draw: st.DrawFn, zone: str, around: datetime) -> list[Opening]:
    """A calendar, with up to three versions."""
    days = [around.date() + timedelta(days=number) for number in range(-4, 10)]
    made = []
    for offset in sorted(draw(st.sets(st.integers(-3 * 1440, 3 * 1440), min_size=0, max_size=2)) | {-99_999}):
        holidays = frozenset(draw(st.sets(st.sampled_from(days), max_size=3)))
        made.append(Opening(around + offset * MINUTE, ZoneInfo(zone), draw(WEEKS), holidays))
    return made


@st.composite
def offers(draw: st.DrawFn, around: datetime) -> list[Offer]:
    """Two levels, each with up to three versions of its policy."""
    promised = st.none() | st.integers(0, 2000)
    made = []
    for level in ("standard", "priority"):
        for offset in sorted(draw(st.sets(st.integers(-2 * 1440, 2 * 1440), min_size=0, max_size=2)) | {-99_999}):
            minutes = {name: draw(promised) for name in ("first", "next", "solve")}
            made.append(Offer(around + offset * MINUTE, level, draw(st.sampled_from(["office", "always"])), minutes))
    return made


@st.composite
def lives(draw: st.DrawFn, around: datetime) -> list[Deed]:
    """What happened to a conversation; several things at the same moment, too."""
    begin = around + draw(st.integers(-2 * 1440, 60)) * MINUTE
    deeds = [Deed(begin, "opened", draw(st.sampled_from(["standard", "priority", ""])))]
    gaps = draw(st.lists(st.integers(0, 700), max_size=10))
    for gap in gaps:
        kind = draw(st.sampled_from(LIKELY))
        level = draw(st.sampled_from(["standard", "priority"])) if kind == "level" else ""
        deeds.append(Deed(deeds[-1].at + gap * MINUTE, kind, level))
    return deeds


def hours_of(calendar: list[Opening]) -> list[Hours]:
    return [Hours(each.since, each.zone, each.week, each.holidays) for each in calendar]


def check_life(data: st.DataObject) -> None:
    """One life, lived twice."""
    zone, around = data.draw(st.sampled_from(PLACES))
    other, _there = data.draw(st.sampled_from(PLACES))
    calendars = {"office": data.draw(versions(zone, around)), "always": data.draw(versions(other, around))}
    made = data.draw(offers(around))
    deeds = data.draw(lives(around))
    now = deeds[-1].at + data.draw(st.integers(0, 1500)) * MINUTE
    book = Book(
        [Promise(each.since, each.level, each.calendar, *each.minutes.values()) for each in made],
        {name: hours_of(calendar) for name, calendar in calendars.items()},
    )
    clocks = reckon([Change(each.at, each.kind, each.level) for each in deeds], book, now=now)
    lived = Simulation(made, calendars)
    lived.live(deeds, now)
    for name, watch in lived.watches.items():
        clock = clocks[name]
        assert clock.used == watch.used, name
        assert clock.promised == (watch.offer.minutes[name] if watch.offer else None), name
        assert clock.met == lived.met(name, now), name
        assert clock.late == watch.misses + (lived.met(name, now) is False), name
        due = lived.due(name, now, now + FAR)
        if due is None and clock.due_at is not None:
            assert clock.due_at > now + FAR
        else:
            assert clock.due_at == due, name
        assert sum(span.minutes for span in clock.spans) == pytest.approx(clock.used)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_life_is_reckoned_as_it_is_lived(data: st.DataObject) -> None:
    check_life(data)


@pytest.mark.soak
@settings(max_examples=5_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_many_lives_are_reckoned_as_they_are_lived(data: st.DataObject) -> None:
    check_life(data)


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from(PLACES), st.integers(-2880, 2880), st.integers(0, 4000))
def test_minutes_between_are_those_at_which_it_is_open(
    data: st.DataObject, place: tuple[str, datetime], offset: int, length: int
) -> None:
    zone, around = place
    calendar = data.draw(versions(zone, around))
    start = around + offset * MINUTE
    counted = sum(is_open(start + number * MINUTE, calendar) for number in range(length))
    assert minutes_between(start, start + length * MINUTE, hours_of(calendar)) == counted


@settings(max_examples=80, deadline=None)
@given(st.data(), st.sampled_from(PLACES), st.integers(-2880, 2880), st.integers(1, 6_000))
def test_adding_minutes_is_the_reverse_of_counting_them(
    data: st.DataObject, place: tuple[str, datetime], offset: int, minutes: int
) -> None:
    zone, around = place
    hours = hours_of(data.draw(versions(zone, around)))
    start = around + offset * MINUTE
    end = add_minutes(start, minutes, hours)
    if end is None:
        assert minutes_between(start, start + timedelta(days=4000), hours) < minutes
    else:
        assert minutes_between(start, end, hours) == minutes
        assert minutes_between(start, end - MINUTE, hours) == minutes - 1


def test_holidays_are_days_of_the_calendars_own_zone() -> None:
    kathmandu = ZoneInfo("Asia/Kathmandu")
    week = [[(time(), time())]] * 7
    hours = [Hours(datetime(2026, 1, 1, tzinfo=UTC), kathmandu, week, frozenset({date(2026, 6, 2)}))]
    start = datetime(2026, 6, 1, 12, tzinfo=UTC)  # 17:45 there
    assert add_minutes(start, 375, hours) == datetime(2026, 6, 1, 18, 15, tzinfo=UTC)
    assert add_minutes(start, 376, hours) == datetime(2026, 6, 2, 18, 16, tzinfo=UTC)
