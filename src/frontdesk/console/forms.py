"""Forms of the desk. Each ends with the reason, and carries a key with which a second press changes nothing."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from frontdesk.core import money

REASON_HINT = _("Stands in the audit, and the customer can read it. A conversation's number is a good reason.")


class FindForm(forms.Form):
    """What somebody tells of themselves or of a charge."""

    q = forms.CharField(
        label=_("Address, name, order, invoice, licence"),
        max_length=200,
        help_text=_("Or what the bank statement says: last four digits, amount, day, such as 4242 39.95 2026-11-30"),
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off", "spellcheck": "false"}),
    )


class ReasonForm(forms.Form):
    """At least the reason; `once` is the same for every press of one page's button."""

    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["once"].initial = uuid4
        self.fields["reason"] = forms.CharField(label=_("Reason"), max_length=500, help_text=REASON_HINT)


class AmountField(forms.CharField):
    """An amount as people write it, in a currency that is known when the form is made; cleans to minor units."""

    currency = ""

    def to_python(self, value: Any) -> Any:
        """Minor units."""
        text = super().to_python(value)
        if not text:
            return None
        try:
            found = money.parse(text, self.currency)
        except ValueError:
            raise ValidationError(_("Write an amount such as 12.50.")) from None
        if found.minor <= 0:
            raise ValidationError(_("The amount must be more than nothing."))
        return found.minor

    def run_validators(self, value: Any) -> None:
        """Those of texts do not fit."""


class RefundForm(ReasonForm):
    """How much goes back, and whether what was paid for goes too."""

    amount = AmountField(label=_("Amount"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    takes_back = forms.BooleanField(
        label=_("Take back what it paid for"),
        required=False,
        help_text=_("The time that it bought ends and its devices stop. Without this the customer keeps it."),
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["amount"]
        assert isinstance(field, AmountField)  # noqa: S101 - declared above
        field.currency = currency
        field.label = _("Amount in %s") % currency


class MakeGoodForm(ReasonForm):
    """How the customer gets what a bank sent back."""

    OTHERWISE, CREDIT = "otherwise", "credit"
    way = forms.ChoiceField(
        label=_("How"),
        choices=[(OTHERWISE, _("It was sent in another way, such as a bank transfer")), (CREDIT, _("As credit"))],
        widget=forms.RadioSelect,
    )
    agreed = forms.IntegerField(widget=forms.HiddenInput, min_value=0)  # what the page said is owed, in minor units
    field_order = ("way", "reason")


class GiveUpForm(ReasonForm):
    """Over which difference a payment is given up: as the page said it."""

    agreed = forms.CharField(widget=forms.HiddenInput, max_length=80, required=False)


class CreditForm(ReasonForm):
    """How much, in which of the currencies that are sold in."""

    amount = AmountField(label=_("Amount"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    currency = forms.ChoiceField(label=_("Currency"))
    field_order = ("currency", "amount", "reason")

    def __init__(self, *args: Any, currencies: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice, amount = self.fields["currency"], self.fields["amount"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - declared above
        assert isinstance(amount, AmountField)  # noqa: S101 - declared above
        choice.choices = [(currency, currency) for currency in currencies]
        typed = str(self.data.get("currency", ""))
        amount.currency = typed if typed in currencies else currencies[0]
