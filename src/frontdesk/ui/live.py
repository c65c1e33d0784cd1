"""Tickets for live streams, as pages ask for them: each kind of topic has a page that knows who may hear of it."""

from uuid import UUID

from django.http import HttpRequest, JsonResponse

from frontdesk.core.live import tickets
from frontdesk.core.live.topics import Topic


def ticket_for(request: HttpRequest, topic: Topic) -> JsonResponse:
    """A fresh ticket. Whether the asker may hear of the topic has been decided by the view that calls this."""
    holder = request.user.pk if request.user.is_authenticated else None
    response = JsonResponse({"ticket": tickets.issue(topic, holder=holder if isinstance(holder, UUID) else None)})
    response["Cache-Control"] = "no-store"
    return response
