"""Becoming staff by a one-time link."""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from frontdesk.accounts import guard
from frontdesk.accounts.errors import LinkExpired
from frontdesk.accounts.forms import InvitationForm
from frontdesk.accounts.middleware import BACK_OFFICE
from frontdesk.accounts.models import Person
from frontdesk.accounts.services.staff import accept_invitation, open_invitation


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Name and password; the authenticator is set up on the next page."""
    guard.open_invitation(request)
    try:
        found = open_invitation(token)
        person = Person(email=found.email)
        form = InvitationForm(request.POST or None, person=person)
        if request.method == "POST" and form.is_valid():
            return _welcome(request, accept_invitation(token=token, **form.cleaned_data))
    except LinkExpired:
        return render(request, "accounts/link_expired.html", {"for_staff": True}, status=410)
    return render(request, "accounts/invitation.html", {"form": form, "invitation": found})


def _welcome(request: HttpRequest, person: Person) -> HttpResponse:
    """Sign in; a second factor that exists is asked for first, and otherwise set up next."""
    request.session.flush()
    record_authentication(request, person, method="password")
    first = "" if person.has_strong_second_factor else reverse("mfa_activate_totp") + "?next="
    response: HttpResponse = perform_login(request, Login(user=person, redirect_url=f"{first}{BACK_OFFICE}"))
    return response
