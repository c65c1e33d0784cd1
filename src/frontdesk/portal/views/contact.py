"""Writing to us: articles that help first, then the form, with all that we know filled in."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontdesk.core.errors import TooManyAttempts
from frontdesk.fulfilment import serving
from frontdesk.portal import asking, uploads
from frontdesk.portal.asking import Asking
from frontdesk.portal.forms import words_for
from frontdesk.portal.people import ip_prefix, signed_in
from frontdesk.portal.uploads import Files, Owner
from frontdesk.support.helpcentre.search import asking as searching
from frontdesk.support.helpcentre.search.finding import Found
from frontdesk.support.tickets import guests, links
from frontdesk.support.tickets.errors import SentAlready
from frontdesk.support.tickets.models import Area
from frontdesk.support.tickets.sla import keeping

SUGGESTED = 4


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def form(request: HttpRequest) -> HttpResponse:
    """The form. Sent, it opens a conversation; of guests, it waits until they confirm their address.

    What the chat brings may come from a frame on another site, where cookies are blocked, and with them the token: it
    only fills the form in, takes nothing, and needs none. All else does.
    """
    return _form(request) if asking.only_fills_in(request) else csrf_protect(_form)(request)


def _form(request: HttpRequest) -> HttpResponse:
    begun, files = asking.begin(request), Files()
    if asking.is_sent(request):
        files = uploads.take(request, begun.owner)
        if begun.form.is_valid() and files.are_whole:
            try:
                return _send(request, begun, files)
            except (TooManyAttempts, SentAlready) as refusal:
                begun.form.add_error(None, words_for(refusal))
                if isinstance(refusal, SentAlready):
                    begun.form.renumber()
    context = {
        "asking": begun,
        "form": begun.form,
        "files": files,
        "expected": keeping.expectation(serving.level_of(begun.person)),
    }
    response = render(request, "contact/form.html", context)
    response["Referrer-Policy"] = "same-origin"  # the address may carry the secret of a guest's link
    return response


@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """Articles that fit what is being typed, as a piece of the page."""
    area = Area.objects.filter(slug=request.GET.get("area", "")).first()
    query = request.GET.get("subject", "").strip() or (area.title if area else "")
    return render(request, "contact/parts/suggestions.html", {"found": _suggested(query, request)})


def _suggested(query: str, request: HttpRequest) -> list[Found]:
    """What the search finds; nothing for a network that asks too much."""
    try:
        return searching.ask(query, network=ip_prefix(request), limit=SUGGESTED) if query else []
    except TooManyAttempts:
        return []


@require_POST
@never_cache
def upload(request: HttpRequest) -> HttpResponse:
    """Files, before the form is sent: their rows for the form."""
    owner = Owner.of(signed_in(request), request.POST.get("upload_key", ""))
    return render(request, "contact/parts/file_rows.html", {"files": uploads.take(request, owner)})


@require_POST
@never_cache
def remove_upload(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    """Take one back. A stranger's stays, and the answer is the same."""
    uploads.remove(attachment_id, Owner.of(signed_in(request), request.POST.get("upload_key", "")))
    return HttpResponse(status=204)


@require_safe
@never_cache
def sent(request: HttpRequest) -> HttpResponse:
    """Look into your mailbox: the same for every address."""
    return render(request, "contact/sent.html", {"address": request.session.get("contact_address", "")})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The mailed link. It asks first, since programs that look through mails open links, too."""
    response = _confirm(request, token)
    response["Referrer-Policy"] = "same-origin"
    return response


def _confirm(request: HttpRequest, token: str) -> HttpResponse:
    pending = guests.find(token)
    if request.method != "POST" and pending.conversation is None:
        return render(request, "contact/confirm.html", {"pending": pending})
    page = links.to_conversation(guests.confirm(token))
    if pending.conversation is None:
        messages.success(request, _("Thank you. Your message is with our team now."))
    return redirect(page.path)


def _send(request: HttpRequest, begun: Asking, files: Files) -> HttpResponse:
    if begun.person is None:
        pending = asking.ask_as_guest(begun, files.kept, request)
        request.session["contact_address"] = pending.address
        return redirect("contact:sent")
    conversation = asking.open_as(begun.person, begun, files.kept)
    messages.success(request, _("Thank you. Your message is with our team now."))
    return redirect("conversations:conversation", conversation.pk)
