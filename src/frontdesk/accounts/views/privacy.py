"""The person's data: a copy of everything, and the deletion of the account."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from frontdesk.accounts.models import Person
from frontdesk.accounts.services import deletion, export_requests, exports
from frontdesk.accounts.views.common import person_of, reauthenticated, reauthenticated_to_post
from frontdesk.core import clock, personal

BOTH = ["GET", "HEAD", "POST"]


@require_safe
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """What one can do with one's data."""
    person = person_of(request)
    return render(request, "accounts/privacy.html", {"person": person, **_copy(person)})


@require_safe
@login_required
def copy_state(request: HttpRequest) -> HttpResponse:
    """How far the copy is: the piece of the page that renews itself."""
    return render(request, "accounts/privacy_copy.html", _copy(person_of(request)))


@require_http_methods(BOTH)
@login_required
@reauthenticated_to_post
def ask_for_copy(request: HttpRequest) -> HttpResponse:
    """Have a copy made."""
    if request.method == "POST":
        export_requests.ask(person=person_of(request))
    return redirect("privacy")


@require_safe
@login_required
@reauthenticated
def download(request: HttpRequest, export_id: UUID) -> HttpResponseBase:
    """The copy itself, as a stream, only for the one whose data it is."""
    if request.method == "HEAD":
        return HttpResponse(content_type="application/zip")
    export, pieces = exports.take(person=person_of(request), export_id=export_id)
    name = f"{_('your-data')}-{export.asked_at:%Y-%m-%d}.zip"
    headers = {
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
        "Content-Length": str(export.size),
    }
    return StreamingHttpResponse(pieces, content_type="application/zip", headers=headers)


@require_http_methods(BOTH)
@login_required
@reauthenticated_to_post
def delete_account(request: HttpRequest) -> HttpResponse:
    """What is lost, and the button."""
    person = person_of(request)
    if request.method == "POST":
        deletion.ask(person=person)
        return redirect("privacy")
    if person.deletion_due_at:
        return redirect("privacy")
    context = {
        "person": person,
        "consequences": personal.consequences(person.pk),
        "kept_by_law": personal.kept_by_law(),
        "due_at": clock.now() + deletion.GRACE,
    }
    return render(request, "accounts/privacy_delete.html", context)


@require_http_methods(BOTH)
@login_required
def keep_account(request: HttpRequest) -> HttpResponse:
    """Take the deletion back; whoever can sign in may."""
    if request.method == "POST" and deletion.cancel(person=person_of(request)):
        messages.success(request, _("Your account stays as it is."))
    return redirect("privacy")


def _copy(person: Person) -> dict[str, Any]:
    export = exports.newest(person)
    state = "none"
    if export:
        state = "ready" if export.ready_at else "failed" if export.failed_at else "working"
    return {"export": export, "copy_state": state}
