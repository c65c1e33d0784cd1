"""Forms around the second factor: codes, passkeys, setting up an authenticator."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.internal.flows.add import validate_can_add_authenticator
from allauth.mfa.totp.internal.auth import get_totp_secret
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontdesk.accounts import guard
from frontdesk.accounts.adapter import locked_text
from frontdesk.accounts.codes.forms import OneTimeCodeForm
from frontdesk.accounts.factors import passkeys, second_factor
from frontdesk.accounts.factors.passkeys import NAME_LENGTH
from frontdesk.accounts.factors.ways import Way
from frontdesk.accounts.models import Person, Purpose
from frontdesk.accounts.services.second_factors import recovery_code_used
from frontdesk.core.errors import TooManyAttempts


def code_field() -> forms.CharField:
    """A code from the authenticator, or a recovery code."""
    attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
    return forms.CharField(label=gettext_lazy("Code"), max_length=40, widget=forms.TextInput(attrs=attrs))


class CodeMixin(forms.Form):
    """A code of the second factor, accepted once, guessed at only a few times."""

    user: Person

    def clean_code(self) -> str:
        """Use up the code. Raises ValidationError for a wrong one and after too many."""
        code = str(self.cleaned_data["code"])
        try:
            accepted = second_factor.accept_code(self.user, code, context.request)
        except TooManyAttempts as error:
            seconds = int(str(error.members["retry_after"]))
            text = locked_text(seconds, reset_helps=False)
            raise ValidationError(text, code="locked", params={"seconds": seconds}) from None
        if accepted is None:
            raise ValidationError(
                _("This code is wrong or was used already. An authenticator shows another one within 30 seconds."),
                code="wrong",
            )
        self.authenticator = accepted
        return code


class PersonFormMixin(forms.Form):
    """A form about this person, in this request."""

    def __init__(self, *args: Any, user: Person, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.request = user, request


class FactorCodeForm(CodeMixin, PersonFormMixin):
    """A code of the authenticator, or a recovery code."""

    code = code_field()

    def record(self, **how: bool) -> None:
        """Note in the session that it was shown."""
        second_factor.note_use(self.request, self.authenticator, **how)
        if self.authenticator.type == Way.RECOVERY:
            recovery_code_used(person=self.user)


class SentCodeForm(OneTimeCodeForm):
    """A code that was sent to the person for this sign-in."""

    def __init__(self, *args: Any, user: Person, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, request=request, purpose=Purpose.SECOND_STEP, person=user, **kwargs)

    def record(self) -> None:
        """Note in the session by which way it came."""
        assert self.found is not None  # noqa: S101 - the form is valid
        record_authentication(self.request, self.person, "mfa", type=self.found.channel)


class PasskeyForm(PersonFormMixin):
    """A passkey that the browser has shown."""

    credential = forms.CharField(max_length=passkeys.LONGEST, widget=forms.HiddenInput)

    def clean_credential(self) -> str:
        """Check it. Raises ValidationError."""
        text = str(self.cleaned_data["credential"])
        try:
            self.authenticator = passkeys.finish_showing(self.request, self.user, text)
        except passkeys.NotAccepted:
            raise ValidationError(_("This passkey was not accepted. Please try again."), code="wrong") from None
        return text

    def record(self, **how: bool) -> None:
        """Note in the session that it was shown."""
        post_authentication(self.request, self.authenticator, **how)


class NewPasskeyForm(PersonFormMixin):
    """A passkey that the browser has made, and its name."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=NAME_LENGTH,
        help_text=gettext_lazy("So that you know it again, such as “laptop” or “blue key”."),
    )
    credential = forms.CharField(max_length=passkeys.LONGEST, widget=forms.HiddenInput)

    def clean_credential(self) -> str:
        """Check it. Raises ValidationError."""
        text = str(self.cleaned_data["credential"])
        try:
            self.made = passkeys.finish_adding(self.request, self.user, text)
        except passkeys.NotAccepted:
            raise ValidationError(_("This passkey was not accepted. Please try again."), code="wrong") from None
        return text


class PasskeyNameForm(forms.Form):
    """Another name for a passkey."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=NAME_LENGTH)


class ActivateForm(forms.Form):
    """The first code of a new authenticator."""

    code = code_field()

    def __init__(self, *args: Any, user: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.secret = str(get_totp_secret(regenerate=not self.is_bound))
        self.counter = 0

    def clean_code(self) -> str:
        """Check that the authenticator makes the right codes. Raises ValidationError."""
        validate_can_add_authenticator(self.user)
        code = str(self.cleaned_data["code"])
        try:
            with guard.guess_second_factor(self.user.pk, context.request) as guess:
                counter = second_factor.matching_counter(self.secret, code)
                if counter is not None:
                    guess.right()
        except TooManyAttempts as error:
            text = locked_text(int(str(error.members["retry_after"])), reset_helps=False)
            raise ValidationError(text, code="locked") from None
        if counter is None:
            raise ValidationError(_("This is not the code your authenticator should show now."), code="wrong")
        self.counter = counter
        return code
