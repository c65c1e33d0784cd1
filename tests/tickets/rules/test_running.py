"""Rules: woken through the outbox, once for each cause, never by each other, never in anybody's way."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.core import outbox
from frontdesk.core.actors import Actor
from frontdesk.core.models import OutboxMessage
from frontdesk.support.tickets import actions, phrases
from frontdesk.support.tickets.conversations import changing
from frontdesk.support.tickets.models import CannedReply, Conversation, Rule, RuleRun
from frontdesk.support.tickets.rules import running
from tests.support import desk, levels
from tests.support.races import at_once

SYSTEM = Actor.system("test")
Trigger = Rule.Trigger


def tags(conversation: Conversation) -> list[str]:
    return Conversation.objects.get(pk=conversation.pk).tags


@pytest.mark.django_db
def test_each_trigger_wakes_its_rules(ada: Person, kim: Person) -> None:
    for trigger in ("opened", "customer_wrote", "answered", "solved", "reopened"):
        levels.rule(trigger, Trigger(trigger), actions=[{"do": "add_tag", "value": trigger}])
    conversation = desk.conversation(ada)
    levels.rules_look()
    assert tags(conversation) == ["opened"]
    desk.answers(kim, conversation)
    levels.rules_look()
    assert tags(conversation)[1:] == ["answered"]
    desk.writes(conversation)
    levels.rules_look()
    assert tags(conversation)[2:] == ["customer_wrote"]
    changing.solve(actor=SYSTEM, conversation=conversation)
    levels.rules_look()
    assert tags(conversation)[3:] == ["solved"]
    desk.writes(conversation)
    levels.rules_look()
    assert tags(conversation)[4:] == ["reopened"]


@pytest.mark.django_db
def test_a_rule_that_is_off_or_has_another_condition_does_nothing(ada: Person) -> None:
    levels.rule("off", is_on=False)
    levels.rule("other", conditions=[{"field": "channel", "is": "is", "value": "mail"}])
    levels.rule("ours", conditions=[{"field": "channel", "is": "is_not", "value": "mail"}])
    conversation = desk.conversation(ada)
    levels.rules_look()
    run = RuleRun.objects.get()
    assert (run.rule.title, run.conversation, run.error, run.did) == ("ours", conversation, "", ["Added the tag seen"])


@pytest.mark.django_db
def test_nothing_is_put_into_the_outbox_where_no_rule_waits(ada: Person) -> None:
    desk.conversation(ada)
    assert not OutboxMessage.objects.filter(topic=running.TOPIC).exists()


@pytest.mark.django_db
def test_the_same_cause_runs_a_rule_once_however_often_it_is_delivered(ada: Person, kim: Person) -> None:
    levels.rule(trigger=Trigger.ANSWERED, actions=[{"do": "note", "value": "answered"}])
    conversation = desk.conversation(ada)
    desk.answers(kim, conversation)
    payload = OutboxMessage.objects.get(topic=running.TOPIC).payload
    for _number in range(2):
        outbox.put(topic=running.TOPIC, payload=payload)
    assert levels.rules_look() == 3
    assert RuleRun.objects.count() == 1
    desk.answers(kim, conversation)
    levels.rules_look()
    assert RuleRun.objects.count() == 2


@pytest.mark.django_db
def test_what_a_rule_does_wakes_no_rule(ada: Person) -> None:
    levels.rule("solve", Trigger.OPENED, actions=[{"do": "status", "value": "solved"}])
    levels.rule("reopen", Trigger.SOLVED, actions=[{"do": "status", "value": "open"}])
    levels.rule("again", Trigger.REOPENED, actions=[{"do": "status", "value": "solved"}])
    conversation = desk.conversation(ada)
    while levels.rules_look():
        pass
    assert [run.rule.title for run in RuleRun.objects.all()] == ["solve"]
    assert Conversation.objects.get(pk=conversation.pk).status == "solved"
    changing.reopen(actor=SYSTEM, conversation=conversation)  # a person's deed does
    levels.rules_look()
    assert RuleRun.objects.count() == 2


@pytest.mark.django_db
def test_lines_name_the_rule_that_did_it(ada: Person) -> None:
    levels.rule("Thanks alone", Trigger.CUSTOMER_WROTE, actions=[{"do": "status", "value": "solved"}])
    conversation = desk.conversation(ada)
    desk.writes(conversation, "Thanks!")
    levels.rules_look()
    assert phrases.event_line(levels.lines(conversation, "solved").get()) == "The rule “Thanks alone” solved this"


@pytest.mark.django_db
def test_a_failing_rule_says_why_and_the_next_one_goes_on(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    CannedReply.objects.create(title="Hi", shortcut="hi", texts={"en": "Hi"})
    gone = levels.rule("a gone", actions=[{"do": "add_tag", "value": "half"}, {"do": "reply", "value": "hi"}])
    broken = levels.rule("b broken", actions=[{"do": "priority", "value": "4"}])
    levels.rule("c fine")
    CannedReply.objects.all().delete()
    real = actions.run

    def run(**values: Any) -> list[str]:
        if values["steps"] == broken.actions:
            raise ZeroDivisionError
        return real(**values)

    monkeypatch.setattr(actions, "run", run)
    conversation = desk.conversation(ada)
    assert levels.rules_look() == 1
    errors = dict(RuleRun.objects.values_list("rule__title", "error"))
    assert errors == {gone.title: "step_impossible", broken.title: "ZeroDivisionError", "c fine": ""}
    assert tags(conversation) == ["seen"]
    assert levels.rules_look() == 0


@pytest.mark.django_db
def test_a_rule_whose_conditions_make_no_sense_matches_nothing(ada: Person) -> None:
    levels.rule("broken", conditions=[{"field": "team", "is": "is", "value": "gone"}, {"field": "moon"}])
    conversation = desk.conversation(ada)
    levels.rules_look()
    assert tags(conversation) == []


@pytest.mark.django_db
def test_an_erased_conversation_and_one_that_became_spam_are_left_alone(ada: Person) -> None:
    levels.rule()
    spam = desk.conversation(ada)
    outbox.put(topic=running.TOPIC, payload={"conversation": str(uuid4()), "trigger": "opened", "cause": "gone"})
    changing.mark_spam(actor=SYSTEM, conversation=spam)
    assert levels.rules_look() == 2
    assert not RuleRun.objects.exists()


@pytest.mark.django_db
def test_waking_rolls_back_with_what_woke(ada: Person) -> None:
    levels.rule()
    conversation = desk.conversation(ada)
    before = OutboxMessage.objects.filter(topic=running.TOPIC).count()
    with transaction.atomic():
        running.wake(conversation=conversation, trigger=Trigger.OPENED, cause="again")
        transaction.set_rollback(True)
    assert OutboxMessage.objects.filter(topic=running.TOPIC).count() == before


@pytest.mark.django_db(transaction=True)
def test_two_workers_run_a_rule_once_for_each_cause() -> None:
    levels.rule(actions=[{"do": "note", "value": "once"}])
    conversations = [desk.conversation(f"guest{number}@example.org") for number in range(4)]
    for message in list(OutboxMessage.objects.filter(topic=running.TOPIC)):
        outbox.put(topic=running.TOPIC, payload=message.payload)
    outcomes = at_once(*[levels.rules_look] * 3)
    assert not [each for each in outcomes if isinstance(each, Exception)]
    while levels.rules_look():
        pass
    assert RuleRun.objects.count() == len(conversations)
