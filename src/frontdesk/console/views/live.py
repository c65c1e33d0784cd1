"""Tickets for the streams by which the desk's pages hear of what is new."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from frontdesk.accounts.access import require_role
from frontdesk.accounts.roles import Role
from frontdesk.console import conversations
from frontdesk.support.tickets.conversations import waking
from frontdesk.ui.live import ticket_for


@require_safe
@require_role(Role.AGENT)
def desk(request: HttpRequest) -> HttpResponse:
    """For the lists: something happened to some conversation."""
    return ticket_for(request, waking.DESK)


@require_safe
@require_role(Role.AGENT)
def conversation(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """For one conversation. Raises NotFound."""
    return ticket_for(request, waking.at_desk(conversations.found_conversation(conversation_id).pk))
