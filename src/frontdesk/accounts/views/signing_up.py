"""Signing up, and confirming the address."""

from allauth.account.internal.flows.email_verification import verify_email
from allauth.account.models import EmailConfirmationHMAC
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from frontdesk.accounts import guard
from frontdesk.accounts.forms import SignUpForm
from frontdesk.accounts.services.signing_up import sign_up
from frontdesk.accounts.views.common import home_or_next, safe_next


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def sign_up_page(request: HttpRequest) -> HttpResponse:
    """A new account."""
    if request.user.is_authenticated:
        return redirect(home_or_next(request))
    form = SignUpForm(request.POST or None, initial={"email": request.GET.get("email", "")[:254]})
    if request.method == "POST" and form.is_valid():
        guard.ask(request)
        sign_up(email=form.cleaned_data["email"], password=form.cleaned_data["password"], wanted=safe_next(request))
        return redirect("account_email_verification_sent")
    return render(request, "accounts/sign_up.html", {"form": form, "next": safe_next(request)})


@require_safe
def mail_sent(request: HttpRequest) -> HttpResponse:
    """Look into your mailbox."""
    return render(request, "accounts/mail_sent.html")


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_address(request: HttpRequest, key: str) -> HttpResponse:
    """The page behind the mailed link: one button, which posts."""
    confirmation = EmailConfirmationHMAC.from_key(key)
    if confirmation is None:
        return render(request, "accounts/link_expired.html", {"for_address": True}, status=410)
    address = confirmation.email_address
    if address.email != address.user.email:
        return render(request, "accounts/link_expired.html", {"for_address": True}, status=410)
    if request.method != "POST":
        return render(request, "accounts/confirm_address.html", {"address": address.email})
    if not verify_email(request, address):
        return render(request, "accounts/link_expired.html", {"for_address": True}, status=410)
    wanted = safe_next(request)
    if request.user.is_authenticated:
        return redirect(wanted or "security")
    known = {"email": address.email, "confirmed": 1, **({"next": wanted} if wanted else {})}
    return redirect(f"{reverse('account_login')}?{urlencode(known)}")
