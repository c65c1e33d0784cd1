"""The forms of the account pages."""

from typing import Any

from allauth.account import forms as account
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontdesk.accounts.models import Person


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
