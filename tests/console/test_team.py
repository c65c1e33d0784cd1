"""The team's page: my own state, everybody's load, and what managers change."""

import pytest
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.support.tickets.models import Agent, Skill, Team
from tests.support import desk, levels

pytestmark = pytest.mark.django_db


def test_an_agent_pauses_and_takes_new_ones_again(agent: Client, ada: Person) -> None:
    me = Person.objects.get(email="agent@halcyon.example")
    Agent.objects.create(person=me)
    levels.is_there(me)
    assert "You are here and get new conversations." in agent.get("/desk/team/").content.decode()
    page = agent.post("/desk/team/mine/", {"takes": "no"}, follow=True).content.decode()
    assert "You pause: nothing new is given to you." in page
    assert desk.conversation(ada).assignee is None
    agent.post("/desk/team/mine/", {"takes": "yes"})
    assert Agent.objects.get(person=me).takes_new


def test_the_switch_in_the_inbox_leads_back_there(agent: Client) -> None:
    me = Person.objects.get(email="agent@halcyon.example")
    Agent.objects.create(person=me)
    assert 'action="/desk/team/mine/"' in agent.get("/desk/inbox/?view=all").content.decode()
    assert agent.post("/desk/team/mine/", {"takes": "no", "from": "inbox"})["Location"] == "/desk/inbox/"
    assert not Agent.objects.get(person=me).takes_new


def test_everybodys_load_is_seen_and_only_managers_change_it(agent: Client, manager: Client, ada: Person) -> None:
    kim = desk.agent()
    levels.is_there(kim, capacity=4, skills={"linux": 2})
    desk.conversation(ada)
    desk.conversation(ada)
    page = agent.get("/desk/team/").content.decode()
    assert "2.0 / 4 (50 %)" in page
    assert "linux 2" in page
    assert "Change" not in page
    assert agent.get(f"/desk/team/{kim.pk}/").status_code == 403
    assert f"/desk/team/{kim.pk}/" in manager.get("/desk/team/").content.decode()


def test_a_manager_says_who_answers_what(manager: Client) -> None:
    person = Person.objects.get(email="manager@halcyon.example")
    assert "On the staff, not at the desk" in manager.get("/desk/team/").content.decode()
    team = Team.objects.create(slug="billing", name="Billing")
    for slug in ("billing", "linux"):
        Skill.objects.create(slug=slug, name=slug)
    address = f"/desk/team/{person.pk}/"
    assert manager.get(address).context["form"]["takes_new"].value() is True
    chosen = {"teams": [str(team.pk)], "capacity": "7", "skill_billing": "3", "skill_linux": "0"}
    assert manager.post(address, chosen).status_code == 302
    made = Agent.objects.get(person=person)
    assert (made.capacity, made.takes_new, list(made.teams.all())) == (7, False, [team])
    assert [str(row) for row in made.skills.all()] == ["billing 3"]
    manager.post(address, {**chosen, "teams": [], "skill_billing": "0", "skill_linux": "1", "takes_new": "on"})
    assert Agent.objects.get(person=person).takes_new
    assert [str(row) for row in made.skills.all()] == ["linux 1"]
    assert manager.post(address, {**chosen, "capacity": "-1"}).status_code == 422


def test_a_customer_is_no_member_of_the_team(manager: Client, ada: Person) -> None:
    assert manager.get(f"/desk/team/{ada.pk}/").status_code == 404
