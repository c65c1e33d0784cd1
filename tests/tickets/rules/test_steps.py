"""The steps of macros and rules: checked in sentences, done all or none."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from frontdesk.accounts.models import Message as Mail
from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.support.tickets import actions
from frontdesk.support.tickets.actions import Press
from frontdesk.support.tickets.conversations import joining
from frontdesk.support.tickets.errors import ConversationClosed, SomebodyAnswered, StepImpossible
from frontdesk.support.tickets.models import Area, CannedReply, Conversation, Message, Team
from frontdesk.support.tickets.steps.vocabulary import STEPS
from tests.support import desk, levels
from tests.tickets.conftest import Time

pytestmark = pytest.mark.django_db
RULE = Actor.system("Tidy up")


def step(do: str, value: object) -> actions.Step:
    return {"do": do, "value": value}


@pytest.fixture
def stock(db: None) -> None:
    """A team, an area, a canned reply."""
    Team.objects.create(slug="billing", name="Billing")
    Area.objects.create(slug="money", titles={"en": "Money"})
    CannedReply.objects.create(
        title="Hello", shortcut="hello", texts={"en": "Hello {{customer_name}}!", "de": "Guten Tag {{customer_name}}!"}
    )


ALL: list[tuple[str, object]] = [
    ("reply", "hello"),
    ("note", "Look at {{reference}}"),
    ("assign", "kim@halcyon.example"),
    ("assign", "nobody"),
    ("team", "billing"),
    ("area", "money"),
    ("priority", "3"),
    ("add_tag", "vip"),
    ("remove_tag", "vip"),
    ("status", "waiting"),
    ("snooze", "24"),
    ("escalate", "billing"),
]
WRONG: list[tuple[object, str]] = [
    ({"do": "explode", "value": "x"}, "There is no such step"),
    ("reply", "There is no such step: reply."),
    (step("reply", "gone"), "There is no canned reply “gone”."),
    (step("note", "  "), "The note is empty"),
    (step("note", "{{password}}"), "The note is empty, too long, or names something"),
    (step("assign", "stranger@example.org"), "“stranger@example.org” is nobody who can have it."),
    (step("team", ["billing"]), "There is no team"),
    (step("priority", 9), "A priority is 1, 2, 3 or 4, and not “9”."),
    (step("priority", None), "A priority is 1"),
    (step("add_tag", "!!"), "“!!” is no tag."),
    (step("status", "merged"), "“merged” is no turn"),
    (step("snooze", "-3"), "Put it off for 1 to 2160 hours"),
    (step("snooze", "٣"), "Put it off for 1 to 2160 hours"),
    (step("snooze", "9" * 400), "Put it off for 1 to 2160 hours"),
]


def test_every_step_there_is_can_be_checked_described_and_run(ada: Person, kim: Person, stock: None) -> None:
    assert {do for do, _value in ALL} == set(STEPS)
    assert actions.check([step(*each) for each in ALL], by_rule=True) == []
    for do, value in ALL:
        conversation = desk.conversation(ada)
        if do == "remove_tag":
            actions.run(actor=RULE, conversation=conversation, steps=[step("add_tag", "vip")], by_rule=True)
        if value == "nobody":
            actions.run(actor=RULE, conversation=conversation, steps=[step("assign", kim.email)], by_rule=True)
        done = actions.run(actor=RULE, conversation=conversation, steps=[step(do, value)], by_rule=True)
        assert len(done) == 1, (do, value)
        assert actions.describer()(step(do, value))


@pytest.mark.parametrize(("wrong", "sentence"), WRONG)
def test_what_is_wrong_is_said_in_a_sentence(wrong: Any, sentence: str, kim: Person, stock: None) -> None:
    said = actions.check([step("add_tag", "fine"), wrong], by_rule=False)
    assert len(said) == 1
    assert said[0].startswith(sentence)


@pytest.mark.parametrize("steps", [[], None, {}, "reply", 3])
def test_no_steps_are_wrong_too(steps: Any) -> None:
    assert actions.check(steps, by_rule=False) == ["Name at least one step."]


def test_a_rule_is_nobody_so_it_knows_no_me(kim: Person) -> None:
    assert actions.check([step("assign", "me")], by_rule=False) == []
    assert actions.check([step("assign", "me")], by_rule=True) == ["“me” is nobody who can have it."]


def test_a_macro_answers_in_the_customers_language_and_ends_as_it_says(ada: Person, kim: Person, stock: None) -> None:
    Person.objects.filter(pk=ada.pk).update(language="de")
    ada.refresh_from_db()
    conversation = desk.conversation(ada)
    steps = [step("assign", "me"), step("reply", "hello"), step("add_tag", "greeted"), step("status", "solved")]
    actor = Actor.staff(kim.pk, conversation.reference)
    done = actions.run(actor=actor, conversation=conversation, steps=steps)
    assert done == ["Gave it to Kim Reyes", "Answered with “Hello”", "Added the tag greeted"]
    assert (conversation.status, conversation.assignee, conversation.tags) == ("solved", kim, ["greeted"])
    said = Message.objects.get(conversation=conversation, kind=Message.Kind.AGENT)
    assert said.text == "Guten Tag Ada!"
    assert conversation.first_answered_at is not None


def test_a_rules_answer_is_automatic_and_no_response(ada: Person, stock: None) -> None:
    conversation = desk.conversation(ada)
    actions.run(actor=RULE, conversation=conversation, steps=[step("reply", "hello")], by_rule=True)
    said = Message.objects.get(conversation=conversation, kind=Message.Kind.AUTOMATIC)
    assert said.text == "Hello Ada!"
    assert (conversation.first_answered_at, conversation.status) == (None, "open")


def test_what_answers_by_itself_gets_three_automatic_answers_a_day(ada: Person, stock: None, time: Time) -> None:
    conversation = desk.conversation(ada)
    for _number in range(5):
        done = actions.run(actor=RULE, conversation=conversation, steps=[step("reply", "hello")], by_rule=True)
    assert done == ["No answer: 3 automatic ones a day are enough"]
    automatic = Message.objects.filter(conversation=conversation, kind=Message.Kind.AUTOMATIC)
    assert automatic.count() == 3
    time.ahead = timedelta(days=1, minutes=1)
    actions.run(actor=RULE, conversation=conversation, steps=[step("reply", "hello")], by_rule=True)
    assert automatic.count() == 4


def test_all_or_none(ada: Person, stock: None) -> None:
    conversation = desk.conversation(ada)
    steps = [step("add_tag", "half"), step("team", "billing"), step("reply", "hello")]
    CannedReply.objects.all().delete()
    with pytest.raises(StepImpossible) as refused:
        actions.run(actor=RULE, conversation=conversation, steps=steps, by_rule=True)
    assert refused.value.members["why"] == "There is no canned reply “hello”."
    conversation.refresh_from_db()
    assert (conversation.tags, conversation.team) == ([], None)
    assert not Message.objects.filter(conversation=conversation, data__what="tags").exists()


def test_a_closed_conversation_takes_no_steps(ada: Person) -> None:
    conversation = desk.conversation(ada)
    Conversation.objects.filter(pk=conversation.pk).update(status="closed")
    with pytest.raises(ConversationClosed):
        actions.run(actor=RULE, conversation=conversation, steps=[step("add_tag", "late")], by_rule=True)


def test_doing_what_is_so_already_says_nothing(ada: Person) -> None:
    conversation = desk.conversation(ada)
    steps = [step("add_tag", "vip"), step("priority", "2"), step("status", "open"), step("assign", "nobody")]
    assert actions.run(actor=RULE, conversation=conversation, steps=steps, by_rule=True) == ["Added the tag vip"]


def test_escalating_tells_the_teams_managers_and_the_desk(ada: Person, stock: None) -> None:
    maya = desk.agent("maya@halcyon.example", "Maya", Role.MANAGER, Team.objects.get(slug="billing"))
    conversation = desk.conversation(ada)
    actions.run(actor=RULE, conversation=conversation, steps=[step("escalate", "billing")], by_rule=True)
    mail = Mail.objects.get(template="tickets/escalated")
    assert mail.person == maya
    assert "“Tidy up” asks the managers of Billing" in mail.text
    assert f"/desk/inbox/{conversation.pk}/" in mail.text


def test_a_rules_note_has_no_author_and_no_mail_for_the_customer(ada: Person) -> None:
    conversation = desk.conversation(ada)
    mails = Mail.objects.count()
    steps = [step("note", "See {{reference}}")]
    actions.run(actor=RULE, conversation=conversation, steps=steps, by_rule=True)
    note = Message.objects.get(conversation=conversation, kind=Message.Kind.NOTE)
    assert (note.text, note.author) == (f"See {conversation.reference}", None)
    assert Mail.objects.count() == mails


def test_putting_off_counts_hours_from_now(ada: Person) -> None:
    conversation = desk.conversation(ada)
    actions.run(actor=RULE, conversation=conversation, steps=[step("snooze", "48")], by_rule=True)
    until = conversation.snoozed_until
    assert until is not None
    assert abs(until - clock.now() - timedelta(hours=48)) < timedelta(seconds=5)


def test_a_macro_that_is_pressed_twice_runs_once(ada: Person, kim: Person, stock: None) -> None:
    conversation = desk.conversation(ada)
    steps = [step("reply", "hello"), step("note", "Greeted"), step("escalate", "billing"), step("snooze", "24")]
    actor, press = Actor.staff(kim.pk, conversation.reference), Press("Greet", uuid4(), conversation.last_sequence)
    first = actions.run(actor=actor, conversation=conversation, steps=steps, press=press)
    until, mails, said = conversation.snoozed_until, Mail.objects.count(), conversation.messages.count()
    assert len(first) == 4
    assert actions.run(actor=actor, conversation=conversation, steps=steps, press=press) == []
    assert (conversation.snoozed_until, Mail.objects.count(), conversation.messages.count()) == (until, mails, said)
    assert levels.lines(conversation, "macro").get().data["title"] == "Greet"


def test_a_macro_answers_past_nobody(ada: Person, kim: Person, stock: None) -> None:
    conversation, other = desk.conversation(ada), desk.conversation(ada)
    seen = conversation.last_sequence
    desk.answers(desk.agent("sam@halcyon.example", "Sam"), conversation)
    steps = [step("add_tag", "greeted"), step("reply", "hello")]
    actor = Actor.staff(kim.pk, conversation.reference)
    with pytest.raises(SomebodyAnswered):
        actions.run(actor=actor, conversation=conversation, steps=steps, press=Press("Greet", uuid4(), seen))
    joining.merge(actor=RULE, conversation=conversation, into=other)
    with pytest.raises(SomebodyAnswered):
        actions.run(actor=actor, conversation=conversation, steps=steps, press=Press("Greet", uuid4(), 99))
    other.refresh_from_db()
    assert other.tags == []
    last = Press("Greet", uuid4(), other.last_sequence)
    assert len(actions.run(actor=actor, conversation=other, steps=steps, press=last)) == 2
