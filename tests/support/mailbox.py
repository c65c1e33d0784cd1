"""What the worker would send: the outbox, opened; and what leaves when it does."""

from email import message_from_bytes, policy
from email.message import EmailMessage

from django.core import mail
from django.core.mail import EmailMultiAlternatives

from frontdesk.accounts.models import Message
from frontdesk.core import encryption, outbox
from frontdesk.core.models import OutboxMessage


def secret_of(row: OutboxMessage) -> str:
    """The secret of an outbox row that is not delivered yet."""
    assert row.secret is not None
    return encryption.unseal(bytes(row.secret), purpose=outbox.SECRET, context=row.key.bytes).decode()


def secret_sent_to(address: str) -> str:
    """The link or code in the newest mail to this address."""
    for row in OutboxMessage.objects.filter(topic="mail").exclude(secret=None).order_by("-id"):
        if Message.objects.filter(pk=row.payload["message"], address=address).exists():
            return secret_of(row)
    raise AssertionError(f"no mail to {address}")


def sent(to: str = "") -> list[EmailMessage]:
    """What leaves now, as the recipient's program reads it; each is encoded and read again."""
    mail.outbox.clear()
    outbox.deliver_due(1000)
    assert not OutboxMessage.objects.filter(delivered_at=None, last_error__gt="").exists()
    return [_read(each) for each in mail.outbox if not to or each.to == [to]]


def _read(each: object) -> EmailMessage:
    assert isinstance(each, EmailMultiAlternatives)
    read = message_from_bytes(each.message().as_bytes(), policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def body(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())
