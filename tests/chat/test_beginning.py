"""A chat begins."""

from uuid import uuid4

import pytest

from frontdesk.accounts.models import Message as Mail
from frontdesk.accounts.models import Person
from frontdesk.core.actors import Actor
from frontdesk.support.chat import ending, selectors
from frontdesk.support.chat.errors import NobodyThere
from frontdesk.support.chat.models import Chat, Visitor
from frontdesk.support.tickets.models import Channel, Conversation
from tests.support import chats


def test_opens_a_conversation_in_chat_without_a_receipt(ada: Person, kim: Person) -> None:
    """The first question stands in a conversation of the channel chat, offered to who is there; nobody gets a mail."""
    chat = chats.begin(ada, "My key is not accepted.\nIt ends in 7.", page="/help/keys/")
    conversation = chat.conversation
    assert (conversation.channel, conversation.in_chat, conversation.subject) == (
        Channel.CHAT,
        True,
        "My key is not accepted.",
    )
    assert (chat.state, conversation.assignee, chat.page) == (Chat.State.WAITING, kim, "/help/keys/")
    assert chat.given_at
    assert chat.is_on
    assert not Mail.objects.exists()


def test_needs_somebody_there(ada: Person) -> None:
    """With nobody at the desk no chat begins: the page offers the form."""
    with pytest.raises(NobodyThere):
        chats.begin(ada)
    assert not Conversation.objects.exists()


def test_is_one_at_a_time(ada: Person, kim: Person) -> None:
    """Whoever begins again says it in the chat that is on, also when everybody has gone meanwhile."""
    chat = chats.begin(ada)
    chats.go(kim)
    assert chats.begin(ada, "And another thing.") == chat
    assert [each.text for each in chat.conversation.messages.filter(kind="customer")] == [
        "My key is not accepted.",
        "And another thing.",
    ]


def test_the_same_post_twice_is_one_chat(ada: Person, kim: Person) -> None:
    """Also when the chat has ended in between."""
    client_id = uuid4()
    chat = chats.begin(ada, client_id=client_id)
    assert chats.begin(ada, client_id=client_id) == chat
    chats.answers(kim, chat)
    ending.end(actor=Actor.customer(ada.pk), chat=chat, by=Chat.By.CUSTOMER)
    assert chats.begin(ada, client_id=client_id) == chat
    assert chat.conversation.messages.filter(kind="customer").count() == 1
    chat.refresh_from_db()
    assert (chat.state, chat.conversation.status) == (Chat.State.ENDED, "solved")  # said before: nothing goes on
    assert chats.begin(ada) != chat


def test_guests_have_their_own(ada: Person, kim: Person) -> None:
    """A guest whose address belongs to an account reads only what was begun as a guest."""
    mine, guest = chats.begin(ada), chats.guest(ada.email)
    theirs = chats.begin(guest)
    assert theirs != mine
    assert list(selectors.access_chats(guest)) == [theirs]
    assert theirs.conversation.person == ada  # whose proved address it is
    assert theirs.conversation.participants.get().proved_at
    with pytest.raises(ValueError, match="prove"):
        chats.begin(Visitor(address="x@example.org"))
