"""How allauth meets our house: its mails go through the outbox, its throttles are ours, its seeds are sealed."""

import base64
import io
import time
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from frontdesk.accounts import browsers, guard
from frontdesk.accounts.browsers import known as known_browsers
from frontdesk.accounts.messages.sending import send_mail
from frontdesk.accounts.models import Person
from frontdesk.accounts.services import sign_ins
from frontdesk.accounts.services.notices import new_browser
from frontdesk.accounts.services.passwords import ask_for_reset
from frontdesk.accounts.services.signing_up import confirmation_link
from frontdesk.accounts.views.common import safe_next
from frontdesk.core import encryption
from frontdesk.core.errors import TooManyAttempts

FRESH_SECONDS = 300
SEED = "second factor"
MARK = "sign_in_began_with"

# allauth's mails → ours. What is not here is sent by our own verbs, in their transactions.
MAILS = {
    "account/email/email_confirmation": "accounts/confirm_address",
    "account/email/email_confirmation_signup": "accounts/confirm_address",
}


def locked_text(seconds: int, *, reset_helps: bool = True) -> str:
    """How long a lock lasts, in words; 0 is until a reset, which otherwise shortens no wait at the second step."""
    if not seconds:
        return _(
            "There were a hundred wrong guesses in a row. In a browser that is new to us, first reset the password."
        )
    minutes = -(-seconds // 60)
    wait = ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if not reset_helps:
        return _("There were too many attempts, so we pause for %(wait)s. Try again then.") % {"wait": wait}
    return _("There were too many attempts, so we pause for %(wait)s. Try again then, or reset your password now.") % {
        "wait": wait
    }


class AccountAdapter(DefaultAccountAdapter):
    """Our answers to allauth's questions about accounts."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address by our own rule on proxies."""
        return browsers.address(request)

    def is_safe_url(self, url: str | None) -> bool:
        """Only a path of ours, never an address with a host: allauth would take every host in ALLOWED_HOSTS."""
        return bool(url) and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Nothing: the backend reserves the guess, whoever asks it."""

    def _rollback_login_failed_rl_usage(self) -> None:
        """Nothing either: the backend gives it back."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """The person, if the credentials are right. Raises ValidationError ("locked"), GuessesUncounted."""
        try:
            found: Person | None = super().authenticate(request, **credentials)
        except TooManyAttempts as error:
            seconds = int(str(error.members["retry_after"]))
            raise ValidationError(locked_text(seconds), code="locked", params={"seconds": seconds}) from None
        return found

    def reauthenticate(self, user: Person, password: str) -> bool:
        """Check the password of the one who is signed in, by the same throttle as signing in."""
        found = self.authenticate(self.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not within five minutes of a complete sign-in."""
        records = get_authentication_records(self.request, self.request.user)
        return not records or time.time() - records[-1]["at"] > FRESH_SECONDS

    def get_login_stages(self) -> list[str]:
        """A confirmed address, then our own second step."""
        return ["allauth.account.stages.EmailVerificationStage", "frontdesk.accounts.factors.stages.SecondStep"]

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The password, or what only the person has; a mailed code would not do."""
        if not isinstance(user, Person):
            return []
        ways = [
            {"id": "reauthenticate", "description": _("Use your password"), "url": reverse("account_reauthenticate")}
        ]
        if user.has_strong_second_factor:
            name = "mfa_reauthenticate"
            ways.append({"id": name, "description": _("Use your second step"), "url": reverse(name)})
        return ways if user.has_usable_password() else ways[1:]

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        """Confirm an address, unless another account has it by now."""
        taken = Person.objects.filter(email=email_address.email).exclude(pk=email_address.user_id).exists()
        return not taken and super().confirm_email(request, email_address)

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:
        """A few an hour to each address; the earlier ones still work."""
        if guard.may_mail(emailconfirmation.email_address.email):
            super().send_confirmation_mail(request, emailconfirmation, signup)

    def pre_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> HttpResponse | None:
        """Note which password began this sign-in, since a second step may follow minutes later."""
        request.session[MARK] = user.get_session_auth_hash()
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return response or _asked_for_reset(user)

    def login(self, request: HttpRequest, user: Person) -> None:
        """Complete the sign-in, unless the password was changed between its steps; the browser is known from now on."""
        if not constant_time_compare(request.session.pop(MARK, ""), user.get_session_auth_hash()):
            raise ImmediateHttpResponse(redirect("account_login"))
        if (asked := _asked_for_reset(user)) is not None:
            raise ImmediateHttpResponse(asked)  # secured between the steps
        known = known_browsers.current(request, user)
        is_first = user.last_login is None
        super().login(request, user)
        guard.complete_sign_in(request, user, known)
        known_browsers.remember(request, user)
        methods = [record.get("type") or record["method"] for record in get_authentication_records(request, user)]
        sign_ins.signed_in(person=user, browser=browsers.browser(request), methods=methods, new=known is None)
        if known is None and not is_first:
            new_browser(person=user, browser=browsers.browser(request))

    def logout(self, request: HttpRequest) -> None:
        """Sign out, which the history shows."""
        if isinstance(request.user, Person):
            sign_ins.signed_out(person=request.user, browser=browsers.browser(request))
        super().logout(request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """allauth's mails, as messages of ours."""
        person, template = context["user"], MAILS[template_prefix]
        link = context.get("activate_url", "")
        if link:
            link = confirmation_link(context["key"], safe_next(self.request))
        send_mail(to=person, address=email, template=template, context=context, secret=link, secret_hint=link_hint())

    def send_notification_mail(
        self, template_prefix: str, user: Person, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Notices about the account, where they are ours to send."""
        if template_prefix in MAILS:
            self.send_mail(template_prefix, email or user.email, {"user": user, **(context or {})})


def _asked_for_reset(user: Person) -> HttpResponse | None:
    """Into a secured account leads only the mailbox: a link for a new password is mailed."""
    if not user.must_reset_password:
        return None
    ask_for_reset(email=user.email, standing=guard.Standing.GAVE_PASSWORD)
    return redirect("account_must_reset")


def link_hint() -> str:
    """What an account's messages show where a link stood."""
    return _("(a link, only in the mail)")


class SecondFactorAdapter(DefaultMFAAdapter):
    """Our answers to allauth's questions about second factors."""

    def encrypt(self, text: str) -> str:
        """Seal a seed, so that a copy of the tables yields no codes."""
        return base64.b64encode(encryption.seal(text.encode(), purpose=SEED)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed seed."""
        return encryption.unseal(base64.b64decode(encrypted_text), purpose=SEED).decode()

    def get_totp_issuer(self) -> str:
        """The vendor's name, as the authenticator shows it."""
        return str(settings.FRONTDESK_BRAND["name"])

    def build_totp_svg(self, url: str) -> str:
        """The QR code, dark on white in every theme, since cameras expect that."""
        drawn = io.BytesIO()
        segno.make(url, error="m").save(drawn, kind="svg", scale=5, border=4, light="#fff", xmldecl=False, nl=False)
        return drawn.getvalue().decode()

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """By the account's adapter."""
        AccountAdapter().send_notification_mail(*args, **kwargs)
