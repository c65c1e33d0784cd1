"""Passkeys: adding, naming, removing, and signing in with one."""

import json
from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.mfa.base.internal.flows import post_authentication
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from frontdesk.accounts import guard
from frontdesk.accounts.factors import passkeys
from frontdesk.accounts.factors.forms import NewPasskeyForm, PasskeyNameForm
from frontdesk.accounts.factors.ways import Choice, Way
from frontdesk.accounts.services import second_factors
from frontdesk.accounts.views.common import person_of, safe_next
from frontdesk.accounts.views.proof import proved
from frontdesk.accounts.views.second_factor import after_adding
from frontdesk.core.actors import Actor

BOTH = ["GET", "HEAD", "POST"]


@require_POST
def options(request: HttpRequest) -> HttpResponse:
    """A challenge for a passkey of anybody, asked for when the button is pressed."""
    guard.show_passkey(request)
    return JsonResponse(passkeys.begin_showing(request, None))


@require_POST
@sensitive_post_parameters("credential")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in by the passkey alone: it is two factors in one, since it asked for a finger or a PIN."""
    guard.show_passkey(request)
    try:
        shown = passkeys.finish_showing(request, None, request.POST.get("credential", ""))
    except passkeys.NotAccepted:
        messages.error(request, _("This passkey was not accepted. Try again, or sign in with your password."))
        return redirect("account_login")
    if shown.user.must_reset_password:
        messages.error(request, _("This account was secured. Set a new password first; then passkeys work again."))
        return redirect("account_reset_password")
    post_authentication(request, shown, passwordless=True)
    response: HttpResponse = perform_login(request, Login(user=shown.user, redirect_url=safe_next(request) or None))
    return response


@require_http_methods(BOTH)
@proved
def add(request: HttpRequest) -> HttpResponse:
    """Name a new passkey, and let the browser make it."""
    person, obstacle = person_of(request), passkeys.obstacle(request)
    form = NewPasskeyForm(request.POST or None, user=person, request=request)
    if request.method == "POST" and form.is_valid():
        row, codes = second_factors.add_passkey(
            actor=Actor.customer(person.pk), person=person, name=form.cleaned_data["name"], data=form.made
        )
        record_authentication(request, person, "mfa", id=row.pk, type=row.type)
        return after_adding(request, codes)
    wanted = "" if obstacle else json.dumps(passkeys.begin_adding(request, person))
    context = {"form": form, "obstacle": obstacle, "options": wanted, "next": safe_next(request)}
    return render(request, "accounts/passkeys/add.html", context | {"choice": Choice(Way.PASSKEY)})


@require_http_methods(BOTH)
@proved
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name."""
    person, passkey = person_of(request), _own(request, pk)
    form = PasskeyNameForm(request.POST or None, initial={"name": passkey.data["name"]})
    if request.method == "POST" and form.is_valid():
        second_factors.rename_passkey(
            actor=Actor.customer(person.pk), person=person, passkey=passkey, name=form.cleaned_data["name"]
        )
        return redirect("security")
    return render(request, "accounts/passkeys/rename.html", {"form": form})


@require_http_methods(BOTH)
@proved
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it away here; on the device it stays until it is deleted there."""
    person, passkey = person_of(request), _own(request, pk)
    if request.method == "POST":
        second_factors.remove(actor=Actor.customer(person.pk), person=person, way=Way.PASSKEY, passkey=passkey)
        messages.success(request, _("The passkey is removed."))
        return redirect("security")
    context = {"passkey": passkey, "must_keep": second_factors.must_keep(person, Way.PASSKEY)}
    return render(request, "accounts/passkeys/remove.html", context)


def _own(request: HttpRequest, pk: int) -> Any:
    found = passkeys.rows_of(person_of(request)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
