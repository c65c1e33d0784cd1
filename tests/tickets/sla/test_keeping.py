"""The service level of a conversation: set, kept on the row, told."""

from datetime import UTC, datetime, timedelta

import pytest

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.support.tickets.conversations import changing
from frontdesk.support.tickets.models import Conversation, Policy, StateChange
from frontdesk.support.tickets.sla import keeping
from tests.support import desk, levels
from tests.tickets.conftest import Time

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
HOUR = timedelta(hours=1)
A_BIT = timedelta(seconds=5)


def fresh(conversation: Conversation) -> Conversation:
    return Conversation.objects.get(pk=conversation.pk)


def near(moment: datetime | None, other: datetime) -> bool:
    return moment is not None and abs(moment - other) < A_BIT


def test_without_levels_nothing_is_promised(ada: Person) -> None:
    conversation = fresh(desk.conversation(ada))
    assert conversation.level is None
    assert (conversation.first_due_at, conversation.next_step_at, conversation.first_met) == (None, None, None)


def test_whoever_has_no_plan_is_promised_what_the_default_level_promises(ada: Person) -> None:
    standard = levels.level(default=True, first=60, next=30, solve=600)
    conversation = fresh(desk.conversation(ada))
    assert conversation.level == standard
    assert near(conversation.first_due_at, conversation.created_at + HOUR)
    assert near(conversation.solve_due_at, conversation.created_at + 10 * HOUR)
    assert conversation.next_due_at is None
    assert conversation.next_step_at == conversation.first_due_at


def test_an_answer_meets_the_first_and_a_question_begins_the_next(ada: Person, kim: Person, time: Time) -> None:
    levels.level(default=True, first=60, next=30, solve=600)
    conversation = desk.conversation(ada)
    time.ahead = timedelta(minutes=20)
    desk.answers(kim, conversation)
    answered = fresh(conversation)
    assert answered.first_met is True
    assert near(answered.first_answered_at, clock.now())
    assert (answered.first_due_at, answered.next_due_at, answered.solve_due_at) == (None, None, None)  # their turn
    time.ahead = timedelta(hours=5)
    desk.writes(conversation)
    asked = fresh(conversation)
    assert near(asked.next_due_at, clock.now() + timedelta(minutes=30))
    assert near(asked.solve_due_at, clock.now() + 10 * HOUR - timedelta(minutes=20))  # waiting did not count
    time.ahead = timedelta(hours=6)
    desk.answers(kim, conversation)
    assert fresh(conversation).next_met is False


def test_reopening_goes_on_where_the_solution_stood(ada: Person, kim: Person, time: Time) -> None:
    levels.level(default=True, first=60, solve=600)
    conversation = desk.conversation(ada)
    time.ahead = HOUR
    desk.answers(kim, conversation, then=Conversation.Status.SOLVED)
    assert fresh(conversation).solve_met is True
    time.ahead = timedelta(days=3)
    desk.writes(conversation)
    again = fresh(conversation)
    assert again.solve_met is None
    assert near(again.solve_due_at, clock.now() + 9 * HOUR)


def test_a_better_level_counts_from_here_on_and_is_told_at_the_desk(ada: Person, time: Time) -> None:
    standard = levels.level(default=True, first=600)
    priority = levels.level("priority", 5, first=60)
    conversation = desk.conversation(ada)
    time.ahead = timedelta(minutes=50)
    assert keeping.set_level(actor=SYSTEM, conversation=conversation, level=priority)
    assert not keeping.set_level(actor=SYSTEM, conversation=conversation, level=priority)
    changed = fresh(conversation)
    assert changed.level == priority
    assert near(changed.first_due_at, clock.now() + timedelta(minutes=10))
    assert levels.lines(conversation, "level").get().data["to"] == "Priority"
    kinds = StateChange.objects.filter(conversation=conversation, kind=StateChange.Kind.LEVEL)
    assert [row.level for row in kinds.order_by("id")] == [standard, priority]


def test_a_policy_of_tomorrow_changes_no_promise_of_today(ada: Person, time: Time) -> None:
    standard = levels.level(default=True, first=600)
    conversation = desk.conversation(ada)
    due_at = fresh(conversation).first_due_at
    Policy.objects.create(
        level=standard, since=clock.now() + HOUR, calendar=levels.calendar(), first_minutes=10, next_minutes=10
    )
    time.ahead = 2 * HOUR
    changing.change_tags(actor=SYSTEM, conversation=conversation, add=["slow"])
    changing.set_priority(actor=SYSTEM, conversation=conversation, priority=4)
    assert fresh(conversation).first_due_at == due_at
    newer = desk.conversation("grace@example.org")
    assert near(fresh(newer).first_due_at, clock.now() + timedelta(minutes=10))


def test_the_arithmetic_can_be_shown(ada: Person, kim: Person, time: Time) -> None:
    levels.level(default=True, first=60, solve=600)
    conversation = desk.conversation(ada)
    time.ahead = HOUR / 2
    changing.set_waiting(actor=SYSTEM, conversation=conversation, waiting=True)
    time.ahead = 4 * HOUR
    changing.set_waiting(actor=SYSTEM, conversation=conversation, waiting=False)
    time.ahead = 4.25 * HOUR
    clock_ = keeping.clocks(conversation)["first"]
    assert [(span.why, round(span.minutes)) for span in clock_.spans if span.end - span.begin > A_BIT] == [
        ("running", 30),
        ("waiting", 0),
        ("running", 15),
    ]
    assert clock_.promised == 60
    assert near(clock_.due_at, clock.now() + HOUR / 4)


def test_automatic_answers_are_no_response(ada: Person) -> None:
    levels.level(default=True, first=60)
    levels.rule(actions=[{"do": "note", "value": "seen"}])
    conversation = desk.conversation(ada)
    levels.rules_look()
    assert fresh(conversation).first_met is None
    assert fresh(conversation).first_due_at is not None


def test_what_to_expect_is_said_before_writing(time: Time) -> None:
    assert keeping.expectation().minutes is None
    office = levels.calendar("office", {"0": [["09:00", "17:00"]]}, "Europe/Berlin")
    standard = levels.level(default=True, first=120, calendar=office)
    monday = datetime(2027, 3, 1, 12, tzinfo=UTC)  # 13:00 in Berlin
    time.ahead = monday - clock.real_now()
    told = keeping.expectation()
    assert (told.level, told.minutes, told.is_open_now) == ("Standard", 120, True)
    assert near(told.answer_by, monday + 2 * HOUR)
    time.ahead += 8 * HOUR
    told = keeping.expectation(standard)
    assert not told.is_open_now
    assert told.opens_at == datetime(2027, 3, 8, 8, tzinfo=UTC)
    assert told.answer_by == datetime(2027, 3, 8, 10, tzinfo=UTC)


def test_a_calendar_that_never_opens_promises_no_moment() -> None:
    levels.level(default=True, first=120, calendar=levels.calendar("closed", levels.NEVER))
    told = keeping.expectation()
    assert (told.answer_by, told.opens_at, told.is_open_now) == (None, None, False)
