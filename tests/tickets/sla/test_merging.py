"""What merging and splitting do to promises: nobody waits anew, and no answer counts for another question."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.support.tickets.conversations import changing, joining
from frontdesk.support.tickets.models import Conversation, Message
from frontdesk.support.tickets.sla import keeping, merging
from frontdesk.support.tickets.sla.loading import changes_of, waits_since
from frontdesk.support.tickets.sla.reckoning import Book, Change, Hours, Promise, reckon
from tests.support import desk, levels
from tests.tickets.conftest import Time
from tests.tickets.sla.simulation import MINUTE, Deed, Simulation
from tests.tickets.sla.test_reckoning_properties import FAR, PLACES, lives, offers, versions

SYSTEM = Actor.system("test")
HOUR = timedelta(hours=1)


@pytest.fixture
def always(db: None) -> None:
    """A level that promises a first answer in 8 hours, further ones in 4, whatever the hour."""
    levels.level(first=480, next=240, solve=2880, default=True)


def fresh(talk: Conversation) -> Conversation:
    return Conversation.objects.get(pk=talk.pk)


@pytest.mark.django_db
def test_an_unanswered_question_that_is_merged_into_an_answered_matter_keeps_its_time(
    ada: Person, kim: Person, time: Time, always: None
) -> None:
    answered = desk.conversation(ada)
    desk.answers(kim, answered)
    time.ahead = HOUR
    question = desk.conversation(ada, "And this?")
    asked = fresh(question).created_at
    time.ahead = 3 * HOUR
    joining.merge(actor=SYSTEM, conversation=question, into=answered)
    assert fresh(answered).next_due_at == asked + 4 * HOUR
    assert fresh(answered).status == "open"


@pytest.mark.django_db
def test_an_answer_to_something_else_is_no_answer(ada: Person, kim: Person, time: Time, always: None) -> None:
    question, other = desk.conversation(ada, "First"), desk.conversation(ada, "Other")
    time.ahead = HOUR
    answer = desk.answers(kim, other)
    time.ahead = 2 * HOUR
    joining.merge(actor=SYSTEM, conversation=question, into=other)
    due = fresh(other).next_due_at
    assert due is not None
    assert abs(due - (answer.created_at + 4 * HOUR)) < timedelta(seconds=5)


@pytest.mark.django_db
def test_of_two_unanswered_ones_the_older_counts(ada: Person, time: Time, always: None) -> None:
    older = desk.conversation(ada, "Older")
    begun = fresh(older).created_at
    time.ahead = 2 * HOUR
    newer = desk.conversation(ada, "Newer")
    joining.merge(actor=SYSTEM, conversation=older, into=newer)
    assert fresh(newer).first_due_at == begun + 8 * HOUR


@pytest.mark.django_db
def test_what_is_split_off_began_when_it_was_said(ada: Person, kim: Person, time: Time, always: None) -> None:
    talk = desk.conversation(ada, "One")
    time.ahead = HOUR
    second = desk.writes(talk, "Two")
    time.ahead = 3 * HOUR
    made = joining.split(actor=SYSTEM, conversation=talk, messages=[second.pk], subject="Two")
    assert made.created_at == second.created_at
    assert fresh(made).first_due_at == second.created_at + 8 * HOUR


@pytest.mark.django_db
def test_a_question_that_is_split_off_with_its_answer_was_answered(
    ada: Person, kim: Person, time: Time, always: None
) -> None:
    talk = desk.conversation(ada, "One")
    time.ahead = HOUR
    answer = desk.answers(kim, talk)
    first = talk.messages.get(kind=Message.Kind.CUSTOMER)
    time.ahead = 30 * HOUR
    made = fresh(joining.split(actor=SYSTEM, conversation=talk, messages=[first.pk, answer.pk], subject="One"))
    assert (made.status, made.first_met, made.first_answered_at) == ("waiting", True, answer.created_at)
    assert made.first_due_at is None
    desk.writes(made, "Again")
    assert fresh(made).next_due_at is not None


@pytest.mark.django_db
def test_who_says_that_it_still_fails_is_promised_an_answer(ada: Person, kim: Person, time: Time, always: None) -> None:
    talk = desk.conversation(ada)
    desk.answers(kim, talk, then="solved")
    time.ahead = HOUR
    requester = talk.participants.get()
    assert changing.still_fails(actor=Actor.customer(ada.pk), conversation=talk, by=requester)
    found = fresh(talk)
    assert found.last_customer_at is not None
    assert abs(found.last_customer_at - clock.now()) < timedelta(seconds=5)
    assert found.next_due_at == changes_of(found)[-1].at + 4 * HOUR
    assert waits_since(changes_of(found)) is not None
    assert levels.lines(talk, "reopened").get().author_name == requester.name


def as_changes(deeds: list[Deed]) -> list[Change]:
    return [Change(each.at, each.kind, each.level) for each in deeds]


@st.composite
def pairs(draw: st.DrawFn, around: Any) -> tuple[list[Deed], list[Deed]]:
    """Two lives of one customer that nobody ended before the merge."""
    ended = {"closed", "merged", "spam"}
    return tuple([each for each in draw(lives(around)) if each.kind not in ended] for _ in "12")  # type: ignore[return-value]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_merged_life_is_reckoned_as_it_is_lived_and_whoever_waited_waits(data: st.DataObject) -> None:
    zone, around = data.draw(st.sampled_from(PLACES))
    calendars = {name: data.draw(versions(zone, around)) for name in ("office", "always")}
    made, (source, target) = data.draw(offers(around)), data.draw(pairs(around))
    now = max(source[-1].at, target[-1].at) + data.draw(st.integers(1, 1500)) * MINUTE
    one, other = as_changes(source), as_changes(target)
    wait = merging.carried(one, other)
    merged = list(target)
    if wait:
        turned = [] if waits_since(other) else [Deed(wait.at, "resumed", "")]
        merged += [*turned, Deed(wait.at, wait.kind, wait.level)]
    merged.sort(key=lambda each: each.at)
    since, before, after = waits_since(one), waits_since(other), waits_since(as_changes(merged))
    waited = [each for each in (since, before) if each is not None]
    if waited:
        assert after is not None
        answered = [each.at for each in target if each.kind in merging.STOPS]
        assert after <= max([min(waited), *answered])
        assert before is None or after <= before
    book = Book(
        [Promise(each.since, each.level, each.calendar, *each.minutes.values()) for each in made],
        {name: [Hours(each.since, each.zone, each.week, each.holidays) for each in calendar]
         for name, calendar in calendars.items()},
    )  # fmt: skip
    clocks = reckon(as_changes(merged), book, now=now)
    lived = Simulation(made, calendars)
    lived.live(merged, now)
    for name, watch in lived.watches.items():
        assert clocks[name].used == watch.used, name
        assert clocks[name].met == lived.met(name, now), name
        due = lived.due(name, now, now + FAR)
        assert due is None or clocks[name].due_at == due, name


@pytest.mark.django_db
def test_the_page_of_promises_shows_the_merged_wait(ada: Person, kim: Person, time: Time, always: None) -> None:
    answered, question = desk.conversation(ada), desk.conversation(ada, "And this?")
    desk.answers(kim, answered)
    time.ahead = HOUR
    joining.merge(actor=SYSTEM, conversation=question, into=answered)
    clock_of = keeping.clocks(fresh(answered))["next"]
    assert (clock_of.promised, clock_of.due_at is not None) == (240, True)
