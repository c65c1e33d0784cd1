"""What is said in a chat."""

from uuid import uuid4

import pytest

from frontdesk.accounts.models import Message as Mail
from frontdesk.accounts.models import Person
from frontdesk.core.actors import Actor
from frontdesk.core.errors import TooManyAttempts
from frontdesk.support.chat import ending, selectors, talking
from frontdesk.support.chat.errors import NothingSaid, TextTooLong
from frontdesk.support.chat.models import Chat
from frontdesk.support.tickets import reading
from frontdesk.support.tickets.errors import SentAlready
from frontdesk.support.tickets.models import Channel
from tests.support import chats
from tests.support.desk import SYSTEM


def test_both_sides_talk_without_mails(ada: Person, kim: Person) -> None:
    """An answer takes the chat; what is said stands in the conversation, and goes to nobody by mail."""
    chat = chats.begin(ada)
    answer = chats.answers(kim, chat, "Which version?")
    chats.says(chat, "3.2")
    chat.refresh_from_db()
    assert (chat.state, chat.agent, answer.channel) == (Chat.State.ACTIVE, kim, Channel.CHAT)
    assert chat.answered_at
    assert chat.silent_since is None
    assert chat.conversation.assignee == kim
    assert not Mail.objects.exists()


def test_is_said_once(ada: Person, kim: Person) -> None:
    """The same post twice stands there once; with other words it is refused."""
    chat, client_id = chats.begin(ada), uuid4()
    first = chats.says(chat, "Hello?", client_id=client_id)
    assert chats.says(chat, "Hello?", client_id=client_id) == first
    with pytest.raises(SentAlready):
        chats.says(chat, "Something else", client_id=client_id)


def test_refuses_what_nobody_can_read(ada: Person, kim: Person) -> None:
    """Too much, or nothing that can be seen; what steers screens is taken out."""
    chat = chats.begin(ada)
    with pytest.raises(TextTooLong) as refused:
        chats.says(chat, "ä" * 50_001)
    assert refused.value.members["most"] == 100_000
    for nothing in ("", " \n", "\x07\x1b", "\u202e", "\u200b\u2066"):
        with pytest.raises(NothingSaid):
            chats.says(chat, nothing)
    said = chats.says(chat, "\x1b[31mred\x07 \u202egnp.exe\u202c\r\nnext\tcell\ud800")
    assert said.text == "[31mred gnp.exe\nnext\tcell"
    assert chats.says(chat, "ä" * 50_000)


def test_twenty_messages_in_ten_seconds(ada: Person, kim: Person) -> None:
    """More are refused with the seconds to wait; what was said already is answered all the same."""
    chat, last = chats.begin(ada), uuid4()
    for number in range(19):
        chats.says(chat, f"{number}")
    chats.says(chat, "last", client_id=last)
    with pytest.raises(TooManyAttempts) as refused:
        chats.says(chat, "too fast")
    assert refused.value.members["retry_after"] in range(1, 12)
    assert chats.says(chat, "last", client_id=last)


def test_what_comes_behind_the_end_goes_on_as_a_ticket(ada: Person, kim: Person) -> None:
    """The customer's last word is kept, and it is our turn again."""
    chat = chats.begin(ada)
    chats.answers(kim, chat)
    ending.end(actor=Actor.staff(kim.pk, "chat"), chat=chat, by=Chat.By.AGENT)
    before = Mail.objects.filter(address=ada.email).count()
    chats.says(chat, "One more thing")
    chats.says(chat, "And another")
    chat.refresh_from_db()
    assert (chat.state, chat.conversation.status, chat.conversation.in_chat) == (Chat.State.TICKET, "open", False)
    told = Mail.objects.filter(address=ada.email).order_by("created_at")
    assert told.count() == before + 1
    assert "One more thing" in told.latest("created_at").text
    assert "goes on by mail" in told.latest("created_at").text


def test_what_a_chat_says_by_itself_is_no_answer(ada: Person, kim: Person) -> None:
    chat = chats.begin(ada)
    ending.to_ticket(actor=SYSTEM, chat=chat, why="nobody")
    assert not reading.unread(ada).exists()
    assert [each.is_unread for each in reading.listed(ada)] == [False]  # type: ignore[attr-defined] # annotated
    chats.answers(kim, chat)
    assert reading.unread(ada).get().pk == chat.pk


def test_an_answer_that_comes_too_late_is_mailed(ada: Person, kim: Person) -> None:
    """Nothing that an agent writes reaches nobody."""
    chat = chats.begin(ada)
    chats.answers(kim, chat)
    ending.end(actor=Actor.customer(ada.pk), chat=chat, by=Chat.By.CUSTOMER)
    before = Mail.objects.count()
    chats.answers(kim, chat, "One more hint.")
    assert Mail.objects.filter(address=ada.email, text__contains="One more hint.").count() == 1
    assert Mail.objects.count() == before + 1


def test_both_sides_see_what_was_read(ada: Person, kim: Person) -> None:
    """Up to a sequence that exists, and never back."""
    chat = chats.begin(ada)
    answer = chats.answers(kim, chat)
    reader = selectors.writer(chat)
    assert talking.read(chat, by=reader, upto=10_000)
    assert not talking.read(chat, by=reader, upto=answer.sequence - 1)
    assert talking.read(chat, by=kim, upto=1)
    chat.refresh_from_db()
    reader.refresh_from_db()
    assert (reader.last_read_sequence, chat.agent_read_sequence) == (chat.conversation.last_sequence, 1)
