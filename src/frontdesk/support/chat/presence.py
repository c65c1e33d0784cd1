"""Who is at the chat's page, and who is writing: short leases in real time, and wakes of which nothing is kept."""

from datetime import datetime, timedelta

from django.db.models import Q

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.support.chat.models import Chat
from frontdesk.support.tickets.beside import presence
from frontdesk.support.tickets.conversations import waking
from frontdesk.support.tickets.models import Presence

LASTS = timedelta(seconds=60)
PROLONGED_AFTER = timedelta(seconds=20)  # more often nothing is written


def here(chat: Chat, *, typing: bool = False) -> None:
    """The customer has the page open; the desk hears when they came (back), and that they write."""
    now = clock.real_now()
    due = Q(customer_here_until=None) | Q(customer_here_until__lt=now + LASTS - PROLONGED_AFTER)
    was = chat.customer_here_until
    mine = Chat.objects.filter(due, pk=chat.pk, state__in=[Chat.State.WAITING, Chat.State.ACTIVE])
    if mine.update(customer_here_until=now + LASTS) and (was is None or was <= now):
        waking.customer_came(chat.pk)
    chat.customer_here_until = now + LASTS
    if typing:
        waking.typing(chat.pk, by_customer=True)


def left(chat: Chat) -> None:
    """The customer closed the page, as far as browsers tell."""
    now = clock.real_now()
    if Chat.objects.filter(pk=chat.pk, customer_here_until__gt=now).update(customer_here_until=now):
        waking.customer_came(chat.pk)
    chat.customer_here_until = now


def is_here(chat: Chat, now: datetime | None = None) -> bool:
    """Whether the customer has the page open."""
    until = chat.customer_here_until
    return until is not None and until > (now or clock.real_now())


def typing(agent: Person, chat: Chat) -> None:
    """An agent writes: the customer sees it, and colleagues do."""
    presence.stay(agent, chat.conversation, answering=True)
    waking.typing(chat.pk, by_customer=False)


def is_typing(chat: Chat) -> bool:
    """Whether the agent who has it is writing."""
    writing = Presence.objects.filter(conversation=chat.pk, is_answering=True, until__gt=clock.real_now())
    return writing.filter(person=chat.conversation.assignee_id).exists()
