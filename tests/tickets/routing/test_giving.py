"""Giving conversations to agents: who is there, who has room, and never more than that."""

import threading
from datetime import timedelta

import pytest
from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.support.tickets.conversations import changing
from frontdesk.support.tickets.models import Agent, Area, Conversation, Skill, Team
from frontdesk.support.tickets.routing import giving
from frontdesk.support.tickets.routing.states import states
from tests.support import desk, levels
from tests.support.races import at_once

SYSTEM = Actor.system("test")


def holder(conversation: Conversation) -> Person | None:
    return Conversation.objects.get(pk=conversation.pk).assignee


def area(team: Team | None = None, skill: str = "", **values: int) -> Area:
    known = Skill.objects.get_or_create(slug=skill, defaults={"name": skill.title()})[0] if skill else None
    return Area.objects.create(slug=f"area-{Area.objects.count()}", team=team, skill=known, **values)


@pytest.mark.django_db
def test_a_new_conversation_goes_to_who_is_there(ada: Person, kim: Person) -> None:
    assert holder(desk.conversation(ada)) is None
    levels.is_there(kim)
    conversation = desk.conversation(ada)
    assert holder(conversation) == kim
    line = levels.lines(conversation, "assigned").get()
    assert line.data["why"] == "the only one who is free"
    assert Agent.objects.get(person=kim).last_given_at is not None


@pytest.mark.django_db
def test_whoever_pauses_left_or_is_no_agent_any_more_gets_nothing(ada: Person, kim: Person) -> None:
    levels.is_there(kim)
    giving.set_takes_new(kim, takes=False)
    assert holder(desk.conversation(ada)) is None
    giving.set_takes_new(kim, takes=True)
    Agent.objects.update(online_until=clock.real_now() - timedelta(seconds=1))
    assert holder(desk.conversation(ada)) is None
    levels.is_there(kim)
    Person.objects.filter(pk=kim.pk).update(is_staff=False)
    assert holder(desk.conversation(ada)) is None


@pytest.mark.django_db
def test_only_the_team_and_only_who_knows_enough(ada: Person) -> None:
    billing, other = (Team.objects.create(slug=name, name=name) for name in ("billing", "other"))
    kim, lou, max_ = (desk.agent(f"{name}@halcyon.example", name) for name in ("kim", "lou", "max"))
    for person, team in ((kim, billing), (lou, billing), (max_, other)):
        person.agent.teams.add(team)
    levels.is_there(kim, skills={"refunds": 1})
    levels.is_there(lou, skills={"refunds": 2})
    levels.is_there(max_, skills={"refunds": 3})
    conversation = desk.conversation(ada, area=area(billing, "refunds", least_level=2))
    assert holder(conversation) == lou
    assert levels.lines(conversation, "assigned").get().data["why"] == "refunds ≥ 2, the only one who is free"


@pytest.mark.django_db
def test_a_language_that_is_a_skill_is_asked_for(ada: Person, kim: Person) -> None:
    lou = desk.agent("lou@halcyon.example", "Lou")
    Skill.objects.create(slug="de", name="German")
    levels.is_there(kim)
    levels.is_there(lou, skills={"de": 1})
    Person.objects.filter(pk=ada.pk).update(language="de")
    ada.refresh_from_db()
    for _number in range(2):
        conversation = desk.conversation(ada)
        assert holder(conversation) == lou
    assert "speaks German" in levels.lines(conversation, "assigned").get().data["why"]
    assert holder(desk.conversation("guest@example.org")) == kim


@pytest.mark.django_db
def test_what_waits_for_the_customer_weighs_a_quarter(ada: Person, kim: Person) -> None:
    levels.is_there(kim, capacity=2)
    first, second, third = (desk.conversation(ada) for _number in range(3))
    assert [holder(each) for each in (first, second, third)] == [kim, kim, None]
    changing.set_waiting(actor=SYSTEM, conversation=first, waiting=True)
    assert giving.give_waiting() == 0
    changing.set_waiting(actor=SYSTEM, conversation=second, waiting=True)
    assert giving.give_waiting() == 1
    assert holder(third) == kim
    assert giving.load_of([kim.pk]) == {kim.pk: 1.5}


@pytest.mark.django_db
def test_what_waited_is_given_when_somebody_comes_the_most_urgent_first(ada: Person, kim: Person) -> None:
    old, new, urgent = (desk.conversation(ada, subject=name) for name in ("old", "new", "urgent"))
    changing.set_priority(actor=SYSTEM, conversation=urgent, priority=4)
    assert giving.give_waiting() == 0
    Agent.objects.update(capacity=2)
    giving.stay_online(kim)
    assert giving.give_waiting() == 2
    assert [holder(each) for each in (urgent, old, new)] == [kim, kim, None]


@pytest.mark.django_db
def test_what_nobody_can_have_does_not_hide_what_somebody_can(ada: Person, kim: Person) -> None:
    hard = area(skill="kernel", least_level=3, relax_minutes=10_000)
    for _number in range(5):
        desk.conversation(ada, area=hard)
    easy = desk.conversation(ada)
    levels.is_there(kim)
    assert giving.give_waiting(limit=1) == 1
    assert holder(easy) == kim


@pytest.mark.django_db
def test_what_somebody_gave_back_does_not_come_back_to_them(ada: Person, kim: Person) -> None:
    levels.is_there(kim)
    conversation = desk.conversation(ada)
    changing.assign(actor=Actor.staff(kim.pk, "not mine"), conversation=conversation, to=None)
    assert holder(conversation) is None
    assert giving.give_waiting() == 0
    levels.is_there(desk.agent("lou@halcyon.example", "Lou"))
    assert giving.give_waiting() == 1
    assert holder(conversation) == Person.objects.get(email="lou@halcyon.example")


@pytest.mark.django_db
def test_what_was_put_off_or_solved_is_given_to_nobody(ada: Person, kim: Person) -> None:
    put_off, solved = desk.conversation(ada), desk.conversation(ada)
    changing.snooze(actor=SYSTEM, conversation=put_off, until=clock.now() + timedelta(hours=2))
    changing.solve(actor=SYSTEM, conversation=solved)
    levels.is_there(kim)
    assert giving.give_waiting() == 0


@pytest.mark.django_db
def test_states_tell_who_has_how_much(ada: Person, kim: Person) -> None:
    levels.is_there(kim, capacity=4, skills={"linux": 2})
    away = desk.agent("lou@halcyon.example", "Lou")
    desk.conversation(ada)
    waiting = desk.conversation(ada)
    changing.set_waiting(actor=SYSTEM, conversation=waiting, waiting=True)
    first, second = states()
    assert (first.agent.person, first.is_online, first.open, first.waiting) == (kim, True, 1, 1)
    assert (first.load, first.share) == (1.25, 31)
    assert [str(skill) for skill in first.skills] == ["linux 2"]
    assert (second.agent.person, second.is_online, second.load) == (away, False, 0.0)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_not_give_an_agent_more_than_they_can_take() -> None:
    agents = [desk.agent(f"{name}@halcyon.example", name) for name in ("kim", "lou")]
    conversations = [desk.conversation(f"guest{number}@example.org") for number in range(8)]
    for agent in agents:
        levels.is_there(agent, capacity=2)
    outcomes = at_once(*[giving.give_waiting] * 4)
    assert not [each for each in outcomes if isinstance(each, Exception)]
    held = [holder(each) for each in conversations]
    assert [held.count(agent) for agent in agents] == [2, 2]
    assert held.count(None) == 4


@pytest.mark.django_db(transaction=True)
def test_opening_many_at_once_fills_nobody_beyond_the_brim() -> None:
    kim = desk.agent()
    levels.is_there(kim, capacity=3)
    calls = [lambda number=number: desk.conversation(f"guest{number}@example.org") for number in range(6)]
    outcomes = at_once(*calls)
    assert not [each for each in outcomes if isinstance(each, Exception)]
    assert Conversation.objects.filter(assignee=kim).count() == 3


@pytest.mark.django_db
def test_what_somebody_gave_back_holds_up_nobody_else(ada: Person, kim: Person) -> None:
    levels.is_there(kim, capacity=5)
    back = desk.conversation(ada)
    changing.assign(actor=Actor.staff(kim.pk, "not mine"), conversation=back, to=None)
    giving.set_takes_new(kim, takes=False)
    others = [desk.conversation(ada) for _number in range(2)]
    giving.set_takes_new(kim, takes=True)
    assert giving.give_waiting() == 2
    assert [holder(each) for each in (back, *others)] == [None, kim, kim]


@pytest.mark.django_db(transaction=True)
def test_what_somebody_works_on_holds_up_nobody_else() -> None:
    kim = desk.agent()
    busy, other = desk.conversation("a@example.org"), desk.conversation("b@example.org")
    levels.is_there(kim)
    held, done = threading.Event(), threading.Event()

    def work() -> int:
        with transaction.atomic():
            Conversation.objects.select_for_update().get(pk=busy.pk)
            held.set()
            assert done.wait(30)
        return 0

    def give() -> int:
        assert held.wait(30)
        try:
            return giving.give_waiting()
        finally:
            done.set()

    assert at_once(work, give) == [0, 1]
    assert (holder(busy), holder(other)) == (None, kim)
