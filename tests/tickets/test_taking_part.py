"""Copies: who is added hears of everything from then on, who leaves of nothing more."""

import pytest

from frontdesk.accounts.models import Person
from frontdesk.support.tickets import phrases
from frontdesk.support.tickets.conversations.opening import COPIES
from frontdesk.support.tickets.conversations.taking_part import add_copies, remove_copy
from frontdesk.support.tickets.errors import ConversationClosed
from frontdesk.support.tickets.models import Conversation, Participant
from tests.support import desk
from tests.support.mailbox import sent


def test_copies_come_and_go(ada: Person, kim: Person) -> None:
    talk = desk.conversation(ada)
    sent()
    addresses = [
        "Bob@example.org ",
        "bob@example.org",
        ada.email,
        "no address",
        "support@halcyon.example",
        "a@b\r\nc@d.de",
    ]
    (bob,) = add_copies(actor=desk.SYSTEM, conversation=talk, addresses=addresses)
    assert add_copies(actor=desk.SYSTEM, conversation=talk, addresses=addresses) == []
    desk.answers(kim, talk)
    assert sorted(each["To"] for each in sent()) == ["ada@example.org", "bob@example.org"]
    assert remove_copy(actor=desk.SYSTEM, participant=bob)
    assert not remove_copy(actor=desk.SYSTEM, participant=bob)
    assert not remove_copy(actor=desk.SYSTEM, participant=talk.participants.get())
    desk.answers(kim, talk)
    assert [each["To"] for each in sent()] == ["ada@example.org"]
    told = [phrases.event_line(each) for each in talk.messages.filter(data__address="bob@example.org")]
    assert told == [
        "Halcyon added bob@example.org, who gets copies from now on",
        "Halcyon took bob@example.org out: no more copies",
    ]


def test_a_crowd_is_no_conversation(ada: Person) -> None:
    talk = desk.conversation(ada)
    crowd = [f"person-{number}@example.org" for number in range(500)]
    assert len(add_copies(actor=desk.SYSTEM, conversation=talk, addresses=crowd)) == COPIES
    assert talk.participants.count() == COPIES + 1
    assert Participant.objects.filter(role=Participant.Role.REQUESTER).count() == 1


def test_nobody_is_added_to_a_closed_one(ada: Person) -> None:
    talk = desk.conversation(ada)
    Conversation.objects.filter(pk=talk.pk).update(status=Conversation.Status.CLOSED)
    with pytest.raises(ConversationClosed):
        add_copies(actor=desk.SYSTEM, conversation=talk, addresses=["bob@example.org"])
