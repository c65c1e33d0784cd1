"""Who is there, and who writes."""

from datetime import timedelta
from uuid import UUID

import pytest

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.support.chat import presence, taking
from frontdesk.support.chat.models import Chat
from frontdesk.support.tickets.conversations import waking
from tests.support import chats

Told = list[tuple[str, str]]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """The wakes of a test: topic and kind."""
    heard: Told = []
    monkeypatch.setattr(
        waking, "wake", lambda *topics, kind, sequence=0: heard.extend((str(each), kind) for each in topics)
    )
    return heard


def topics(number: UUID) -> tuple[str, str]:
    return f"desk:{number}", f"conversation:{number}"


def test_the_desk_hears_of_the_customer_and_they_of_the_agent(ada: Person, kim: Person, told: Told) -> None:
    """Each side hears of the other alone."""
    chat = taking.take(kim, chats.begin(ada))
    desk, page = topics(chat.pk)
    told.clear()
    presence.here(chat, typing=True)
    assert told == [(desk, "typing")]
    presence.left(chat)
    presence.here(chat)
    assert told[1:] == [(desk, "presence"), (desk, "presence")]
    told.clear()
    presence.typing(kim, chat)
    assert told == [(desk, "presence"), (page, "typing")]
    assert presence.is_typing(chat)


def test_a_lease_is_written_every_twenty_seconds_at_most(ada: Person, kim: Person) -> None:
    chat = chats.begin(ada)
    until = Chat.objects.get().customer_here_until
    presence.here(chat)
    assert Chat.objects.get().customer_here_until == until
    Chat.objects.update(customer_here_until=clock.real_now() + timedelta(seconds=39))
    presence.here(chat)
    renewed = Chat.objects.get()
    assert renewed.customer_here_until
    assert until
    assert renewed.customer_here_until >= until
    assert presence.is_here(renewed)
    presence.left(chat)
    assert not presence.is_here(Chat.objects.get())
