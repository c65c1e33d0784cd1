"""The pages of rules: written with plain selects, seen before they are switched on, and their log."""

import re

import pytest
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.support.tickets.models import Area, Conversation, Rule, RuleRun, Team
from tests.support import desk, levels

pytestmark = pytest.mark.django_db


def fields(**values: str) -> dict[str, str]:
    start = {"title": "Refunds", "trigger": "opened", "position": "10"}
    start |= {"if0": "subject|", "if0_text": "refund, money back", "if1": "channel|form", "if1_holds": "is"}
    return {**start, "do0": "add_tag|", "do0_text": "refund", "do1": "priority|3", **values}


def ticket_on(page: str) -> str:
    found = re.search(r'name="ticket" value="([^"]+)"', page)
    assert found
    return found[1]


def test_from_writing_to_running(manager: Client, ada: Person) -> None:
    past = desk.conversation(ada, subject="Refund please")
    desk.conversation(ada, subject="Something else")
    page = manager.post("/desk/rules/new/", fields(), follow=True).content.decode()
    rule = Rule.objects.get()
    assert not rule.is_on
    assert rule.conditions == [
        {"field": "subject", "is": "is", "value": "refund, money back"},
        {"field": "channel", "is": "is", "value": "form"},
    ]
    assert rule.actions == [{"do": "add_tag", "value": "refund"}, {"do": "priority", "value": "3"}]
    assert "<strong>1</strong><span>of the 2 conversations" in page
    assert past.reference in page
    address = f"/desk/rules/{rule.pk}/switch/"
    refused = manager.post(address, {"on": "yes", "ticket": "guessed"}, follow=True).content.decode()
    assert "Look first at what this rule would have done" in refused
    manager.post(address, {"on": "yes", "ticket": ticket_on(page)})
    assert Rule.objects.get().is_on
    new = desk.conversation(ada, subject="I want my money back")
    levels.rules_look()
    assert Conversation.objects.get(pk=new.pk).tags == ["refund"]
    log = manager.get(f"/desk/rules/{rule.pk}/").content.decode()
    assert "Added the tag refund, Set the priority to High" in log
    assert "1 run" in manager.get("/desk/rules/").content.decode()
    manager.post(address, {"on": "no"})
    assert not Rule.objects.get().is_on


def test_changing_shows_what_stands_and_switches_off(manager: Client) -> None:
    Area.objects.create(slug="money", titles={"en": "Money"})
    conditions = [
        {"field": "area", "is": "is_not", "value": "money"},
        {"field": "text", "is": "is", "value": "<b>refund</b>"},
    ]
    rule = levels.rule("Refunds", conditions=conditions)
    page = manager.get(f"/desk/rules/{rule.pk}/change/").content.decode()
    assert '<option value="area|money" selected>Area: Money</option>' in page
    assert '<option value="is_not" selected>' in page
    assert "&lt;b&gt;refund&lt;/b&gt;" in page
    same = {"title": "Refunds!", "trigger": "opened", "position": "0", "do0": "add_tag|", "do0_text": "seen"}
    same |= {"if0": "area|money", "if0_holds": "is_not", "if1": "text|", "if1_text": "<b>refund</b>", "if1_holds": "is"}
    manager.post(f"/desk/rules/{rule.pk}/change/", same)
    kept = Rule.objects.get()
    assert (kept.title, kept.conditions, kept.is_on) == ("Refunds!", conditions, True)
    manager.post(f"/desk/rules/{rule.pk}/change/", {**same, "do0_text": "other"})
    assert not Rule.objects.get().is_on


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"if0_text": ""}, "Subject contains: say what"),
        ({"do0": "", "do1": ""}, "Name at least one step."),
        ({"do0_text": "!!"}, "“!!” is no tag."),
        ({"trigger": "unanswered"}, "Say how many."),
        ({"trigger": "full_moon"}, "Select a valid choice"),
        ({"if1": "moon|full"}, "Select a valid choice"),
        ({"do1": "assign|me"}, "Select a valid choice"),
        ({"title": "Taken"}, "There is a rule with this title already."),
    ],
)
def test_what_is_wrong_stands_at_its_row(manager: Client, wrong: dict[str, str], sentence: str) -> None:
    levels.rule("Taken")
    page = manager.post("/desk/rules/new/", fields(**wrong))
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert Rule.objects.count() == 1


def test_minutes_count_only_for_rules_of_time(manager: Client) -> None:
    manager.post("/desk/rules/new/", fields(minutes="30"))
    manager.post("/desk/rules/new/", fields(minutes="30", trigger="unanswered", title="Slow"))
    assert dict(Rule.objects.values_list("title", "minutes")) == {"Refunds": None, "Slow": 30}


def test_a_rule_whose_team_is_gone_says_so_and_shows_its_failures(manager: Client, ada: Person) -> None:
    team = Team.objects.create(slug="billing", name="Billing")
    rule = levels.rule(actions=[{"do": "team", "value": "billing"}])
    team.delete()
    desk.conversation(ada)
    levels.rules_look()
    page = manager.get(f"/desk/rules/{rule.pk}/").content.decode()
    assert "It cannot run like this" in page
    assert "There is no team “billing”." in page
    assert "This macro cannot be run" in page
    assert "1 failed" in manager.get("/desk/rules/").content.decode()


def test_deleting_a_rule_takes_its_log_along(manager: Client, ada: Person) -> None:
    rule = levels.rule()
    conversation = desk.conversation(ada)
    levels.rules_look()
    assert RuleRun.objects.exists()
    assert manager.get(f"/desk/rules/{rule.pk}/delete/").status_code == 405
    manager.post(f"/desk/rules/{rule.pk}/delete/")
    assert not Rule.objects.exists()
    assert Conversation.objects.get(pk=conversation.pk).tags == ["seen"]
