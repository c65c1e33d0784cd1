"""Forms for people who are not signed in: declare a withdrawal or cancellation, ask about a charge."""

from datetime import date, timedelta

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from frontdesk.billing import lookups
from frontdesk.core import clock

OLDEST = timedelta(days=3653)  # statements are not kept for longer
# The receipt repeats both to an address that anybody may have typed: it shall not carry a stranger's advertisement.
NO_LINK = RegexValidator(
    r"://|www\.|\.[a-z]{2,}/|@", _("Leave out addresses of pages and mails here."), inverse_match=True
)


class DeclarationForm(forms.Form):
    """What the law lets us ask: who, which contract, where the receipt goes."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=100,
        validators=[NO_LINK],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name.")},
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("The one you ordered with, if you still have it. The receipt goes there."),
        max_length=254,
        error_messages={
            "required": _("Enter the address that the receipt shall go to."),
            "invalid": _("This does not look like an e-mail address."),
        },
    )
    contract = forms.CharField(
        label=_("Which contract"),
        help_text=_("The number of the order or invoice. If you do not have one, say what you bought."),
        max_length=100,
        validators=[NO_LINK],
        error_messages={"required": _("Say which contract you mean.")},
    )
    note = forms.CharField(
        label=_("What else you want to say"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ChargeForm(forms.Form):
    """Three things that stand on every bank statement."""

    last4 = forms.CharField(
        label=_("Last four digits of the card"),
        max_length=4,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        validators=[RegexValidator(r"^[0-9]{4}$", _("Enter the last four digits, and no others."))],
        error_messages={"required": _("Enter the last four digits of the card.")},
    )
    amount = forms.CharField(
        label=_("Amount"),
        help_text=_("As it stands on the statement, such as 39.95."),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"required": _("Enter the amount.")},
    )
    day = forms.DateField(
        label=_("Date"),
        help_text=_("A day more or less does not matter."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Enter the date of the charge."), "invalid": _("Enter a date.")},
    )

    def clean_amount(self) -> str:
        """The amount as typed, if it can be one."""
        typed: str = self.cleaned_data["amount"]
        if not lookups.amounts(typed):
            raise forms.ValidationError(_("Enter an amount, such as 39.95."))
        return typed

    def clean_day(self) -> date:
        """A day in the past, as far as statements go back."""
        day: date = self.cleaned_data["day"]
        today = clock.now().date()
        if day > today + timedelta(days=1):
            raise forms.ValidationError(_("This day is still to come."))
        if day < today - OLDEST:
            raise forms.ValidationError(_("Enter a day of the last ten years."))
        return day
