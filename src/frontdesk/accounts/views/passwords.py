"""Forgotten and changed passwords."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from frontdesk.accounts import guard
from frontdesk.accounts.browsers import known as known_browsers
from frontdesk.accounts.errors import LinkExpired
from frontdesk.accounts.forms import AskResetForm, ChangePasswordForm, ResetForm
from frontdesk.accounts.services import passwords
from frontdesk.accounts.views.common import person_of

BOTH = ["GET", "HEAD", "POST"]


@require_http_methods(BOTH)
def ask_for_reset(request: HttpRequest) -> HttpResponse:
    """Which account's password was forgotten; the answer is the same for every address."""
    form = AskResetForm(request.POST or None, initial={"email": request.GET.get("email", "")[:254]})
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"].strip().lower()
        guard.ask(request, email)
        known = known_browsers.find(request, email=email) is not None
        standing = guard.Standing.KNOWN_BROWSER if known else guard.Standing.STRANGER
        passwords.ask_for_reset(email=email, standing=standing)
        return redirect("account_reset_password_done")
    return render(request, "accounts/password_reset.html", {"form": form})


@require_safe
def reset_asked(request: HttpRequest) -> HttpResponse:
    """Look into your mailbox."""
    return render(request, "accounts/password_reset_asked.html")


@require_safe
def required(request: HttpRequest) -> HttpResponse:
    """The account was secured: the way in leads through the mailbox."""
    return render(request, "accounts/password_required.html")


@require_http_methods(BOTH)
@sensitive_post_parameters("password")
def reset(request: HttpRequest, key: str) -> HttpResponse:
    """A new password, by the mailed link."""
    try:
        with guard.guess_reset(request, key) as guess:
            person = passwords.person_of_reset_link(key)
            guess.right()
        form = ResetForm(request.POST or None, person=person)
        if request.method == "POST" and form.is_valid():
            person = passwords.reset_password(key=key, password=form.cleaned_data["password"])
            guard.note_reset(request, person)
            return redirect("account_reset_password_from_key_done")
    except LinkExpired:
        return render(request, "accounts/link_expired.html", {"for_password": True}, status=410)
    return render(request, "accounts/password_reset_form.html", {"form": form, "person": person})


@require_safe
def reset_done(request: HttpRequest) -> HttpResponse:
    """It is done; sign in with the new one."""
    return render(request, "accounts/password_reset_done.html")


@require_http_methods(BOTH)
@sensitive_post_parameters("oldpassword", "password")
@login_required
def change(request: HttpRequest) -> HttpResponse:
    """A new password for somebody who knows the old one."""
    person = person_of(request)
    form = ChangePasswordForm(request.POST or None, user=person)
    if request.method == "POST" and form.is_valid():
        passwords.change_password(
            person=person, password=form.cleaned_data["password"], except_session=request.session.session_key
        )
        update_session_auth_hash(request, person)
        messages.success(request, _("Your password was changed. All other browsers are signed out."))
        return redirect("security")
    return render(request, "accounts/password_change.html", {"form": form})
