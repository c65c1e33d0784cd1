"""Erasing somebody from chats: the rows stay for reports, about nobody. What was said goes with the conversation."""

from django.db.models import Q

from frontdesk.core import clock
from frontdesk.core.personal import Traces
from frontdesk.support.chat.models import Chat, ChatSettings, Visitor
from frontdesk.support.tickets.models import Conversation, Participant

COVERS = ("chat.Chat", "chat.Visitor", "chat.ChatSettings")


def own(traces: Traces) -> Q:
    """Their chats: of their account, and those begun from an address of theirs."""
    asked = Participant.objects.filter(role=Participant.Role.REQUESTER, address__in=traces.addresses)
    theirs = Q(conversation__person=traces.person) | Q(conversation__in=asked.values("conversation"))
    return theirs | Q(visitor__address__in=traces.addresses)


def erase(traces: Traces) -> None:
    """One person's part of chats; one that is on ends, and nobody gets a mail of it."""
    numbers = list(Chat.objects.filter(own(traces)).order_by("pk").values_list("pk", flat=True))
    rows = Chat.objects.filter(pk__in=numbers)
    on = rows.filter(state__in=[Chat.State.WAITING, Chat.State.ACTIVE])
    Conversation.objects.filter(pk__in=on.values("pk"), in_chat=True).update(in_chat=False)
    on.update(state=Chat.State.ENDED, ended_by=Chat.By.CUSTOMER, ended_at=clock.now())
    rows.update(page="", visitor=None, customer_here_until=None, next_step_at=None)
    Visitor.objects.filter(address__in=traces.addresses | traces.typed).delete()
    Chat.objects.filter(agent=traces.person).update(agent=None)
    ChatSettings.objects.filter(changed_by=traces.person).update(changed_by=None)
