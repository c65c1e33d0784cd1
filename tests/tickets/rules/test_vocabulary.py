"""Conditions: checked in sentences, asked of one conversation as of a month of them; trying changes nothing."""

from datetime import timedelta
from typing import Any

import pytest

from frontdesk.accounts.models import Person
from frontdesk.core.actors import Actor
from frontdesk.support.tickets.conversations import changing
from frontdesk.support.tickets.errors import RuleNotTried, RuleUnfit
from frontdesk.support.tickets.models import Area, Conversation, Rule, RuleRun, ServiceLevel, Team
from frontdesk.support.tickets.rules import looking, trying, vocabulary, writing
from frontdesk.support.tickets.sla import sweeping
from tests.support import desk, levels
from tests.tickets.conftest import Time

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")


def condition(field: str, value: object, is_: str = "is") -> vocabulary.Condition:
    return {"field": field, "is": is_, "value": value}


@pytest.fixture
def stock(ada: Person) -> dict[str, Conversation]:
    """Two conversations that differ in everything."""
    levels.level(default=True)
    team = Team.objects.create(slug="billing", name="Billing")
    area = Area.objects.create(slug="money", team=team)
    rich = desk.conversation(
        ada,
        "I want my money back, 100% of it.",
        "Refund please",
        area=area,
        product=desk.shield(),
        reason_code="code_unknown",
        plan_name="Plus (3 devices)",
    )
    changing.change_tags(actor=SYSTEM, conversation=rich, add=["vip"])
    changing.set_priority(actor=SYSTEM, conversation=rich, priority=4)
    changing.assign(actor=SYSTEM, conversation=rich, to=desk.agent("lou@halcyon.example"))
    Conversation.objects.filter(pk=rich.pk).update(language="de-at")
    return {"rich": rich, "poor": desk.conversation("guest@example.org", channel="mail")}


RICH: list[tuple[str, str]] = [
    ("area", "money"),
    ("product", "halcyon-shield"),
    ("team", "billing"),
    ("channel", "form"),
    ("language", "de"),
    ("priority", "4"),
    ("customer", "known"),
    ("assignee", "somebody"),
    ("tag", "VIP"),
    ("reason", "code_unknown"),
    ("plan", "plus"),
    ("subject", "nothing, refund"),
    ("text", "100% of,  money   back"),
]


@pytest.mark.parametrize(("field", "value"), RICH)
def test_every_field_tells_the_two_apart(field: str, value: str, stock: dict[str, Conversation]) -> None:
    for is_, expected in (("is", "rich"), ("is_not", "poor")):
        asked = [condition(field, value, is_)]
        assert vocabulary.check(asked) == []
        found = Conversation.objects.filter(vocabulary.query(asked))
        assert [each.pk for each in found] == [stock[expected].pk]
        rule = levels.rule(f"{field} {is_}", conditions=asked)
        assert looking.matches(rule, stock["rich"]) == (expected == "rich")
        assert vocabulary.describer()(asked[0])


def test_the_service_level_is_a_field_too(stock: dict[str, Conversation]) -> None:
    assert {field for field, _value in RICH} | {"level"} == set(vocabulary.FIELDS)
    assert Conversation.objects.filter(vocabulary.query([condition("level", "standard")])).count() == 2
    ServiceLevel.objects.create(slug="gold", name="Gold", rank=9)
    assert Conversation.objects.filter(vocabulary.query([condition("level", "gold")])).count() == 0


WRONG: list[tuple[Any, str]] = [
    ({"field": "moon", "is": "is", "value": "full"}, "There is no such condition"),
    ("area", "There is no such condition: area."),
    (condition("area", "gone"), "Area: there is no “gone”."),
    (condition("priority", 4), "Priority: there is no “4”."),
    (condition("subject", " , ,"), "Subject contains: say what"),
    (condition("text", "x" * 201), "Customer's words contain: say what"),
    (condition("tag", None), "Tag: say what"),
    (condition("tag", "x", "maybe"), "A condition holds, or does not."),
]


@pytest.mark.parametrize(("wrong", "sentence"), WRONG)
def test_what_is_wrong_is_said_in_a_sentence(wrong: Any, sentence: str) -> None:
    said = vocabulary.check([wrong])
    assert len(said) == 1
    assert said[0].startswith(sentence)


def test_signs_of_patterns_mean_themselves(stock: dict[str, Conversation]) -> None:
    for phrase in ("100%of", "_", "%", "\\", "m_ney"):
        found = Conversation.objects.filter(vocabulary.query([condition("text", phrase)]))
        assert found.count() == (1 if phrase == "%" else 0), phrase


def test_trying_tells_how_many_and_which_and_changes_nothing(
    ada: Person, kim: Person, stock: dict[str, Conversation], time: Time
) -> None:
    rule = Rule(title="try", trigger="opened", conditions=[condition("tag", "vip")], actions=[])
    trial = trying.try_out(rule)
    assert (trial.looked_at, trial.count, trial.matched) == (2, 1, [stock["rich"].pk])
    answered = Rule(title="try", trigger="answered", conditions=[], actions=[])
    assert trying.try_out(answered).looked_at == 0
    desk.answers(kim, stock["poor"])
    assert trying.try_out(answered).matched == [stock["poor"].pk]
    assert not RuleRun.objects.exists()
    time.ahead = timedelta(days=31)
    assert trying.try_out(rule).looked_at == 0


def test_trying_knows_who_waited_long_and_what_was_missed(ada: Person, kim: Person, time: Time) -> None:
    levels.level(default=True, first=60)
    quick, slow, waiting = (desk.conversation(ada) for _number in range(3))
    time.ahead = timedelta(minutes=5)
    desk.answers(kim, quick)
    time.ahead = timedelta(minutes=70)
    desk.answers(kim, slow)
    rule = Rule(title="try", trigger="unanswered", minutes=10)
    assert set(trying.try_out(rule).matched) == {slow.pk, waiting.pk}
    assert trying.try_out(Rule(title="try", trigger="overdue")).matched == [slow.pk]


def test_a_rule_is_switched_on_only_by_who_saw_what_it_would_have_done(ada: Person) -> None:
    steps = [{"do": "add_tag", "value": "new"}]
    rule = writing.save(actor=SYSTEM, rule=Rule(title="tidy", trigger="opened", actions=steps, is_on=True))
    assert not Rule.objects.get().is_on
    for ticket in ("", "forged", writing.tried(Rule(title="other", trigger="opened", actions=steps))):
        with pytest.raises(RuleNotTried):
            writing.switch_on(actor=SYSTEM, rule=rule, ticket=ticket)
    ticket = writing.tried(rule)
    assert writing.switch_on(actor=SYSTEM, rule=rule, ticket=ticket)
    assert not writing.switch_on(actor=SYSTEM, rule=rule, ticket=ticket)
    rule.refresh_from_db()
    rule.title = "tidier"
    writing.save(actor=SYSTEM, rule=rule)
    assert Rule.objects.get().is_on  # it does the same
    rule.actions = [{"do": "priority", "value": "4"}]
    writing.save(actor=SYSTEM, rule=rule)
    assert not Rule.objects.get().is_on
    with pytest.raises(RuleNotTried):
        writing.switch_on(actor=SYSTEM, rule=rule, ticket=ticket)


def test_a_rule_that_makes_no_sense_is_not_saved() -> None:
    with pytest.raises(RuleUnfit) as refused:
        writing.save(actor=SYSTEM, rule=Rule(title="tidy", trigger="opened", actions=[{"do": "x"}]))
    assert "There is no such step" in str(refused.value.members["why"])
    assert not Rule.objects.exists()


def test_a_rule_of_time_is_woken_for_what_waits_already(ada: Person, time: Time) -> None:
    conversation = desk.conversation(ada)
    rule = Rule(title="slow", trigger="unanswered", minutes=10, actions=[{"do": "add_tag", "value": "slow"}])
    writing.save(actor=SYSTEM, rule=rule)
    time.ahead = timedelta(hours=1)
    writing.switch_on(actor=SYSTEM, rule=rule, ticket=writing.tried(rule))
    time.ahead += timedelta(seconds=1)
    sweeping.sweep()
    levels.rules_look()
    assert Conversation.objects.get(pk=conversation.pk).tags == ["slow"]
