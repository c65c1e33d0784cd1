"""The pages of teams, skills and areas: what leads where, and what may go."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.core.models import AuditEntry
from frontdesk.support.tickets.models import Agent, Area, CannedReply, Conversation, Macro, Skill, Team
from tests.console.conftest import press
from tests.support import desk, levels

pytestmark = pytest.mark.django_db
HOME = "/desk/routing/"
STRANGE = uuid4()


def typed(**values: Any) -> dict[str, Any]:
    """An area as somebody types it."""
    return {
        "title_en": "Payments", "title_de": "Zahlungen", "reasons": ["payment_declined"], "team": "", "skill": "",
        "least_level": "2", "relax_minutes": "90", "position": "3", **values,
    }  # fmt: skip


def test_from_nothing_to_a_conversation_that_finds_who_knows(manager: Client, ada: Person) -> None:
    assert "No area yet" in manager.get(HOME).content.decode()
    manager.post(f"{HOME}teams/new/", {"name": "Billing"})
    manager.post(f"{HOME}skills/new/", {"name": "Money"})
    team, skill = Team.objects.get(), Skill.objects.get()
    assert (team.slug, skill.slug) == ("billing", "money")
    manager.post(f"{HOME}areas/new/", typed(team=str(team.pk), skill="money"))
    area = Area.objects.get()
    assert (area.slug, area.titles) == ("payments", {"en": "Payments", "de": "Zahlungen"})
    assert (area.reason_codes, area.team, area.skill) == (["payment_declined"], team, skill)
    assert (area.least_level, area.relax_minutes, area.position) == (2, 90, 3)
    page = manager.get(HOME).content.decode()
    assert "nobody" in page
    assert "Money: knows it" in page
    kim, lou = desk.agent("kim@halcyon.example", "Kim"), desk.agent("lou@halcyon.example", "Lou")
    for person, level in ((kim, "3"), (lou, "1")):
        manager.post(
            f"/desk/team/{person.pk}/",
            {"teams": [str(team.pk)], "capacity": "5", "takes_new": "on", "skill_money": level},
        )
        levels.is_there(person)
    assert manager.get(HOME).context["areas"][0].knowing == 1
    talk = desk.conversation(ada, area=area)
    assert (talk.assignee, talk.team) == (kim, team)
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {
        "team.saved", "skill.saved", "area.saved", "agent.set"
    }  # fmt: skip


def test_each_is_changed_and_keeps_its_short_name(manager: Client) -> None:
    team = Team.objects.create(slug="billing", name="Billing")
    skill = Skill.objects.create(slug="money", name="Money")
    area = Area.objects.create(slug="payments", titles={"en": "Payments", "fr": "Paiements"}, team=team)
    manager.post(f"{HOME}teams/{team.pk}/", {"name": "Invoices"})
    manager.post(f"{HOME}skills/of/money/", {"name": "Invoicing", "slug": "other"})
    manager.post(f"{HOME}areas/{area.pk}/", typed(title_en="Bills", title_de="", reasons=[], skill="money"))
    assert (Team.objects.get().slug, Team.objects.get().name) == ("billing", "Invoices")
    assert (Skill.objects.get().slug, Skill.objects.get().name) == ("money", "Invoicing")
    area.refresh_from_db()
    assert (area.slug, area.titles) == ("payments", {"en": "Bills", "fr": "Paiements"})
    assert (area.team, area.skill) == (None, skill)


def test_a_skill_of_a_language_has_its_code(manager: Client) -> None:
    manager.post(f"{HOME}skills/new/", {"name": "Deutsch", "slug": "DE"})
    assert Skill.objects.get().slug == "de"
    answer = manager.post(f"{HOME}skills/new/", {"name": "German", "slug": "de"})
    assert "Another skill has this short name." in answer.content.decode()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"title_en": "", "title_de": ""}, "Write a title in at least one language."),
        ({"reasons": ["code_unknown"]}, "code_unknown leads to “Codes” already."),
        ({"reasons": ["no_such_reason"]}, "Select a valid choice."),
        ({"relax_minutes": "-1"}, "greater than or equal to 0"),
        ({"least_level": "9"}, "Select a valid choice."),
        ({"team": str(STRANGE)}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_is_said(manager: Client, values: dict[str, Any], sentence: str) -> None:
    Area.objects.create(slug="codes", titles={"en": "Codes"}, reason_codes=["code_unknown"])
    answer = manager.post(f"{HOME}areas/new/", typed(**values))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Area.objects.count() == 1


def test_names_are_there_once_and_a_reason_that_is_gone_stays(manager: Client) -> None:
    for name in ("Billing", "billing"):
        answer = manager.post(f"{HOME}teams/new/", {"name": name})
    assert "There is one with this name already." in answer.content.decode()
    area = Area.objects.create(slug="old", titles={"en": "Old"}, reason_codes=["gone_long_ago"])
    manager.post(f"{HOME}areas/{area.pk}/", typed(reasons=["gone_long_ago"]))
    area.refresh_from_db()
    assert area.reason_codes == ["gone_long_ago"]


def test_a_team_that_goes_leaves_its_conversations_and_replies_to_all(manager: Client, ada: Person) -> None:
    team = Team.objects.create(slug="billing", name="Billing")
    kim = desk.agent("kim@halcyon.example", "Kim Reyes", Role.AGENT, team)
    area = Area.objects.create(slug="payments", titles={"en": "Payments"}, team=team)
    talk = desk.conversation(ada, area=area)
    CannedReply.objects.create(title="Paid", shortcut="paid", texts={"en": "Paid."}, team=team)
    address = f"{HOME}teams/{team.pk}/removal/"
    page = manager.get(address).content.decode()
    assert "1 conversation is of no team then" in page
    assert "everybody&#x27;s then" in page
    assert "is deleted." in press(manager, address).content.decode()
    assert not Team.objects.exists()
    assert (CannedReply.objects.get().team, Conversation.objects.get(pk=talk.pk).team) == (None, None)
    assert Area.objects.get().team is None
    assert Agent.objects.filter(person=kim).exists()
    assert AuditEntry.objects.filter(action="team.deleted").count() == 1


@pytest.mark.parametrize("kind", ["team", "area"])
@pytest.mark.parametrize("by", ["condition", "step", "macro"])
def test_what_rules_and_macros_name_is_not_deleted(manager: Client, kind: str, by: str) -> None:
    team = Team.objects.create(slug="billing", name="Billing")
    area = Area.objects.create(slug="billing", titles={"en": "Billing"})
    held = team if kind == "team" else area
    step = [{"do": kind, "value": "billing"}]
    if by == "condition":
        levels.rule("Names it", conditions=[{"field": kind, "is": "is", "value": "billing"}])
    elif by == "step":
        levels.rule("Names it", actions=step)
    else:
        Macro.objects.create(title="Names it", actions=step)
    address = f"{HOME}{kind}s/{held.pk}/removal/"
    assert "Names it still name it" in manager.get(address).content.decode()
    assert "Rules or macros still name it." in press(manager, address).content.decode()
    assert (Team.objects.count(), Area.objects.count()) == (1, 1)


def test_skills_and_areas_go(manager: Client, ada: Person) -> None:
    skill = Skill.objects.create(slug="money", name="Money")
    area = Area.objects.create(slug="payments", titles={"en": "Payments"}, skill=skill)
    levels.is_there(desk.agent(), skills={"money": 2})
    talk = desk.conversation(ada, area=area)
    press(manager, f"{HOME}skills/of/money/removal/")
    area.refresh_from_db()
    assert (Skill.objects.exists(), area.skill) == (False, None)
    press(manager, f"{HOME}areas/{area.pk}/removal/")
    assert not Area.objects.exists()
    assert Conversation.objects.get(pk=talk.pk).area is None


def test_only_managers_arrange_and_what_is_not_there_is_not_found(manager: Client, agent: Client) -> None:
    parts = ["", "teams/new/", "skills/new/", "areas/new/"]
    for part in parts:
        assert manager.get(HOME + part).status_code == 200
        assert agent.get(HOME + part).status_code == 403
        assert agent.post(HOME + part).status_code in {403, 405}
        assert Client().get(HOME + part).status_code == 302
    assert HOME in manager.get("/desk/team/").content.decode()
    assert HOME not in agent.get("/desk/team/").content.decode()
    for part in (f"teams/{STRANGE}/", "skills/of/none/", f"areas/{STRANGE}/"):
        assert manager.get(HOME + part).status_code == 404
        assert manager.post(f"{HOME}{part}removal/").status_code == 404
