"""What is blacked out, or was an erased person's, is gone from the mails that a chat left, too."""

from datetime import timedelta
from uuid import uuid4

import pytest

from frontdesk.accounts.models import Message as Letter
from frontdesk.accounts.models import Person
from frontdesk.accounts.privacy.traces import traces_of
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.support.chat import ending, sweeping
from frontdesk.support.chat.models import Chat
from frontdesk.support.tickets import erasing
from frontdesk.support.tickets.conversations import joining
from frontdesk.support.tickets.conversations.noting import add_note
from frontdesk.support.tickets.conversations.redacting import redact
from frontdesk.support.tickets.conversations.taking_part import add_copies
from frontdesk.support.tickets.models import Channel, Message
from tests.people import customer
from tests.support import chats, desk
from tests.tickets.conftest import Time

CARD = "4111 1111 1111 1111"
BY = desk.SYSTEM


def letters(words: str) -> list[str]:
    """The templates of our mails in which this stands."""
    found = Letter.objects.filter(text__contains=words) | Letter.objects.filter(html__contains=words)
    return sorted({each.template for each in found})


def ends(chat: Chat, ada: Person) -> None:
    assert ending.end(actor=Actor.customer(ada.pk), chat=chat, by=Chat.By.CUSTOMER)


def in_chat(chat: Chat, words: str) -> Message:
    return Message.objects.get(conversation=chat.pk, text=words)


def test_a_blacked_out_line_is_gone_from_the_transcript(ada: Person, kim: Person) -> None:
    """Of a customer and of an agent; a note, which no mail carries, leaves the mails as they are."""
    chat = chats.begin(ada, f"My card is {CARD}")
    add_copies(actor=BY, conversation=chat.conversation, addresses=["bob@example.org"])
    chats.answers(kim, chat, "Never write it here.")
    chats.says(chat, "Sorry.")
    ends(chat, ada)
    assert letters(CARD) == ["tickets/transcript"]
    note = add_note(agent=kim, conversation=chat.conversation, text="Poor Ada", client_id=uuid4())
    assert redact(actor=BY, message=note)
    assert letters(CARD) == ["tickets/transcript"]
    assert redact(actor=BY, message=in_chat(chat, f"My card is {CARD}"))
    assert letters(CARD) == []


def test_a_blacked_out_answer_is_gone_from_the_mail_of_what_was_missed(time: Time, ada: Person, kim: Person) -> None:
    chat = chats.begin(ada, f"My card is {CARD}")
    chats.answers(kim, chat, "The password is swordfish.")
    chats.answers(kim, chat, "Please try it.")
    Chat.objects.update(customer_here_until=clock.real_now() - timedelta(minutes=5))  # leases are real time
    time.ahead += timedelta(minutes=2)
    Chat.objects.update(next_step_at=clock.now())
    sweeping.sweep()
    assert letters("swordfish") == ["tickets/missed"]
    assert redact(actor=BY, message=in_chat(chat, f"My card is {CARD}"))
    assert letters("swordfish") == ["tickets/missed"]  # it says nothing of what she wrote
    assert redact(actor=BY, message=in_chat(chat, "The password is swordfish."))
    assert letters("swordfish") == []


@pytest.mark.parametrize("by_the_copy", [True, False])
def test_a_merged_chats_transcript_is_found_by_the_copies(ada: Person, kim: Person, *, by_the_copy: bool) -> None:
    earlier = desk.conversation(ada, subject="My laptop")
    chat = chats.begin(ada, f"My card is {CARD}")
    chats.answers(kim, chat, "Never write it here.")
    joining.merge(actor=BY, conversation=chat.conversation, into=earlier)
    assert letters(CARD) == ["tickets/transcript"]
    where = earlier.pk if by_the_copy else chat.pk
    assert redact(actor=BY, message=Message.objects.get(conversation=where, text=f"My card is {CARD}"))
    assert letters(CARD) == []


def test_what_an_erased_person_said_in_anothers_chat_is_gone_from_its_transcript(ada: Person, kim: Person) -> None:
    bob = customer("bob@example.org", "Bob")
    chat = chats.begin(ada, "It does not start")
    (his,) = add_copies(actor=BY, conversation=chat.conversation, addresses=[bob.email])
    desk.writes(chat.conversation, f"My card is {CARD}", Channel.FORM, writer=his)
    chats.answers(kim, chat, "Never write it here.")
    ends(chat, ada)
    hers = Letter.objects.filter(address=ada.email, template="tickets/transcript")
    assert CARD in hers.get().text
    erasing.erase(traces_of(bob))  # his own letters go with his account
    assert CARD not in hers.get().text + hers.get().html
