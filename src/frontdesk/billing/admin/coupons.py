"""Coupons: made and stopped; what was given is never changed."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from frontdesk.billing import coupons
from frontdesk.billing.models import Coupon, CouponKind
from frontdesk.core import clock, money
from frontdesk.core.actors import Actor
from frontdesk.core.backoffice import BackOfficeAdmin, Deed, ReasonedModelForm
from frontdesk.core.money import Money


class CouponForm(ReasonedModelForm):
    """A percentage or an amount, for whom and how long. Money is written with its currency, as the prices of plans."""

    amount = forms.CharField(
        label=_("amount"), required=False, max_length=30, help_text=_("With its currency, such as “EUR 5.00”.")
    )
    currency = forms.CharField(
        label=_("currency"),
        required=False,
        max_length=3,
        help_text=_("Only of a percentage that counts in one currency alone. An amount has its own."),
    )

    class Meta:
        model = Coupon
        fields = (
            "code",
            "kind",
            "percent",
            "currency",
            "is_forever",
            "product",
            "max_uses",
            "valid_until",
        )

    def clean_code(self) -> str:
        """As it is kept."""
        return "".join(str(self.cleaned_data["code"]).split()).upper()

    def clean_percent(self) -> int | None:
        """Up to everything."""
        percent: int | None = self.cleaned_data["percent"]
        if percent is not None and not 1 <= percent <= 100:
            raise ValidationError(_("A percentage is between 1 and 100."))
        return percent

    def clean_amount(self) -> Money | None:
        """As it is kept."""
        written = str(self.cleaned_data["amount"]).strip()
        if not written:
            return None
        try:
            amount = money.parse_with_currency(written)
        except ValueError:
            raise ValidationError(_("Write an amount with its currency, such as “EUR 5.00”.")) from None
        if not amount.minor:
            raise ValidationError(_("The amount must be more than nothing."))
        return amount

    def clean_currency(self) -> str:
        """In capitals."""
        currency = str(self.cleaned_data["currency"]).strip().upper()
        if currency and not money.is_currency(currency):
            raise ValidationError(_("There is no such currency. It is written with three letters, such as EUR."))
        return currency

    def clean(self) -> dict[str, Any]:
        """What the kind needs, and nothing of the other one."""
        data = super().clean() or {}
        needed, other = ("percent", "amount") if data.get("kind") == CouponKind.PERCENT else ("amount", "percent")
        if not data.get(needed) and needed not in self.errors:
            self.add_error(needed, _("This kind of coupon needs it."))
        if data.get(other):
            self.add_error(other, _("This kind of coupon has none."))
        amount = data.get("amount")
        if amount and data.get("currency") not in {"", None, amount.currency}:
            self.add_error("currency", _("The amount is in another currency."))
        until = data.get("valid_until")
        if until and until <= clock.now():
            raise ValidationError({"valid_until": _("That moment is past.")})
        return data


def _stop(actor: Actor, coupon: Coupon, data: Mapping[str, Any]) -> None:
    coupons.stop(actor=actor, coupon=coupon)


@admin.register(Coupon)
class CouponAdmin(BackOfficeAdmin):
    """Every coupon there was."""

    adds = True
    form = CouponForm
    list_display = ("code", "value", "product", "used", "valid_until", "state")
    search_fields = ("code",)
    list_select_related = ("product",)
    fields = (
        "code",
        "kind",
        "percent",
        "amount",
        "currency",
        "is_forever",
        "product",
        "max_uses",
        "valid_until",
        "reason",
    )
    deeds = (
        Deed(
            name="stop",
            label=_("Stop"),
            permission="billing.change_coupon",
            run=_stop,
            done=_("The coupon is stopped."),
            warning=_("Nobody new can use it. Orders and subscriptions that hold it keep it."),
            icon="block",
            applies=lambda coupon: coupon.stopped_at is None,
        ),
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Beside what it was made with, what became of it."""
        made_with = ("code", "value", "currency", "is_forever", "product", "max_uses", "valid_until")
        return (*made_with, "uses", "created_at", "stopped_at") if obj else self.fields

    @admin.display(description=_("value"))
    def value(self, coupon: Coupon) -> str:
        """The percentage or the amount."""
        if coupon.kind == CouponKind.PERCENT:
            return f"{coupon.percent} %"
        return str(Money(coupon.amount_minor or 0, coupon.currency))

    @admin.display(description=_("used"))
    def used(self, coupon: Coupon) -> str:
        """How often, of how often."""
        return f"{coupon.uses} / {coupon.max_uses}" if coupon.max_uses else str(coupon.uses)

    @admin.display(description=_("state"))
    def state(self, coupon: Coupon) -> str:
        """Whether it can be used."""
        if coupon.stopped_at:
            return str(_("Stopped %(date)s")) % {"date": date_format(coupon.stopped_at)}
        if coupon.valid_until and coupon.valid_until <= clock.now():
            return str(_("Over"))
        return str(_("Used up")) if coupon.max_uses and coupon.uses >= coupon.max_uses else str(_("Valid"))

    def save_by_verb(self, *, actor: Actor, obj: Coupon, form: Any, change: bool) -> Model:
        """Make it."""
        data = {name: value for name, value in form.cleaned_data.items() if name not in {"reason", "kind", "amount"}}
        if amount := form.cleaned_data["amount"]:
            data |= {"amount_minor": amount.minor, "currency": amount.currency}
        return coupons.create(actor=actor, **data)
