"""What the worker would send: the outbox, opened."""

from frontdesk.accounts.models import Message
from frontdesk.core import encryption, outbox
from frontdesk.core.models import OutboxMessage


def secret_of(row: OutboxMessage) -> str:
    """The secret of an outbox row that is not delivered yet."""
    assert row.secret is not None
    return encryption.unseal(bytes(row.secret), purpose=outbox.SECRET, context=row.key.bytes).decode()


def secret_sent_to(address: str) -> str:
    """The link or code in the newest mail to this address."""
    for row in OutboxMessage.objects.filter(topic="mail").order_by("-id"):
        if Message.objects.filter(pk=row.payload["message"], address=address).exists():
            return secret_of(row)
    raise AssertionError(f"no mail to {address}")
