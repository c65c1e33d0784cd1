"""The choice, pure: who gets it, and why."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk.support.tickets.routing.choosing import Candidate, choose

MORNING = datetime(2026, 5, 4, 9, tzinfo=UTC)


def one(number: int, **values: object) -> Candidate:
    start = {"knows": 0, "load": 0.0, "capacity": 10, "last_given_at": None}
    return Candidate(person=UUID(int=number), **(start | values))  # type: ignore[arg-type]


def chosen(candidates: list[Candidate], **asked: object) -> tuple[int | None, str]:
    values = {"skill": "", "least_level": 1, "relaxed": False}
    choice = choose(candidates, **(values | asked))  # type: ignore[arg-type]
    return (choice.person.int if choice.person else None), choice.why


def test_the_choice_explains_itself() -> None:
    team = [one(1, knows=3, load=4.0), one(2, knows=2, load=2.0), one(3, knows=1)]
    billing = {"skill": "billing", "least_level": 2}
    assert chosen(team, **billing) == (2, "billing ≥ 2, least loaded")
    assert chosen(team[:1] + team[2:], **billing) == (1, "billing ≥ 2, the only one who is free")
    assert chosen(team, **billing, relaxed=True) == (3, "billing no longer asked for, least loaded")
    assert chosen(team[2:], **billing) == (None, "nobody there knows billing ≥ 2")
    assert chosen([], **billing) == (None, "nobody is there")
    assert chosen([one(1, knows=2, load=9.5)], **billing) == (None, "billing ≥ 2, all have enough to do")
    assert chosen([one(1), one(2, load=1.0)]) == (1, "least loaded")


def test_load_is_measured_against_what_somebody_can_take() -> None:
    assert chosen([one(1, load=3.0, capacity=4), one(2, load=6.0, capacity=20)])[0] == 2


def test_ties_go_to_whoever_waited_longest_then_to_whoever_never_had_one() -> None:
    early, late = one(1, last_given_at=MORNING), one(2, last_given_at=MORNING + timedelta(hours=1))
    assert chosen([late, early])[0] == 1
    assert chosen([late, early, one(3)])[0] == 3


def test_a_language_goes_first_but_holds_nothing_up() -> None:
    busy, idle = one(1, load=5.0), one(2, speaks=False)
    assert chosen([busy, idle], language="German") == (1, "speaks German, least loaded")
    assert chosen([idle], language="German") == (2, "the only one who is free")
    assert chosen([one(1, load=10.0), idle], language="German")[0] == 2


CANDIDATES = st.lists(
    st.builds(
        Candidate,
        person=st.uuids(),
        knows=st.integers(0, 3),
        load=st.integers(0, 80).map(lambda quarters: quarters / 4),
        capacity=st.integers(0, 20),
        last_given_at=st.none() | st.integers(0, 1000).map(lambda minutes: MORNING + timedelta(minutes=minutes)),
        speaks=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda each: each.person,
)


@settings(deadline=None, max_examples=200)
@given(CANDIDATES, st.sampled_from(["", "linux"]), st.integers(1, 3), st.booleans(), st.sampled_from(["", "German"]))
def test_nobody_is_given_too_much_or_what_they_do_not_know_and_nobody_idle_is_passed_over(
    candidates: list[Candidate], skill: str, least: int, relaxed: bool, language: str
) -> None:
    choice = choose(candidates, skill=skill, least_level=least, relaxed=relaxed, language=language)
    fit = [
        each for each in candidates if each.load + 1 <= each.capacity and (not skill or relaxed or each.knows >= least)
    ]
    assert choice.why
    assert (choice.person is None) == (not fit)
    if choice.person is None:
        return
    best = next(each for each in fit if each.person == choice.person)
    rivals = [each for each in fit if each.speaks] or fit if language else fit
    assert best in rivals
    assert all(best.load / best.capacity <= each.load / each.capacity + 1e-9 for each in rivals)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(1, 12), min_size=1, max_size=6), st.integers(0, 60))
def test_over_many_everybody_gets_their_share(capacities: list[int], wanted: int) -> None:
    loads: Counter[int] = Counter()
    last: dict[int, datetime] = {}
    for number in range(wanted):
        team = [
            one(place, load=float(loads[place]), capacity=capacity, last_given_at=last.get(place))
            for place, capacity in enumerate(capacities)
        ]
        place, _why = chosen(team)
        if place is None:
            break
        loads[place] += 1
        last[place] = MORNING + timedelta(minutes=number)
    assert sum(loads.values()) == min(wanted, sum(capacities))
    for place, capacity in enumerate(capacities):
        assert loads[place] <= capacity
        # Nobody is ahead of anybody by more than one conversation, measured in what each can take.
        for other, room in enumerate(capacities):
            assert (loads[place] - 1) / capacity <= loads[other] / room + 1e-9
