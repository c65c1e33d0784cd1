"""What the chat's page does not show at once: what was said before, all of a long message, and files."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from frontdesk.core.errors import NotFound
from frontdesk.portal.chats.beginning import number
from frontdesk.portal.chats.rooms import Room
from frontdesk.portal.views.chat_room import for_scripts, in_room
from frontdesk.support.tickets import files, selectors
from frontdesk.support.tickets.models import Attachment


@require_safe
@for_scripts
@in_room
def earlier(request: HttpRequest, room: Room) -> HttpResponse:
    """What was said before `before`, as far as a page goes, and whether there is still more."""
    said = room.latest(number(request.GET.get("before", "")))
    lines = render_to_string("chat/parts/lines.html", {"room": room, "said": said}, request)
    return JsonResponse({"lines": lines, "more": said.has_earlier})


@require_safe
@in_room
def file(request: HttpRequest, room: Room, attachment_id: UUID) -> HttpResponse:
    """A file of what was said. Raises NotFound."""
    row = Attachment.objects.filter(pk=attachment_id, refused="").select_related("message").first()
    if row is None or row.message is None or not row.message.is_public:
        raise NotFound
    if row.message.conversation_id != room.conversation.pk:
        raise NotFound
    return redirect(files.signed_url(row))


@require_safe
@in_room
def message(request: HttpRequest, room: Room, sequence: int) -> HttpResponse:
    """All of one message. Raises NotFound."""
    found = selectors.public_messages(room.conversation).filter(sequence=sequence).first()
    if found is None:
        raise NotFound
    return render(request, "conversations/message.html", {"seat": room.seat, "message": found})
