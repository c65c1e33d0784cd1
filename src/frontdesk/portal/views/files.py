"""Files of conversations: a lasting address each, that leads whoever may read it to a signed one."""

from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.core.errors import NotFound
from frontdesk.portal.people import signed_in
from frontdesk.portal.talks import Seat
from frontdesk.support.tickets import files
from frontdesk.support.tickets.models import Attachment
from frontdesk.support.tickets.selectors import may_read


@require_safe
@never_cache
def file(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    """For agents, and for customers whose conversation it belongs to. Raises NotFound."""
    person = signed_in(request)
    if person is None:
        return redirect_to_login(request.get_full_path())
    row = Attachment.objects.filter(pk=attachment_id, refused="").select_related("message").first()
    if row is None or not _may_read(person, row):
        raise NotFound
    return redirect(files.signed_url(row))


@require_safe
def of_guest(request: HttpRequest, seat: Seat, attachment_id: UUID) -> HttpResponse:
    """For whoever holds the conversation's mailed link. Raises NotFound."""
    row = Attachment.objects.filter(pk=attachment_id, refused="").select_related("message").first()
    if row is None or row.message is None or not row.message.is_public:
        raise NotFound
    if row.message.conversation_id != seat.conversation.pk:
        raise NotFound
    return redirect(files.signed_url(row))


def _may_read(person: Person, row: Attachment) -> bool:
    """Agents read everything; customers what is said to them; a file that waits is its uploader's alone."""
    if row.message is None:
        return row.uploaded_by == person.pk
    if person.has_role(Role.AGENT):
        return True
    return row.message.is_public and may_read(person, row.message.conversation_id)
