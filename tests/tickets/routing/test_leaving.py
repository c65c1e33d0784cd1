"""Somebody leaves the staff: nobody's conversations are seen, given and answered by others."""

from datetime import timedelta
from typing import Any

import pytest

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.accounts.services.staff import end_staff, make_staff
from frontdesk.core import clock, outbox
from frontdesk.core.actors import Actor
from frontdesk.core.models import OutboxMessage
from frontdesk.support.tickets import phrases
from frontdesk.support.tickets.conversations import changing, turns
from frontdesk.support.tickets.inbox import counting, selecting
from frontdesk.support.tickets.inbox.filters import NOBODY, Filter
from frontdesk.support.tickets.models import Conversation
from frontdesk.support.tickets.routing import giving
from frontdesk.support.tickets.rules import vocabulary
from tests.support import desk, levels

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")


@pytest.fixture
def jule(db: None) -> Person:
    return desk.agent("jule@halcyon.example", "Jule Brandt")


def given(requester: Person, to: Person) -> Conversation:
    talk = desk.conversation(requester)
    changing.assign(actor=SYSTEM, conversation=talk, to=to)
    return talk


def leaves(person: Person) -> None:
    """They leave the staff, and the worker hears of it."""
    end_staff(actor=SYSTEM, person=person)
    outbox.deliver_due(1000)


def now(talk: Conversation) -> Conversation:
    return Conversation.objects.get(pk=talk.pk)


def seen_as_nobodys(talk: Conversation, agent: Person) -> bool:
    rows = [
        selecting.select(each, agent=agent, now=clock.now())
        for each in (Filter("unassigned"), Filter("all", assignee=NOBODY))
    ]
    return all(found.filter(pk=talk.pk).exists() for found in rows)


def test_what_a_leaver_had_is_given_anew_with_a_line(ada: Person, kim: Person, jule: Person) -> None:
    ours, theirs = given(ada, jule), given(ada, jule)
    desk.answers(jule, theirs)
    levels.is_there(kim)
    leaves(jule)
    assert (now(ours).assignee, now(theirs).assignee) == (kim, None)
    line = levels.lines(ours, "left").get()
    assert phrases.event_line(line) == "Jule Brandt is no longer on the team, so nobody has this"
    desk.writes(theirs)
    assert now(theirs).assignee == kim


def test_with_nobody_there_it_stands_under_unassigned(ada: Person, kim: Person, jule: Person) -> None:
    talk = given(ada, jule)
    leaves(jule)
    assert seen_as_nobodys(talk, kim)
    assert counting.counts(kim, now=clock.now())["unassigned"] == 1


def test_one_put_off_is_given_when_it_comes_back(ada: Person, kim: Person, jule: Person) -> None:
    talk = given(ada, jule)
    changing.snooze(actor=SYSTEM, conversation=talk, until=clock.now() + timedelta(hours=1))
    leaves(jule)
    levels.is_there(kim)
    changing.snooze(actor=SYSTEM, conversation=talk, until=None)
    assert now(talk).assignee == kim


@pytest.mark.parametrize("how", [{"is_active": False}, {"is_staff": False, "role": ""}])
def test_somebody_who_is_gone_otherwise_has_nothing_either(
    ada: Person, kim: Person, jule: Person, how: dict[str, object]
) -> None:
    talk = given(ada, jule)
    Person.objects.filter(pk=jule.pk).update(**how)
    assert seen_as_nobodys(talk, kim)
    asks = [{"field": "assignee", "is": "is", "value": "nobody"}]
    assert Conversation.objects.filter(vocabulary.query(asks), pk=talk.pk).exists()
    levels.is_there(kim)
    giving.give_waiting()
    assert now(talk).assignee == kim
    assert not seen_as_nobodys(talk, kim)


def test_who_answers_for_a_leaver_has_it(ada: Person, kim: Person, jule: Person) -> None:
    talk = given(ada, jule)
    changing.solve(actor=SYSTEM, conversation=talk)
    leaves(jule)
    assert now(talk).assignee == jule  # a solved one tells who solved it
    desk.answers(kim, talk)
    assert now(talk).assignee == kim


def test_their_role_and_sessions_end_whatever_becomes_of_their_conversations(
    ada: Person, kim: Person, jule: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that cannot be released holds up neither the others nor the end of their access, and is tried again."""
    talks = [given(ada, jule) for _ in range(3)]
    release, broken = turns.release, talks[1].pk

    def fails(conversation: Conversation, *values: Any) -> None:
        release(conversation, *values)
        if conversation.pk == broken:
            raise ValueError("no")

    monkeypatch.setattr(turns, "release", fails)
    end_staff(actor=SYSTEM, person=jule)
    assert not Person.objects.get(pk=jule.pk).is_staff
    assert [now(talk).assignee for talk in talks] == [jule, jule, jule]  # the worker has them yet to do
    outbox.deliver_due(1000)
    assert [now(talk).assignee for talk in talks] == [None, jule, None]
    monkeypatch.undo()
    OutboxMessage.objects.filter(delivered_at=None).update(due_at=clock.real_now())
    outbox.deliver_due(1000)
    assert now(talks[1]).assignee is None
    assert [levels.lines(talk, "left").count() for talk in talks] == [1, 1, 1]


def test_who_is_back_before_the_worker_looked_keeps_what_they_have(ada: Person, jule: Person) -> None:
    talk = given(ada, jule)
    end_staff(actor=SYSTEM, person=jule)
    make_staff(actor=SYSTEM, person=jule, role=Role.AGENT)
    outbox.deliver_due(1000)
    assert now(talk).assignee == jule
    assert not levels.lines(talk, "left").exists()
