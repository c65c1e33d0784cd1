"""The form of the bank's page. What is typed as a card's number is compared and forgotten, never shown again."""

import re
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontdesk.billing.providers.sandbox import cards

MONTH = re.compile(r"(0[1-9]|1[0-2])\s*/\s*(?:20)?(\d\d)")


class NumberInput(forms.TextInput):
    """Never shows a value: should somebody type a real card here, it comes back to nobody."""

    def format_value(self, value: Any) -> str | None:
        """Nothing."""
        return None


class CardForm(forms.Form):
    """A test card: its number, and until when it is good (some years from now when left out)."""

    number = forms.CharField(
        label=_("Number of a test card"),
        help_text=_("Never enter a real card: this bank knows only the cards listed below."),
        max_length=40,
        widget=NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter the number of a test card, or choose one below.")},
    )
    expires = forms.CharField(
        label=_("Expires (MM/YY)"),
        max_length=9,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "placeholder": "MM/YY"}),
    )
    turn = forms.IntegerField(min_value=0, widget=forms.HiddenInput())

    def __init__(self, data: Any = None, *, moment: datetime, turn: int = 0) -> None:
        super().__init__(data, initial={"turn": turn})
        self._moment = moment

    def clean_number(self) -> cards.TestCard:
        """The card with this number."""
        card = cards.BY_NUMBER.get(re.sub(r"[\s-]", "", self.cleaned_data["number"]))
        if card is None:
            raise forms.ValidationError(_("This is none of the test cards. Choose one from the list below."))
        return card

    def clean_expires(self) -> tuple[int, int]:
        """Month and year."""
        typed = self.cleaned_data["expires"]
        if not typed:
            return self._moment.month, self._moment.year + cards.KEPT_YEARS
        match = MONTH.fullmatch(typed.strip())
        if not match:
            raise forms.ValidationError(_("Enter month and year, such as 09/30."))
        month, year = int(match[1]), 2000 + int(match[2])
        if (year, month) < (self._moment.year, self._moment.month):
            raise forms.ValidationError(_("This month is over. Enter a later one."))
        return month, year
