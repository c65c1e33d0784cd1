"""Becoming staff by a one-time link."""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from frontdesk.accounts import guard
from frontdesk.accounts.errors import LinkExpired
from frontdesk.accounts.forms import InvitationForm
from frontdesk.accounts.middleware import BACK_OFFICE
from frontdesk.accounts.models import Person, StaffInvitation
from frontdesk.accounts.services.staff import accept_invitation, join, open_invitation, owner_of


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Name and password; the authenticator is set up on the next page. Who has an account signs in to it instead."""
    guard.open_invitation(request)
    try:
        found = open_invitation(token)
        owner = owner_of(found)
        if owner is not None:
            return _join(request, token, found, owner)
        person = Person(email=found.email)
        form = InvitationForm(request.POST or None, person=person)
        if request.method == "POST" and form.is_valid():
            return _welcome(request, accept_invitation(token=token, **form.cleaned_data))
    except LinkExpired:
        return render(request, "accounts/link_expired.html", {"for_staff": True}, status=410)
    return render(request, "accounts/invitation.html", {"form": form, "invitation": found})


def _join(request: HttpRequest, token: str, found: StaffInvitation, owner: Person) -> HttpResponse:
    if not request.user.is_authenticated:
        wanted = urlencode({"next": request.path, "email": owner.email})
        return redirect(f"{reverse('account_login')}?{wanted}")
    if request.method == "POST" and request.user == owner:
        join(token=token, person=owner)
        return redirect(BACK_OFFICE)
    context = {"invitation": found, "is_owner": request.user == owner}
    return render(request, "accounts/invitation_to_join.html", context)


def _welcome(request: HttpRequest, person: Person) -> HttpResponse:
    """Sign in; a second factor that exists is asked for first, and otherwise set up next."""
    request.session.flush()
    record_authentication(request, person, method="password")
    first = "" if person.has_strong_second_factor else reverse("mfa_activate_totp") + "?next="
    response: HttpResponse = perform_login(request, Login(user=person, redirect_url=f"{first}{BACK_OFFICE}"))
    return response
