"""Out by a real SMTP server, and back in: what customers' mail programs answer finds its conversation."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pytest_django import Settings

from frontdesk.accounts.models import Person
from frontdesk.core import outbox
from frontdesk.support.tickets.models import Conversation, Message, Verdict
from tests.support import desk
from tests.support.letters import arrives
from tests.support.server import free_port

pytestmark = pytest.mark.django_db(transaction=True)


class Postbox:
    """Takes what is sent."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], EmailMessage]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        mail = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append((envelope.rcpt_tos, mail))
        return "250 OK"


@pytest.fixture
def postbox(settings: Settings) -> Iterator[Postbox]:
    """A server that our mails go to."""
    box, port = Postbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", port, False
    yield box
    controller.stop()


def reply_to(mail: EmailMessage, text: str, sender: str = "ada@example.org") -> bytes:
    """What a mail program sends when somebody presses Reply."""
    answer = EmailMessage()
    answer["From"], answer["To"], answer["Subject"] = sender, str(mail["Reply-To"]), f"Re: {mail['Subject']}"
    answer["In-Reply-To"] = str(mail["Message-ID"])
    answer["References"] = f"{mail['References'] or ''} {mail['Message-ID']}".strip()
    answer["Message-ID"] = f"<{hash(text)}@example.org>"
    body = mail.get_body(("plain",))
    assert body is not None
    quoted = "\n".join(f"> {line}" for line in body.get_content().splitlines())
    answer.set_content(
        f"{text}\n\nOn Fri, 27 Nov 2026 at 10:00, Kim Reyes <support@halcyon.example> wrote:\n\n{quoted}\n"
    )
    return answer.as_bytes()


def newest(postbox: Postbox, address: str = "ada@example.org") -> EmailMessage:
    """The last mail to an address, once the worker has sent everything."""
    outbox.deliver_due()
    return [mail for to, mail in postbox.mails if to == [address]][-1]


def test_answers_go_out_and_their_replies_come_back(kim: Person, postbox: Postbox) -> None:
    conversation = desk.conversation("ada@example.org")
    desk.answers(kim, conversation, "Please try again — and tell us.")
    mail = newest(postbox)
    came = arrives(reply_to(mail, "It works now."))
    assert (came.verdict, came.detail, came.conversation) == (Verdict.REPLY, "token", conversation)
    assert came.message is not None
    assert came.message.text == "It works now."
    assert "Please try again" in came.message.quoted
    conversation.refresh_from_db()
    assert conversation.status == Conversation.Status.OPEN


def test_our_own_mails_and_automatic_replies_never_answer_each_other(kim: Person, postbox: Postbox) -> None:
    conversation = desk.conversation("ada@example.org")
    desk.answers(kim, conversation)
    mail = newest(postbox)
    assert arrives(mail.as_bytes()).verdict == Verdict.OWN
    away = reply_to(mail, "I am away.").replace(b"From:", b"Auto-Submitted: auto-replied\nFrom:", 1)
    before = len(postbox.mails)
    for number in range(5):
        raw = away.replace(b"@example.org>", f"{number}@example.org>".encode())
        assert arrives(raw).verdict in {Verdict.AUTO_REPLY, Verdict.DUPLICATE}
    outbox.deliver_due()
    assert len(postbox.mails) == before
    assert not conversation.messages.filter(kind=Message.Kind.CUSTOMER, text__contains="away").exists()
