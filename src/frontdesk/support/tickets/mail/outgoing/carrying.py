"""Whose words stand in a mail of ours, for whoever has to take them out again."""

from django.db.models import Q, QuerySet

from frontdesk.accounts.models import Message as Letter
from frontdesk.support.tickets.mail.outgoing import quoting
from frontdesk.support.tickets.models import Message, OutgoingMail
from frontdesk.support.tickets.selectors import INTERNAL

# What a chat's mails carry besides their own line: all that was said before it, or what we said.
TRANSCRIPT, MISSED = "tickets/transcript", "tickets/missed"
THEIRS = Q(kind=Message.Kind.CUSTOMER) | Q(data__has_key="received")


def carried(row: OutgoingMail, letter: Letter) -> QuerySet[Message]:
    """The messages whose words the mail carries or quotes: its own, the one that it answers, and in a chat's mails the
    earlier ones. What a chat said before it was merged stands here as copies of its messages."""
    own = Message.objects.filter(conversation=row.message.conversation_id)
    if letter.template in {TRANSCRIPT, MISSED}:
        earlier = Q(sequence__lte=row.message.sequence) & ~Q(kind__in=INTERNAL)
        told = earlier & ~THEIRS if letter.template == MISSED else earlier
        return own.filter(Q(pk=row.message_id) | told)
    quoted = quoting.found_before(row.message)
    return own.filter(pk__in=[row.message_id, *([quoted.pk] if quoted else [])])


def carries(row: OutgoingMail, letter: Letter, message: Message) -> bool:
    """Whether the mail says what this message says."""
    return carried(row, letter).filter(pk=message.pk).exists()
