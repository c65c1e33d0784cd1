"""Chats end, or go on by mail."""

from uuid import uuid4

import pytest

from frontdesk.accounts.models import Person
from frontdesk.core.actors import Actor
from frontdesk.support.chat import ending, talking
from frontdesk.support.chat.models import Chat
from frontdesk.support.tickets.conversations import changing, joining
from frontdesk.support.tickets.conversations.saying import Words, add_automatic
from frontdesk.support.tickets.conversations.taking_part import add_copies
from frontdesk.support.tickets.mail.outgoing import transcripts
from frontdesk.support.tickets.models import Attachment, Conversation, Message, Survey
from tests.support import chats, desk
from tests.support.mailbox import body, sent


@pytest.fixture
def chat(ada: Person, kim: Person) -> Chat:
    """A chat in which something was said."""
    made = chats.begin(ada)
    chats.answers(kim, made, "Which version?")
    chats.says(made, "3.2")
    made.refresh_from_db()
    return made


def attach(message: Message, name: str) -> None:
    """A file of this message."""
    Attachment.objects.create(
        message=message, name=name, content_type="application/pdf", size=3, file="x", created_at=message.created_at
    )


def by(kim: Person) -> Actor:
    return Actor.staff(kim.pk, "chat")


def test_the_transcript_is_mailed_once_with_the_question_how_it_was(chat: Chat, ada: Person, kim: Person) -> None:
    """One mail to the customer, one to the copy without the question; replies to it reach the conversation."""
    add_copies(actor=by(kim), conversation=chat.conversation, addresses=["bob@example.org"])
    assert ending.end(actor=Actor.customer(ada.pk), chat=chat, by=Chat.By.CUSTOMER)
    assert not ending.end(actor=Actor.customer(ada.pk), chat=chat, by=Chat.By.CUSTOMER)
    hers, bobs = sorted(sent(), key=lambda each: str(each["To"]))
    assert (hers["To"], bobs["To"]) == (ada.email, "bob@example.org")
    for kind in ("plain", "html"):
        text = body(hers, kind)
        assert "My key is not accepted." in text
        assert "Which version?" in text
        assert chat.conversation.reference in text
        assert "/conversations/survey/" in text
        assert "/conversations/survey/" not in body(bobs, kind)
    assert chat.conversation.reply_token in str(hers["Reply-To"]) or not hers["Reply-To"]
    chat.refresh_from_db()
    assert (chat.state, chat.ended_by) == (Chat.State.ENDED, Chat.By.CUSTOMER)
    assert (chat.conversation.status, chat.conversation.in_chat) == (Conversation.Status.SOLVED, False)
    assert Survey.objects.get().agent == kim.pk


def test_nobody_answered_so_it_goes_on_by_mail(ada: Person, kim: Person) -> None:
    """Who leaves the queue is answered by mail, and told so on the page and by mail."""
    chat = chats.begin(ada)
    assert ending.end(actor=Actor.customer(ada.pk), chat=chat, by=Chat.By.CUSTOMER)
    chat.refresh_from_db()
    assert (chat.state, chat.conversation.status, chat.conversation.in_chat) == (Chat.State.TICKET, "open", False)
    (mail,) = sent()
    assert "goes on by mail" in body(mail)
    assert "My key is not accepted." in body(mail)
    assert chat.conversation.messages.filter(kind=Message.Kind.AUTOMATIC).get().data == {"chat": "left"}


def test_to_ticket_makes_it_our_turn(chat: Chat, ada: Person, kim: Person) -> None:
    """An agent who needs time lets it go on by mail; the next answer is mailed."""
    chats.answers(kim, chat, "I have to ask.")
    assert ending.to_ticket(actor=by(kim), chat=chat, why="agent")
    assert not ending.to_ticket(actor=by(kim), chat=chat, why="agent")
    chat.refresh_from_db()
    assert (chat.state, chat.conversation.status) == (Chat.State.TICKET, "open")
    assert len(sent()) == 1
    desk.answers(kim, chat.conversation, "It is fixed.")
    (mail,) = sent()
    assert "It is fixed." in body(mail)
    with pytest.raises(KeyError):
        ending.to_ticket(actor=by(kim), chat=chats.begin(ada), why="because")


def test_solving_at_the_desk_ends_it(chat: Chat, kim: Person) -> None:
    """With one mail, in which the answer that solves it stands too."""
    desk.answers(kim, chat.conversation, "It is fixed.", then=Conversation.Status.SOLVED)
    chat.refresh_from_db()
    assert (chat.state, chat.ended_by) == (Chat.State.ENDED, Chat.By.AGENT)
    (mail,) = sent()
    assert "It is fixed." in body(mail)
    assert "/conversations/survey/" in body(mail)


def test_spam_ends_it_silently(chat: Chat, kim: Person) -> None:
    """Nobody is mailed, and what they go on to write stays spam."""
    changing.mark_spam(actor=by(kim), conversation=chat.conversation)
    chats.says(chat, "Buy now")
    chat.refresh_from_db()
    assert (chat.state, chat.conversation.status, chat.conversation.in_chat) == (Chat.State.ENDED, "spam", False)
    assert not sent()


def test_merging_ends_it(chat: Chat, ada: Person, kim: Person) -> None:
    """It goes on in the other conversation; what was said is mailed from there."""
    other = desk.conversation(ada, subject="My laptop")
    sent()
    joining.merge(actor=by(kim), conversation=chat.conversation, into=other)
    chat.refresh_from_db()
    assert (chat.state, chat.conversation.in_chat) == (Chat.State.TICKET, False)
    (mail,) = sent()
    assert "Which version?" in body(mail)
    chats.says(chat, "Are you still there?")
    other.refresh_from_db()
    assert other.messages.filter(text="Are you still there?").exists()
    assert not other.in_chat
    reader = chats.writer(chat)
    assert talking.read(chat, by=reader, upto=10_000)
    reader.refresh_from_db()
    assert (reader.conversation, reader.last_read_sequence) == (other, other.last_sequence)


def test_what_is_split_off_is_no_chat(chat: Chat, kim: Person) -> None:
    """It is a ticket of its own, whose answers are mailed."""
    first = chat.conversation.messages.filter(kind="customer").first()
    assert first is not None
    made = joining.split(actor=by(kim), conversation=chat.conversation, messages=[first.pk], subject="Another")
    assert not made.in_chat
    chat.refresh_from_db()
    assert chat.is_on


def test_an_automatic_answer_appears_in_the_chat(chat: Chat) -> None:
    """Unmailed."""
    add_automatic(conversation=chat.conversation, words=Words("We are on it."), client_id=uuid4())
    assert not sent()


def test_a_guests_transcript_with_files_keeps_the_way_to_them(kim: Person) -> None:
    """One mail carries one secret: the link to the page goes first, the question how it was in a second mail."""
    chat = chats.begin(chats.guest())
    answer = chats.answers(kim, chat)
    attach(answer, "manual.pdf")
    ending.end(actor=by(kim), chat=chat, by=Chat.By.AGENT)
    first, second = sent()
    assert "manual.pdf" in body(first)
    assert "manual.pdf" in body(first, "html")
    assert "/conversations/g/" in body(first)
    assert "/conversations/survey/" in body(second)


def test_a_long_transcript_is_shortened(chat: Chat, ada: Person, kim: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest lines go along; no line is longer than anybody reads in a mail."""
    monkeypatch.setattr(transcripts, "MOST_SIGNS", 10_000)
    for number in range(3):
        chats.answers(kim, chat, f"{number}: " + "b" * 90_000)
    ending.end(actor=by(kim), chat=chat, by=Chat.By.AGENT)
    (mail,) = sent()
    text = body(mail)
    assert len(text) < 12_000
    assert "0: b" not in text
    assert "1: b" in text
    assert "2: b" in text
    assert "The beginning is left out here" in text


def test_the_transcript_speaks_the_customers_language(ada: Person, kim: Person) -> None:
    """German, too."""
    ada.language = "de"
    ada.save()
    chat = chats.begin(ada)
    chats.answers(kim, chat)
    ending.end(actor=Actor.customer(ada.pk), chat=chat, by=Chat.By.CUSTOMER)
    (mail,) = sent()
    assert "Das wurde gesagt" in body(mail)
