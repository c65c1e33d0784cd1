"""Replies by mail reach the others who take part, each once, and never in a circle."""

from uuid import uuid4

import pytest

from frontdesk.accounts.models import Person
from frontdesk.support.tickets.conversations import changing
from frontdesk.support.tickets.conversations.saying import Words, add_automatic
from frontdesk.support.tickets.conversations.taking_part import add_copies
from frontdesk.support.tickets.mail.incoming import processing, storing
from frontdesk.support.tickets.mail.outgoing import sending
from frontdesk.support.tickets.models import Channel, Conversation, Verdict
from tests.support import desk
from tests.support.letters import arrives, letter, multipart, part, token_of
from tests.support.mailbox import body, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk() -> Conversation:
    """Of Ada's, with two who get copies; what was sent so far has left."""
    made = desk.conversation("ada@example.org")
    add_copies(actor=desk.SYSTEM, conversation=made, addresses=["bob@example.org", "cleo@example.org"])
    sent()
    return made


def to() -> list[str]:
    return sorted(each["To"] for each in sent())


def test_a_reply_to_us_alone_is_passed_on_to_the_others(talk: Conversation) -> None:
    log = part("line\n", "text/plain", Content_Disposition='attachment; filename="a.log"')
    raw = multipart(part("Please look at the log."), log, sender="Bob <bob@example.org>", to=token_of(talk))
    assert arrives(raw).verdict == Verdict.REPLY
    mails = sent()
    assert sorted(each["To"] for each in mails) == ["ada@example.org", "cleo@example.org"]
    assert "Please look at the log." in body(mails[0])
    assert [each.get_filename() for each in mails[0].iter_attachments()] == ["a.log"]
    assert mails[0]["Reply-To"] == token_of(talk)
    assert arrives(raw).verdict == Verdict.DUPLICATE
    assert to() == []


def test_whom_the_mail_itself_has_reached_gets_it_once(talk: Conversation) -> None:
    arrives(letter("To all", to=f"{token_of(talk)}, Bob <BOB@example.org>"))
    assert to() == ["cleo@example.org"]
    arrives(letter("To all of us", to=token_of(talk), Cc="bob@example.org, cleo@example.org"))
    assert to() == []


def test_automatic_replies_and_spam_go_no_further(talk: Conversation) -> None:
    arrives(letter("I am away.", sender="bob@example.org", to=token_of(talk), Auto_Submitted="auto-replied"))
    assert to() == []
    changing.mark_spam(actor=desk.SYSTEM, conversation=talk)
    arrives(letter("Buy now", to=token_of(talk)))
    assert to() == []


def test_a_mail_of_long_ago_is_passed_on_to_nobody(talk: Conversation) -> None:
    raw = letter("Years ago", to=token_of(talk))
    assert processing.process(storing.store(raw, source=storing.HISTORY).pk).verdict == Verdict.REPLY
    assert to() == []


def test_two_programs_that_answer_each_other_through_us_come_to_an_end(talk: Conversation) -> None:
    for number in range(sending.PASSED_ON.count + 5):
        mail = arrives(letter(f"Thank you for your mail, ticket {number}.", to=token_of(talk), Cc="cleo@example.org"))
        assert mail.verdict == Verdict.REPLY
    assert to() == ["bob@example.org"] * sending.PASSED_ON.count


def test_what_staff_answer_still_goes_to_all(talk: Conversation, kim: Person) -> None:
    desk.answers(kim, talk)
    assert to() == ["ada@example.org", "bob@example.org", "cleo@example.org"]


def test_while_they_chat_only_the_customer_gets_no_mail(talk: Conversation, kim: Person) -> None:
    """They read it on the page; what is said in the chat itself is mailed together, later."""
    Conversation.objects.filter(pk=talk.pk).update(in_chat=True)
    arrives(letter("A word of mine", sender="Bob <bob@example.org>", to=token_of(talk)))
    assert to() == ["cleo@example.org"]
    add_automatic(conversation=talk, words=Words("We are closed."), client_id=uuid4())
    assert to() == ["bob@example.org", "cleo@example.org"]
    desk.writes(talk, "In the form", Channel.FORM)
    assert to() == ["bob@example.org", "cleo@example.org"]
    desk.writes(talk, "In the chat", Channel.CHAT)
    desk.answers(kim, talk)
    assert to() == []
