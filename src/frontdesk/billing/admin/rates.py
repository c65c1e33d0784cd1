"""Rates of tax: a new rate from a day on is a new row; invoices keep the rate that they were issued with."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from frontdesk.billing import taxes
from frontdesk.billing.models import TaxRate
from frontdesk.core.actors import Actor
from frontdesk.core.backoffice import BackOfficeAdmin, ReasonedModelForm


class TaxRateForm(ReasonedModelForm):
    """A country, a rate, and from when on it counts."""

    class Meta:
        model = TaxRate
        fields = ("country", "rate", "valid_from")

    def clean_country(self) -> str:
        """In capitals."""
        return str(self.cleaned_data["country"]).upper()


@admin.register(TaxRate)
class TaxRateAdmin(BackOfficeAdmin):
    """All rates, past, present and to come."""

    saves = adds = True
    form = TaxRateForm
    list_display = ("country", "percent", "valid_from")
    list_filter = ("country",)
    search_fields = ("country",)
    fields = ("country", "rate", "valid_from", "reason")

    @admin.display(description=_("rate"), ordering="rate")
    def percent(self, rate: TaxRate) -> str:
        """In percent."""
        return f"{rate.rate / 100:g} %"

    def save_by_verb(self, *, actor: Actor, obj: TaxRate, form: Any, change: bool) -> Model:
        """Enter it, or correct it."""
        data = {name: form.cleaned_data[name] for name in ("country", "rate", "valid_from")}
        return taxes.enter(actor=actor, known=TaxRate.objects.get(pk=obj.pk) if change else None, **data)
