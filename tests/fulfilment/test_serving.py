"""The service level that a customer's plans come with."""

import pytest

from frontdesk.accounts.models import Person
from frontdesk.catalog.models import PlanVersion
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.fulfilment import serving
from frontdesk.licensing.models import License
from frontdesk.support.tickets import actions
from frontdesk.support.tickets.conversations import changing
from frontdesk.support.tickets.models import Channel, Conversation, ServiceLevel
from tests.people import customer
from tests.support import desk, levels

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")


@pytest.fixture
def sold() -> dict[str, PlanVersion]:
    """Two plans; the better one comes with a better level, the third level is nobody's."""
    levels.level(default=True, rank=1)
    made = {name: desk.plan(name, name.title()) for name in ("plus", "premium")}
    serving.set_plan_level(actor=SYSTEM, plan=made["premium"].plan, level=levels.level("priority", 5, first=10))
    serving.set_plan_level(actor=SYSTEM, plan=made["plus"].plan, level=levels.level("basic", 0, first=None))
    levels.level("golden", 9)
    return made


def level(person: Person | None) -> str:
    found = serving.level_of(person)
    return found.slug if found else ""


def test_guests_and_whoever_bought_nothing_have_the_default(sold: dict[str, PlanVersion]) -> None:
    assert (level(None), level(customer())) == ("standard", "standard")


def test_the_highest_rank_among_usable_licences_counts(sold: dict[str, PlanVersion]) -> None:
    ada = customer()
    desk.licensed(ada, sold["plus"])
    assert level(ada) == "standard"  # a plan never takes away what everybody has
    best, _code = desk.licensed(ada, sold["premium"])
    assert level(ada) == "priority"
    License.objects.filter(pk=best.pk).update(suspended_at=clock.now())
    assert level(ada) == "standard"


def test_a_conversation_is_promised_it_when_it_begins_and_again_when_it_goes_on(sold: dict[str, PlanVersion]) -> None:
    ada = customer()
    conversation = desk.conversation(ada)
    assert _level(conversation) == "standard"
    desk.licensed(ada, sold["premium"])
    assert _level(conversation) == "standard"
    assert _level(desk.conversation(ada)) == "priority"
    changing.solve(actor=SYSTEM, conversation=conversation)
    changing.reopen(actor=SYSTEM, conversation=conversation)
    assert _level(conversation) == "priority"


def test_without_any_level_nothing_is_promised() -> None:
    assert serving.level_of(customer()) is None
    assert Conversation.objects.get(pk=desk.conversation("guest@example.org").pk).level is None


def test_setting_what_is_set_already_writes_nothing(sold: dict[str, PlanVersion]) -> None:
    plan, priority = sold["premium"].plan, ServiceLevel.objects.get(slug="priority")
    assert not serving.set_plan_level(actor=SYSTEM, plan=plan, level=priority)
    assert serving.set_plan_level(actor=SYSTEM, plan=plan, level=None)
    assert not serving.set_plan_level(actor=SYSTEM, plan=plan, level=None)


def _level(conversation: Conversation) -> str:
    found = Conversation.objects.get(pk=conversation.pk).level
    return found.slug if found else ""


@pytest.mark.parametrize("by", ["customer", "waiting", "resumed", "answer", "macro"])
def test_what_is_reopened_on_another_level_goes_on_whoever_reopens_it(sold: dict[str, PlanVersion], by: str) -> None:
    """The level's own line is written by another instance of the row than the one at work."""
    ada, kim = customer(), desk.agent()
    levels.is_there(kim)
    conversation = desk.conversation(ada)
    changing.solve(actor=SYSTEM, conversation=conversation)
    Conversation.objects.filter(pk=conversation.pk).update(assignee=None)
    desk.licensed(ada, sold["premium"])
    if by == "customer":
        desk.writes(conversation, channel=Channel.FORM)
    elif by == "answer":
        desk.answers(kim, conversation)
    elif by == "macro":
        actor = Actor.staff(kim.pk, conversation.reference)
        actions.run(actor=actor, conversation=conversation, steps=[{"do": "status", "value": "waiting"}])
    else:
        changing.set_waiting(actor=SYSTEM, conversation=conversation, waiting=by == "waiting")
    assert _level(conversation) == "priority"
    conversation.refresh_from_db()
    sequences = list(conversation.messages.order_by("sequence").values_list("sequence", flat=True))
    assert sequences == list(range(1, conversation.last_sequence + 1))
    assert levels.lines(conversation, "level").count() == 1
