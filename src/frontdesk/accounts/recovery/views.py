"""The pages of a recovery, for whoever asks for it and for whoever stops it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontdesk.accounts import guard
from frontdesk.accounts.browsers import browser
from frontdesk.accounts.errors import LinkExpired
from frontdesk.accounts.forms import ResetForm
from frontdesk.accounts.recovery import asking, caps, completing, waiting
from frontdesk.accounts.recovery.forms import AskForm
from frontdesk.accounts.views.common import person_of

BOTH = ["GET", "HEAD", "POST"]


@require_http_methods(BOTH)
def ask(request: HttpRequest) -> HttpResponse:
    """Say which account it is and where we reach them; the answer is the same for every address."""
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        caps.ask(request)
        asking.ask(**form.cleaned_data, browser=browser(request))
        return redirect("recovery_asked")
    return render(request, "accounts/recovery/ask.html", {"form": form})


@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """Look into the other mailbox."""
    return render(request, "accounts/recovery/asked.html")


@require_http_methods(BOTH)
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The address to be reached at, by its mailed link and one button."""
    try:
        found = asking.unconfirmed(token)
        if request.method == "POST":
            asking.confirm(token=token)
            return redirect(request.path)
    except LinkExpired:
        return _expired(request)
    return render(request, "accounts/recovery/confirm.html", {"recovery": found})


@require_http_methods(BOTH)
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop it, by a mailed link and one button."""
    try:
        found = waiting.recovery_of_link(token)
    except LinkExpired:
        return _expired(request, stopping=True)
    if request.method == "POST":
        waiting.stop(recovery=found, how="mail")
        return render(request, "accounts/recovery/stopped.html")
    return render(request, "accounts/recovery/stop.html", {"recovery": found})


@require_POST
@login_required
def stop_here(request: HttpRequest) -> HttpResponse:
    """Stop it from a browser that is signed in."""
    found = waiting.waiting_for(person_of(request))
    if found is not None:
        waiting.stop(recovery=found, how="browser")
        messages.success(request, _("The recovery is stopped. Nobody can set a new password by it any more."))
    return redirect("security")


@require_http_methods(BOTH)
@sensitive_post_parameters("password")
def link(request: HttpRequest, token: str) -> HttpResponse:
    """A new password, after the wait."""
    try:
        found = completing.recovery_of_link(token)
        form = ResetForm(request.POST or None, person=completing.person_of(found))
        if request.method == "POST" and form.is_valid():
            guard.note_reset(request, completing.complete(token=token, password=form.cleaned_data["password"]))
            return redirect("account_reset_password_from_key_done")
    except LinkExpired:
        return _expired(request)
    return render(request, "accounts/recovery/link.html", {"form": form, "recovery": found})


def _expired(request: HttpRequest, *, stopping: bool = False) -> HttpResponse:
    return render(request, "accounts/recovery/expired.html", {"stopping": stopping}, status=410)
