"""The forms of the account pages."""

from typing import Any

from allauth.account import forms as account
from allauth.core import context
from allauth.mfa.base import forms as mfa
from allauth.mfa.internal.flows.add import validate_can_add_authenticator
from allauth.mfa.totp.internal.auth import get_totp_secret
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontdesk.accounts import guard, second_factor
from frontdesk.accounts.adapter import locked_text
from frontdesk.accounts.models import Person
from frontdesk.core.errors import TooManyAttempts


def email_field() -> forms.EmailField:
    """An e-mail address."""
    return forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}),
    )


def password_field(label: Any, *, new: bool) -> forms.CharField:
    """A password, taken as typed."""
    help_text = " ".join(password_validators_help_texts()).strip() if new else ""
    autocomplete = "new-password" if new else "current-password"
    return forms.CharField(
        label=label,
        strip=False,
        max_length=1000,
        help_text=help_text,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )


def code_field() -> forms.CharField:
    """A code from the authenticator, or a recovery code."""
    attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
    return forms.CharField(label=gettext_lazy("Code"), max_length=40, widget=forms.TextInput(attrs=attrs))


class NewPasswordMixin(forms.Form):
    """A new password, typed once (it can be shown) and checked against the rules."""

    person: Person | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = password_field(_("New password"), new=True)

    def checked_for(self) -> Person:
        """Whose password it becomes."""
        return self.person or Person(email=str(self.cleaned_data.get("email", "")).lower())

    def clean(self) -> dict[str, Any]:
        """Check the password when the rest is known."""
        data = super().clean() or {}
        if "password" in data:
            try:
                validate_password(data["password"], self.checked_for())
            except ValidationError as error:
                self.add_error("password", error)
        return data


class SignUpForm(NewPasswordMixin):
    """A new account."""

    email = email_field()
    field_order = ("email", "password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Password")
        self.order_fields(self.field_order)


class AskResetForm(forms.Form):
    """Which account's password was forgotten."""

    email = email_field()


class ResetForm(NewPasswordMixin):
    """The new password behind a mailed link."""

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person


class InvitationForm(NewPasswordMixin):
    """Name and password of somebody who becomes staff."""

    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person


class ChangePasswordForm(NewPasswordMixin):
    """The old and the new password of somebody who is signed in."""

    field_order = ("oldpassword", "password")

    def __init__(self, *args: Any, user: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = user
        self.fields["oldpassword"] = password_field(_("Present password"), new=False)
        self.order_fields(self.field_order)

    def clean_oldpassword(self) -> str:
        """Check the present password, by the same throttle as signing in."""
        password = str(self.cleaned_data["oldpassword"])
        if not account.get_adapter().reauthenticate(self.person, password):
            raise ValidationError(_("This is not your present password."), code="wrong")
        return password


class SignInForm(account.LoginForm):
    """allauth's, with our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = email_field()
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["password"] = password_field(_("Password"), new=False)

    def clean_login(self) -> str:
        """Addresses are kept in lower case."""
        return str(self.cleaned_data["login"]).strip().lower()

    @property
    def is_locked(self) -> bool:
        """Whether a lock refused this attempt."""
        return bool(self.is_bound and self.has_error("__all__", "locked"))

    @property
    def locked_seconds(self) -> int:
        """How long that lock lasts; 0 is until a reset."""
        errors = self.non_field_errors().as_data() if self.is_bound else []
        return max((int(error.params["seconds"]) for error in errors if error.code == "locked"), default=0)


class ReauthenticateForm(account.ReauthenticateForm):
    """allauth's, with our field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = password_field(_("Password"), new=False)


class ChangeAddressForm(forms.Form):
    """Which address an account shall have instead of its present one."""

    email = email_field()

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["email"].label = _("New e-mail address")

    def clean_email(self) -> str:
        """Addresses are kept in lower case. Raises ValidationError for the present one."""
        address = str(self.cleaned_data["email"]).strip().lower()
        if address == self.person.email:
            raise ValidationError(_("This is your address already."), code="same")
        return address


class CodeMixin(forms.Form):
    """A code of the second factor, accepted once, guessed at only a few times."""

    user: Person

    def clean_code(self) -> str:
        """Use up the code. Raises ValidationError for a wrong one and after too many."""
        code = str(self.cleaned_data["code"])
        try:
            accepted = second_factor.accept_code(self.user, code, context.request)
        except TooManyAttempts as error:
            raise ValidationError(locked_text(int(str(error.members["retry_after"]))), code="locked") from None
        if accepted is None:
            raise ValidationError(_("This code is wrong or was used already. Wait for the next one."), code="wrong")
        self.authenticator = accepted
        return code


class AuthenticateForm(CodeMixin, mfa.AuthenticateForm):
    """The second step of signing in."""

    code = code_field()


class ReauthenticateCodeForm(CodeMixin, mfa.ReauthenticateForm):
    """Showing the second factor again."""

    code = code_field()


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
            raise ValidationError(locked_text(int(str(error.members["retry_after"]))), code="locked") from None
        if counter is None:
            raise ValidationError(_("This is not the code your authenticator should show now."), code="wrong")
        self.counter = counter
        return code
