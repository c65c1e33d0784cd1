"""The second factor: the second step of signing in, setting up, removing, recovery codes."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base.views import AuthenticateView, ReauthenticateView
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.internal import flows
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from frontdesk.accounts.forms import ActivateForm, AuthenticateForm, ReauthenticateCodeForm
from frontdesk.accounts.messages.sending import send_mail
from frontdesk.accounts.second_factor import remember_counter
from frontdesk.accounts.views.common import safe_next
from frontdesk.core import audit
from frontdesk.core.actors import Actor


class Authenticate(AuthenticateView):
    """The second step of signing in."""

    template_name = "accounts/second_factor/authenticate.html"

    def get_form_class(self) -> type[AuthenticateForm]:
        """Ours."""
        return AuthenticateForm


class ReauthenticateByCode(ReauthenticateView):
    """The second factor again, before something that matters."""

    template_name = "accounts/second_factor/reauthenticate.html"

    def get_form_class(self) -> type[ReauthenticateCodeForm]:
        """Ours."""
        return ReauthenticateCodeForm


class Activate(ActivateTOTPView):
    """Set up an authenticator: scan, type the first code, keep the recovery codes."""

    template_name = "accounts/second_factor/activate.html"

    def get_form_class(self) -> type[ActivateForm]:
        """Ours."""
        return ActivateForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The seed in groups of four, for typing."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        secret = context["form"].secret
        groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
        return context | {"secret_groups": groups, "next": safe_next(self.request)}

    def form_valid(self, form: ActivateForm) -> HttpResponse:
        """Turn it on; the code just typed counts as used, and this session as proved."""
        with transaction.atomic():
            authenticator, _codes = flows.activate_totp(self.request, form)
            remember_counter(authenticator, form.counter)
            _record("second_factor.added", form.user.pk)
            send_mail(to=form.user, template="accounts/second_factor_added", context={})
        record_authentication(self.request, form.user, "mfa", id=authenticator.pk, type=authenticator.type)
        wanted = safe_next(self.request)
        query = f"?{urlencode({'next': wanted})}" if wanted else ""
        return HttpResponseRedirect(reverse("mfa_view_recovery_codes") + query)


class Deactivate(DeactivateTOTPView):
    """Remove the authenticator."""

    template_name = "accounts/second_factor/deactivate.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """Turn it off."""
        response: HttpResponse = super().form_valid(form)
        _record("second_factor.removed", self.request.user.pk)
        return response


class RecoveryCodes(ViewRecoveryCodesView):
    """The recovery codes that are left."""

    template_name = "accounts/second_factor/recovery_codes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """In groups of five, for reading."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        groups = [" ".join(code[at : at + 5] for at in range(0, len(code), 5)) for code in context["unused_codes"]]
        return context | {"codes": groups, "next": safe_next(self.request)}


class NewRecoveryCodes(GenerateRecoveryCodesView):
    """New recovery codes; the old ones stop working."""

    template_name = "accounts/second_factor/new_recovery_codes.html"


def _record(action: str, person: Any) -> None:
    audit.record(actor=Actor.customer(person), action=action, subject_type="person", subject=person, person=person)
