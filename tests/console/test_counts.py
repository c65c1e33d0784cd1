"""Pages that list ask the database as often for many rows as for few."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from frontdesk.accounts.models import Person
from frontdesk.core.actors import Actor
from frontdesk.support.tickets.conversations import changing
from frontdesk.support.tickets.models import Area, CannedReply, Conversation, Macro, RuleRun, Skill, Team
from tests.support import desk, levels
from tests.support.queries import statements

pytestmark = pytest.mark.django_db
STEPS = [
    {"do": "team", "value": "billing"},
    {"do": "area", "value": "payments"},
    {"do": "assign", "value": "nobody"},
    {"do": "reply", "value": "hello"},
    {"do": "escalate", "value": "billing"},
]
CONDITIONS = [
    {"field": "team", "is": "is", "value": "billing"},
    {"field": "area", "is": "is_not", "value": "payments"},
    {"field": "level", "is": "is", "value": "standard"},
]


@pytest.fixture
def named(db: None) -> None:
    """What rules and macros name."""
    Team.objects.create(slug="billing", name="Billing")
    Area.objects.create(slug="payments", titles={"en": "Payments"})
    CannedReply.objects.create(title="Hello", shortcut="hello", texts={"en": "Hello {{customer_name}}"})
    levels.level(default=True)


def rules(number: int) -> None:
    levels.rule(f"Rule {number}", conditions=CONDITIONS, actions=STEPS)


def macros(number: int) -> None:
    Macro.objects.create(title=f"Macro {number}", actions=STEPS)
    CannedReply.objects.create(title=f"Reply {number}", shortcut=f"reply-{number}", texts={"en": "Hello"})


def arranged(number: int) -> None:
    team = Team.objects.create(slug=f"team-{number}", name=f"Team {number}")
    skill = Skill.objects.create(slug=f"skill-{number}", name=f"Skill {number}")
    Area.objects.create(slug=f"area-{number}", titles={"en": "Area"}, team=team, skill=skill)
    levels.is_there(desk.agent(f"agent-{number}@halcyon.example", "Kim"), skills={skill.slug: 2})


@pytest.mark.parametrize(
    ("address", "make"), [("rules/", rules), ("ready/", macros), ("routing/", arranged), ("team/", arranged)]
)
def test_a_list_asks_as_often_for_many_as_for_few(
    manager: Client, named: None, address: str, make: Callable[[int], None]
) -> None:
    counts = []
    for numbers in (range(2), range(2, 12)):
        for number in numbers:
            make(number)
        manager.get(f"/desk/{address}")
        with CaptureQueriesContext(connection) as queries:
            assert manager.get(f"/desk/{address}").status_code == 200
        counts.append(len(statements(queries)))
    assert counts[0] == counts[1] <= 15


def test_long_lists_are_parted(manager: Client, named: None) -> None:
    for number in range(51):
        rules(number)
        macros(number)
    for address in ("rules/", "ready/"):
        assert 'aria-label="Pages"' in manager.get(f"/desk/{address}").content.decode()
    assert len(manager.get("/desk/rules/?page=2").context["rules"]) == 1
    assert len(manager.get("/desk/ready/?macros=2").context["macros"]) == 1


def test_runs_are_counted_of_the_last_month(manager: Client, named: None, ada: Person) -> None:
    rule = levels.rule("Tag it")
    for _talk in range(2):
        desk.conversation(ada)
    levels.rules_look()
    assert "2 runs" in manager.get("/desk/rules/").content.decode()
    RuleRun.objects.filter(rule=rule).update(at=levels.LONG_AGO)
    assert "runs<" not in manager.get("/desk/rules/").content.decode()


def test_what_happened_is_told_with_one_look_at_the_areas(manager: Client, named: None, ada: Person) -> None:
    talk = desk.conversation(ada)
    one = Area.objects.get(slug="payments")
    other = Area.objects.create(slug="codes", titles={"en": "Codes"})
    counts = []
    for turns in (1, 9):
        for turn in range(turns):
            changing.set_area(actor=Actor.system("test"), conversation=talk, area=other if turn % 2 else one)
            changing.set_area(actor=Actor.system("test"), conversation=talk, area=None)
        address = f"/desk/inbox/{talk.pk}/"
        manager.get(address)
        with CaptureQueriesContext(connection) as queries:
            page = manager.get(address).content.decode()
        counts.append(len(statements(queries)))
        assert "this is about Payments" in page
        assert "this is about nothing in particular" in page
    assert "this is about Codes" in page
    assert counts[0] == counts[1]


@pytest.mark.parametrize("guest", [True, False])
def test_ready_replies_look_the_customer_up_once(manager: Client, ada: Person, guest: bool) -> None:
    talk = desk.conversation("bob@else.example" if guest else ada)
    counts = []
    for many in (1, 9):
        for _reply in range(many):
            text = {"en": "Hello {{customer_name}}, {{ customer_name }}: {{unknown}}"}
            CannedReply.objects.create(title="Hello", shortcut=f"r-{uuid4()}", texts=text)
        with CaptureQueriesContext(connection) as queries:
            answer = manager.get(f"/desk/inbox/{talk.pk}/replies/?q=hello", headers={"X-Part": "json"})
        counts.append(len(statements(queries)))
        name = "bob" if guest else ada.shown_name
        assert {each["text"] for each in answer.json()["replies"]} == {f"Hello {name}, {name}: {{{{unknown}}}}"}
    assert counts[0] == counts[1]
    assert Conversation.objects.count() == 1
