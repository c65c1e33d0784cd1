"""The e-mail address: what it is, changing it, and the pages behind the mailed links."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from frontdesk.accounts.errors import LinkExpired
from frontdesk.accounts.forms import ChangeAddressForm
from frontdesk.accounts.services import addresses, securing
from frontdesk.accounts.views.common import person_of, reauthenticated_to_post

BOTH = ["GET", "HEAD", "POST"]


@require_http_methods(BOTH)
@login_required
@reauthenticated_to_post
def address(request: HttpRequest) -> HttpResponse:
    """The address, a change that waits, and the form for another one."""
    person = person_of(request)
    form = ChangeAddressForm(request.POST if request.method == "POST" else None, person=person)
    if request.method == "POST" and form.is_valid():
        addresses.ask(person=person, new_address=form.cleaned_data["email"])
        messages.success(request, _("We have sent the links. Nothing changes until they are confirmed."))
        return redirect("account_email")
    context = {
        "form": form,
        "change": addresses.open_change(person),
        "undoable": addresses.undoable(person).order_by("-completed_at").first(),
        "needs_old": not addresses.has_own_factor(person),
    }
    return render(request, "accounts/address/change.html", context, status=422 if form.is_bound else 200)


@require_POST
@login_required
def cancel(request: HttpRequest) -> HttpResponse:
    """Keep the address as it is."""
    if addresses.cancel(person=person_of(request)):
        messages.success(request, _("Your address stays as it is, and the links in our mails no longer work."))
    else:
        messages.info(request, _("There is no change of address any more that could be canceled."))
    return redirect("account_email")


@require_http_methods(BOTH)
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind a link that confirms: the old mailbox may also say no."""
    try:
        if request.method == "POST":
            return _answered(request, token)
        change = addresses.find_open(token)
    except LinkExpired:
        return _expired(request)
    context = {"change": change, "is_old": addresses.is_old(change, token)}
    return render(request, "accounts/address/confirm.html", context)


def _answered(request: HttpRequest, token: str) -> HttpResponse:
    if request.POST.get("answer") == "secure":
        securing.disown_address_change(token=token)
        return render(request, "accounts/secured.html")
    change = addresses.confirm(token=token)
    return render(request, "accounts/address/confirmed.html", {"change": change})


@require_http_methods(BOTH)
def undo(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link in the mail to the old address: take it back, and secure the account as well."""
    try:
        if request.method == "POST":
            secure = request.POST.get("answer") != "undo"
            change = securing.undo_address_change(token=token, securing=secure)
            template = "accounts/secured.html" if secure else "accounts/address/undone.html"
            return render(request, template, {"change": change})
        change = addresses.find_undoable(token)
    except LinkExpired:
        return _expired(request)
    return render(request, "accounts/address/undo.html", {"change": change})


def _expired(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/link_expired.html", {"for_change": True}, status=410)
