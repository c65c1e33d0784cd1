"""What time brings to chats."""

from datetime import timedelta
from typing import Any

import pytest

from frontdesk.accounts.models import Message as Mail
from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.support.chat import ending, sweeping, taking, talking
from frontdesk.support.chat.models import Chat
from frontdesk.support.tickets.beside import presence
from frontdesk.support.tickets.conversations.taking_part import add_copies
from frontdesk.support.tickets.models import Agent, Conversation
from tests.support import chats, desk, levels
from tests.support.mailbox import body, sent
from tests.tickets.conftest import Time

MINUTE = timedelta(minutes=1)


@pytest.fixture
def sam(db: None) -> Person:
    """Another agent, who is there, and gets nothing while there is somebody else."""
    return desk.agent("sam@halcyon.example", "Sam Ito")


def sweep(time: Time, after: timedelta = timedelta()) -> None:
    """The worker looks at all chats, some time later."""
    time.ahead += after
    Chat.objects.filter(next_step_at__isnull=False).update(next_step_at=clock.now())
    sweeping.sweep()


def automatic(chat: Chat) -> list[str]:
    """What the chat said by itself."""
    said = Conversation.objects.get(pk=chat.pk).messages.filter(kind="automatic").order_by("sequence")
    return [each.data["chat"] for each in said]


def test_who_does_not_answer_gives_it_back_to_the_next(time: Time, ada: Person, kim: Person, sam: Person) -> None:
    """The customer sees that somebody else is coming; with nobody left it is the first one's turn again."""
    chat = chats.begin(ada)
    chats.come(sam)
    sweep(time, timedelta(seconds=89))
    chat.conversation.refresh_from_db()
    assert chat.conversation.assignee == kim
    sweep(time, timedelta(seconds=2))
    chat.refresh_from_db()
    assert (chat.conversation.assignee, chat.state) == (sam, Chat.State.WAITING)
    assert automatic(chat) == ["passed_over"]
    sweep(time, timedelta(seconds=91))
    chat.refresh_from_db()
    assert chat.conversation.assignee is not None
    assert chat.is_on


def test_who_took_it_and_says_nothing_loses_it_too_unless_they_write(
    time: Time, ada: Person, kim: Person, sam: Person
) -> None:
    chat = taking.take(kim, chats.begin(ada))
    chats.come(sam)
    presence.stay(kim, chat.conversation, answering=True)
    sweep(time, timedelta(seconds=91))
    chat.refresh_from_db()
    assert chat.agent == kim
    presence.leave(kim, chat.conversation)
    sweep(time)
    chat.refresh_from_db()
    assert (chat.state, chat.agent_id, chat.conversation.assignee) == (Chat.State.WAITING, None, sam)


def test_who_goes_gives_back_at_once_what_waits(time: Time, ada: Person, kim: Person, sam: Person) -> None:
    chat = chats.begin(ada)
    chats.come(sam)
    chats.go(kim)
    sweep(time)
    chat.refresh_from_db()
    assert chat.conversation.assignee == sam


def test_who_goes_in_the_middle_is_followed_by_the_next(time: Time, ada: Person, kim: Person, sam: Person) -> None:
    """As soon as the customer says something."""
    chat = chats.begin(ada)
    chats.answers(kim, chat)
    chats.come(sam)
    chats.go(kim)
    sweep(time)
    chat.refresh_from_db()
    assert chat.agent == kim
    chats.says(chat)
    sweep(time, timedelta(seconds=100))
    chat.refresh_from_db()
    assert (chat.state, chat.conversation.assignee) == (Chat.State.WAITING, sam)


def test_with_nobody_there_it_goes_on_by_mail(time: Time, ada: Person, kim: Person) -> None:
    """The customer is told on the page and by mail; the desk finds it in its inbox."""
    chat = chats.begin(ada)
    chats.go(kim)
    sweep(time)
    chat.refresh_from_db()
    assert (chat.state, chat.conversation.status) == (Chat.State.TICKET, "open")
    assert (chat.conversation.assignee, chat.conversation.in_chat) == (None, False)
    assert automatic(chat) == ["nobody"]
    (mail,) = sent()
    assert chat.conversation.reference in body(mail)


@pytest.mark.parametrize(("minutes", "is_told"), [(60, True), (10, False)])
def test_who_waited_too_long_is_promised_no_moment_that_has_passed(
    time: Time, ada: Person, kim: Person, minutes: int, *, is_told: bool
) -> None:
    levels.level(first=minutes, default=True)
    Agent.objects.filter(person=kim).update(capacity=1)
    desk.conversation("bob@example.org")
    chat = chats.begin(ada)
    sent()
    sweep(time, 16 * MINUTE)
    chat.refresh_from_db()
    assert chat.state == Chat.State.TICKET
    (mail,) = sent(ada.email)
    assert ("answers you by" in body(mail)) == is_told


def test_nobody_waits_for_ever(time: Time, ada: Person, kim: Person) -> None:
    Agent.objects.filter(person=kim).update(capacity=1)
    desk.conversation("bob@example.org")  # Kim has enough to do
    chat = chats.begin(ada)
    assert chat.conversation.assignee is None
    sweep(time, 14 * MINUTE)
    chat.refresh_from_db()
    assert chat.state == Chat.State.WAITING
    sweep(time, 2 * MINUTE)
    chat.refresh_from_db()
    assert chat.state == Chat.State.TICKET
    assert automatic(chat) == ["waited"]


def test_the_silent_are_asked_once_and_then_it_ends(time: Time, ada: Person, kim: Person) -> None:
    chat = chats.begin(ada)
    chats.answers(kim, chat)
    chats.presence_here(chat)
    sweep(time, 4 * MINUTE)
    assert automatic(chat) == []
    for _ in range(3):
        sweep(time, 2 * MINUTE)
    assert automatic(chat) == ["ask"]
    sweep(time, 5 * MINUTE)
    chat.refresh_from_db()
    assert (chat.state, chat.ended_by) == (Chat.State.ENDED, Chat.By.SILENCE)
    assert chat.conversation.surveys.count() == 1


def test_who_speaks_again_is_asked_again(time: Time, ada: Person, kim: Person) -> None:
    chat = chats.begin(ada)
    chats.answers(kim, chat)
    sweep(time, 6 * MINUTE)
    chats.says(chat, "Yes!")
    chats.come(kim)
    sweep(time, 20 * MINUTE)
    chat.refresh_from_db()
    assert chat.state == Chat.State.ACTIVE  # it is our turn
    chats.answers(kim, chat)
    sweep(time, 6 * MINUTE)
    assert automatic(chat) == ["ask", "ask"]


def test_what_is_answered_to_somebody_who_has_gone_is_mailed(time: Time, ada: Person, kim: Person) -> None:
    """Once, all that was missed in one mail; the chat is still on when they come back."""
    chat = chats.begin(ada)
    first = chats.answers(kim, chat, "Which version?")
    talking.read(chat, by=chats.writer(chat), upto=first.sequence)
    chats.left(chat)
    chats.answers(kim, chat, "The old one had a fault.")
    chats.answers(kim, chat, "Please update.")
    sweep(time, MINUTE)
    assert not Mail.objects.exists()
    Chat.objects.update(customer_here_until=clock.real_now() - 2 * MINUTE)  # leases are real time
    sweep(time)
    sweep(time, timedelta(seconds=10))
    (mail,) = sent()
    for words in ("The old one had a fault.", "Please update."):
        assert words in body(mail)
        assert words in body(mail, "html")
    assert "Which version?" not in body(mail)
    chats.says(chat, "I am back")
    chat.refresh_from_db()
    assert chat.is_on


def test_whoever_takes_part_by_mail_gets_what_is_answered_while_they_chat(time: Time, ada: Person, kim: Person) -> None:
    """Together, once there is a minute's pause; the customer, who is there, gets nothing, and all of them the whole."""
    chat = chats.begin(ada)
    chats.answers(kim, chat, "Before he came.")
    add_copies(actor=desk.SYSTEM, conversation=chat.conversation, addresses=["bob@example.org"])
    chats.presence_here(chat)
    chats.says(chat, "Hello")
    chats.answers(kim, chat, "Which version?")
    chats.answers(kim, chat, "And which system?")
    sweep(time, MINUTE / 2)
    assert sent() == []
    sweep(time, MINUTE / 2)
    (mail,) = sent()
    assert mail["To"] == "bob@example.org"
    for kind in ("plain", "html"):
        assert "Which version?" in body(mail, kind)
        assert "And which system?" in body(mail, kind)
        assert "Before he came." not in body(mail, kind)
        assert "you take part by mail" in body(mail, kind)
    chats.answers(kim, chat, "I see.")
    sweep(time, MINUTE)
    sweep(time)
    (next_mail,) = sent()
    assert "I see." in body(next_mail)
    assert "Which version?" not in body(next_mail)
    chat.refresh_from_db()
    assert ending.end(actor=desk.SYSTEM, chat=chat, by=Chat.By.AGENT)
    assert sorted(each["To"] for each in sent()) == [ada.email, "bob@example.org"]


def test_one_that_fails_holds_up_no_other(
    time: Time, ada: Person, kim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing of its step stays."""
    broken, other = chats.begin(ada), chats.begin(chats.guest())
    chats.go(kim)
    act = ending.to_ticket

    def fails(**values: Any) -> bool:
        act(**values)
        if values["chat"].pk == broken.pk:
            raise ValueError("no")
        return True

    monkeypatch.setattr(ending, "to_ticket", fails)
    sweep(time)
    broken.refresh_from_db()
    other.refresh_from_db()
    assert (broken.state, other.state) == (Chat.State.WAITING, Chat.State.TICKET)
    assert broken.conversation.in_chat
    assert Mail.objects.filter(address=ada.email).count() == 0
    monkeypatch.undo()
    sweep(time)
    broken.refresh_from_db()
    assert broken.state == Chat.State.TICKET


def test_a_sweep_may_be_repeated(time: Time, ada: Person, kim: Person) -> None:
    """And looks only at what is due."""
    chats.begin(ada)
    assert sweeping.sweep() == 1
    assert sweeping.sweep() == 0
