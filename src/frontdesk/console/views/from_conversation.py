"""A deed's page that was reached from a conversation: back there afterwards, with a line of what was done."""

from uuid import UUID

from django.http import HttpRequest

from frontdesk.billing.models import Refund
from frontdesk.console.views.common import acting
from frontdesk.console.views.conversation_changes import conversation_url
from frontdesk.support.tickets.beside.deeds import tell
from frontdesk.support.tickets.conversations.adding import Speaker
from frontdesk.support.tickets.models import Conversation


def conversation_named(request: HttpRequest) -> Conversation | None:
    """The conversation that the address names, if it is there."""
    try:
        number = UUID(request.GET.get("conversation", ""))
    except ValueError:
        return None
    return Conversation.objects.filter(pk=number).first()


def back_to(request: HttpRequest, otherwise: str) -> str:
    """Where the deed's page leads back to."""
    conversation = conversation_named(request)
    return conversation_url(request, conversation) if conversation else otherwise


def tell_refund(request: HttpRequest, person: UUID | None, refund: Refund, reason: str, once: UUID) -> None:
    """Say in the conversation of this customer that money goes back; after it went, since the provider was asked."""
    conversation = conversation_named(request)
    if conversation is None or conversation.person_id is None or conversation.person_id != person:
        return
    tell(
        agent=Speaker.of(acting(request)),
        conversation=conversation,
        what="refunded",
        once=once,
        data={"amount": str(refund.amount), "reason": reason},
    )
