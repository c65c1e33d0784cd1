"""What goes out by mail while a chat is on: what was answered to a customer who has gone, and to the others who take
part by mail, who are never there. All that was said goes to all of them once it is over (`transcripts`)."""

from datetime import datetime, timedelta

from django.db.models import Max

from frontdesk.core import clock
from frontdesk.support.chat import rows
from frontdesk.support.chat.models import Chat
from frontdesk.support.tickets.mail.outgoing import sending, transcripts
from frontdesk.support.tickets.models import Channel, Message, OutgoingMail, Participant

GONE_FOR = timedelta(minutes=2)
TOGETHER = timedelta(minutes=1)  # lines that follow each other so fast go in one mail


def mail(chat: Chat, now: datetime) -> datetime | None:
    """Mail what is due of the locked chat; returns when that is to be looked at, None while nothing waits."""
    if chat.silent_since is None:
        return None
    due = chat.silent_since + TOGETHER
    moments = (_to_customer(chat, now, due), _to_others(chat, now, due))
    return min((each for each in moments if each), default=None)


def _to_customer(chat: Chat, now: datetime, due: datetime) -> datetime | None:
    customer = rows.customer(chat)
    if customer is None:
        return None
    known = max(customer.last_read_sequence, chat.mailed_sequence)
    if not _answers(chat, known):
        return None
    gone_at = (chat.customer_here_until or clock.real_now()) + clock.offset() + GONE_FOR
    due = max(gone_at, due)
    if due > now:
        return due
    chat.mailed_sequence = transcripts.send_missed(chat.conversation, customer, after=known)
    chat.save(update_fields=["mailed_sequence"])
    return None


def _to_others(chat: Chat, now: datetime, due: datetime) -> datetime | None:
    others = [each for each in sending.everybody(chat.conversation) if each.role != Participant.Role.REQUESTER]
    owed = [(each, known) for each in others if _answers(chat, known := _known_to(chat, each))]
    if not owed:
        return None
    if due > now:
        return due
    for each, known in owed:
        transcripts.send_missed(chat.conversation, each, after=known)
    return None


def _answers(chat: Chat, after: int) -> bool:
    said = Message.objects.filter(conversation=chat.pk, kind=Message.Kind.AGENT, channel=Channel.CHAT)
    return said.filter(sequence__gt=after).exists()


def _known_to(chat: Chat, other: Participant) -> int:
    """Up to where one of the others has what we said: read, mailed, or said before they came along."""
    mailed = OutgoingMail.objects.filter(
        message__conversation=chat.pk, message__channel=Channel.CHAT, address=other.address
    ).exclude(message__kind=Message.Kind.CUSTOMER)
    came = Message.objects.filter(
        conversation=chat.pk, kind=Message.Kind.EVENT, data__what="copied", data__address=other.address
    )
    sequences = (
        mailed.aggregate(last=Max("message__sequence"))["last"],
        came.aggregate(last=Max("sequence"))["last"],
        other.last_read_sequence,
    )
    return max(each or 0 for each in sequences)
