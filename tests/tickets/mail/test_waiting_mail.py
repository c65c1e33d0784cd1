"""Mail that waits for review: nobody forgets it, and what it became began when it came."""

from datetime import timedelta

import pytest
from django.test import Client

from frontdesk.accounts.models import Message as Letter
from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.core.actors import Actor
from frontdesk.support.tickets.mail.incoming import overdue, reviewing
from frontdesk.support.tickets.models import Conversation, IncomingMail, Verdict
from tests.people import staff_browser
from tests.support import desk, levels
from tests.support.letters import arrives, letter
from tests.tickets.conftest import Time

pytestmark = pytest.mark.django_db
BY = Actor.system("test")
HOUR = timedelta(hours=1)


@pytest.fixture
def manager(db: None) -> Person:
    levels.level(first=480, next=240, default=True)
    return desk.agent("max@halcyon.example", "Max", Role.MANAGER)


def told() -> int:
    return Letter.objects.filter(template="tickets/mail_waiting").count()


def test_the_side_says_how_many_wait() -> None:
    agent = staff_browser(Role.AGENT, "kim@halcyon.example")
    assert 'class="count"' not in side_of(agent)
    arrives(letter("One"))
    arrives(letter("Two"))
    assert '<b class="count">2</b>' in side_of(agent)


def side_of(agent: Client) -> str:
    page = agent.get("/desk/team/").content.decode()
    start = page.index('href="/desk/mail/"')
    return page[start : page.index("</a>", start)]


def test_what_it_became_began_when_it_came(manager: Person, time: Time) -> None:
    mail = arrives(letter("It fails"))
    assert mail.verdict == Verdict.REVIEW
    time.ahead = 6 * HOUR
    talk = reviewing.accept(actor=BY, mail=mail)
    talk.refresh_from_db()
    said = talk.messages.get(sequence=1)
    assert talk.created_at == said.created_at == talk.last_customer_at == mail.received_at
    assert talk.first_due_at == mail.received_at + 8 * HOUR


def test_a_reply_that_waited_is_due_since_it_came(manager: Person, kim: Person, time: Time) -> None:
    talk = desk.conversation("ada@example.org")
    desk.answers(kim, talk)
    time.ahead = HOUR
    mail = arrives(letter("Still fails"))
    time.ahead = 3 * HOUR
    reviewing.accept(actor=BY, mail=mail, conversation=talk)
    assert Conversation.objects.get(pk=talk.pk).next_due_at == mail.received_at + 4 * HOUR


def test_managers_are_told_once_of_each_that_waits_too_long(manager: Person, time: Time) -> None:
    first = arrives(letter("One"))
    assert overdue.tell_managers() == 0
    time.ahead = 4 * HOUR
    second = arrives(letter("Two"))
    time.ahead = 8 * HOUR + timedelta(minutes=1)
    assert overdue.tell_managers() == 1
    time.ahead = 13 * HOUR
    assert overdue.tell_managers() == 0
    mail = Letter.objects.get(template="tickets/mail_waiting")
    assert (mail.address, mail.subject) == (manager.email, "2 mails wait for review")
    reviewing.dismiss(actor=BY, mail=first)
    assert (overdue.tell_managers(), told()) == (1, 2)
    reviewing.dismiss(actor=BY, mail=IncomingMail.objects.get(pk=second.pk))
    assert overdue.tell_managers() == 0


def test_where_nothing_is_promised_nobody_is_told(time: Time) -> None:
    desk.agent("max@halcyon.example", "Max", Role.MANAGER)
    arrives(letter("One"))
    time.ahead = 100 * HOUR
    assert overdue.tell_managers() == 0
