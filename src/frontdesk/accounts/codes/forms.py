"""Forms around one-time codes and phone numbers."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from frontdesk.accounts import codes
from frontdesk.accounts.adapter import locked_text
from frontdesk.accounts.codes import Outcome
from frontdesk.accounts.forms import email_field
from frontdesk.accounts.models import OneTimeCode, Person, Purpose
from frontdesk.accounts.sms import numbers
from frontdesk.core import clock
from frontdesk.core.errors import TooManyAttempts
from frontdesk.core.reasons import Refusal

WRONG = {
    Outcome.WRONG: _("This is not the code. Compare it with the newest message: an earlier one no longer counts."),
    Outcome.UNREADABLE: _("The code has eight digits, such as 1234 5678."),
    Outcome.OVER: _("This code no longer works: it was used, is too old, or was mistyped too often. Ask for another."),
}


def wait_text(error: Refusal) -> str:
    """When the next code may be asked for, in words."""
    minutes = -(-(error.wait_seconds(clock.real_now()) or 60) // 60)
    return ngettext(
        "We sent several codes there already, so the next one has to wait for %(n)d minute. The newest one counts.",
        "We sent several codes there already, so the next one has to wait for %(n)d minutes. The newest one counts.",
        minutes,
    ) % {"n": minutes}


class AskCodeForm(forms.Form):
    """Which address a code is mailed to."""

    email = email_field()

    def clean_email(self) -> str:
        """Addresses are kept in lower case."""
        return str(self.cleaned_data["email"]).strip().lower()


class OneTimeCodeForm(forms.Form):
    """A code that was sent: one field, which takes it typed or pasted, alone or within the message."""

    code = forms.CharField(
        label=_("Code"),
        max_length=1000,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "placeholder": "1234 5678",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )

    def __init__(
        self, *args: Any, request: HttpRequest, purpose: Purpose, person: Person | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.purpose, self.person = request, purpose, person
        self.found: OneTimeCode | None = None

    def clean_code(self) -> str:
        """Check the code, which uses it up; `found` is its row. Raises ValidationError with what to do."""
        typed = str(self.cleaned_data["code"])
        try:
            checked = codes.try_code(self.request, purpose=self.purpose, text=typed, person=self.person)
        except TooManyAttempts as error:
            seconds = int(str(error.members["retry_after"]))
            text = locked_text(seconds, reset_helps=self.purpose == Purpose.SIGN_IN)
            raise ValidationError(text, code="locked", params={"seconds": seconds}) from None
        self.found = checked.code
        if checked.code is None:
            raise ValidationError(WRONG[checked.outcome], code=checked.outcome)
        return typed


class PhoneForm(forms.Form):
    """A phone number, with or without its country code."""

    country = forms.ChoiceField(
        label=_("Country"),
        required=False,
        help_text=_("Not needed where the number begins with + and the country code."),
    )
    number = forms.CharField(
        label=_("Mobile number"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel", "placeholder": "+49 171 3920012"}
        ),
    )

    def __init__(self, *args: Any, language: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country: Any = self.fields["country"]
        country.choices = [("", _("Choose")), *numbers.countries()]
        country.initial = numbers.likely_country(language)

    def clean(self) -> dict[str, Any]:
        """The number as E.164 in `number`."""
        data = super().clean() or {}
        if data.get("number"):
            try:
                data["number"] = numbers.normalise(data["number"], data.get("country", ""))
            except numbers.NumberUnreadable:
                self.add_error("number", _("We cannot read this number. Begin it with + and the country code."))
            except numbers.NumberUnreached:
                self.add_error("number", _("We cannot send SMS to this number. Give a mobile number."))
        return data
