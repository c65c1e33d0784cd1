"""The form of the invoice details."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontdesk.billing.details import FIELDS
from frontdesk.billing.forms import CountryField
from frontdesk.billing.models import BillingDetails

_VAT_ID = re.compile(r"[A-Z]{2}[0-9A-Z+*]{2,13}")


class DetailsForm(forms.ModelForm):  # type: ignore[type-arg] # django-stubs makes it generic, Django does not
    """What stands on invoices; everything may be left empty."""

    country = CountryField(required=False)

    class Meta:
        model = BillingDetails
        fields = FIELDS
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "company": forms.TextInput(attrs={"autocomplete": "organization"}),
            "street": forms.TextInput(attrs={"autocomplete": "address-line1"}),
            "postcode": forms.TextInput(attrs={"autocomplete": "postal-code"}),
            "city": forms.TextInput(attrs={"autocomplete": "address-level2"}),
        }
        help_texts = {"vat_id": _("With the letters of the country in front, such as DE123456789.")}

    def clean_vat_id(self) -> str:
        """Without spaces and dots, in capitals; only its form is checked here."""
        typed = re.sub(r"[\s.-]", "", str(self.cleaned_data.get("vat_id") or "")).upper()
        if typed and not _VAT_ID.fullmatch(typed):
            raise forms.ValidationError(
                _("A VAT number begins with the two letters of its country, followed by up to 13 digits or letters.")
            )
        return typed

    def clean(self) -> dict[str, Any]:
        """A VAT number belongs to a company."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("vat_id") and not values.get("company"):
            self.add_error("company", _("Enter the company that the VAT number belongs to."))
        return values
