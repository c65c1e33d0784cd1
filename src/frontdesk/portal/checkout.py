"""What is chosen at the checkout: the plan's options, where the customer lives, a coupon; and what that costs."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.models import Person
from frontdesk.billing import quotes
from frontdesk.billing.errors import CouponUnknown, NotForSale
from frontdesk.billing.forms import CountryField
from frontdesk.billing.models import BillingDetails
from frontdesk.billing.quotes import Quote
from frontdesk.billing.views.common import network_country
from frontdesk.catalog.plans import Offer
from frontdesk.portal.shop import MOST_ADDED, Line


class CheckoutForm(forms.Form):
    """The options of an order. Everything has a value to begin with, so that the price can be said at once."""

    added_devices = forms.IntegerField(
        label=_("More devices"), min_value=0, max_value=MOST_ADDED, required=False, initial=0
    )
    country = CountryField(label=_("Your country"), help_text=_("The VAT of your country is part of the price."))
    coupon = forms.CharField(
        label=_("Coupon"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def __init__(self, data: Any, *, line: Line) -> None:
        super().__init__(data)
        if line.device_price is None:
            del self.fields["added_devices"]
            return
        self.fields["added_devices"].help_text = _("%(price)s each, on top of the plan's %(devices)s.") % {
            "price": line.device_price,
            "devices": line.version.device_limit,
        }

    def clean_added_devices(self) -> int:
        """Nothing typed is none."""
        return self.cleaned_data.get("added_devices") or 0


@dataclass(frozen=True)
class Choice:
    """What was chosen, as far as it makes sense."""

    line: Line
    currency: str
    country: str
    added_devices: int
    coupon: str
    auto_renew: bool
    is_trial: bool

    @property
    def query(self) -> str:
        """The choice as an address's query: it survives signing in, and a page that is loaded again."""
        query = QueryDict(mutable=True)
        query["currency"], query["country"] = self.currency, self.country
        if self.added_devices:
            query["added_devices"] = str(self.added_devices)
        if self.coupon:
            query["coupon"] = self.coupon
        if not self.auto_renew:
            query["renew"] = "no"
        if self.is_trial:
            query["trial"] = "1"
        return query.urlencode()

    def quote(self, *, with_coupon: bool = True) -> Quote:
        """What it costs. Raises NotForSale, CouponUnknown."""
        return quotes.new(
            version=self.line.version,
            added_devices=self.added_devices,
            currency=self.currency,
            country=self.country,
            coupon_code=self.coupon if with_coupon else "",
            trial=self.is_trial,
        )


def line_of(offer: Offer, currency: str) -> Line:
    """The plan in a currency it has a price in; the reference currency where it has none. Raises NotForSale."""
    price = offer.prices.get(currency) or offer.prices.get(offer.plan.product.reference_currency)
    if price is None:
        raise NotForSale
    return Line(offer, price)


def form_for(line: Line, given: QueryDict, country: str) -> CheckoutForm:
    """The form with what was given, and what we know where nothing was."""
    fields = {name: given[name] for name in ("added_devices", "country", "coupon") if given.get(name)}
    return CheckoutForm({"country": country, "added_devices": "0"} | fields, line=line)


def chosen(form: CheckoutForm, line: Line, given: QueryDict, *, is_trial: bool) -> Choice:
    """The choice in a form, wrong values left out. `given` has `renew=no` where it is to end by itself."""
    form.is_valid()
    clean = form.cleaned_data
    return Choice(
        line=line,
        currency=line.price.currency,
        country=clean.get("country", ""),
        added_devices=clean.get("added_devices", 0),
        coupon=clean.get("coupon", "").strip(),
        auto_renew=given.get("renew") != "no",
        is_trial=is_trial,
    )


def quoted(choice: Choice, form: CheckoutForm) -> Quote:
    """What the choice costs; a coupon that cannot be used is said beside its field, and left out. Raises NotForSale."""
    try:
        return choice.quote()
    except CouponUnknown as refusal:
        form.add_error("coupon", f"{refusal.reason.title}. {refusal.reason.detail}")
        return choice.quote(with_coupon=False)


def likely_country(request: HttpRequest, person: Person | None) -> str:
    """Where a customer seems to live: by their invoice details, the network, or the browser's language; else empty."""
    details = BillingDetails.objects.filter(person=person).first() if person else None
    return (details.country if details else "") or network_country(request) or _spoken_country(request)


def _spoken_country(request: HttpRequest) -> str:
    first = request.headers.get("Accept-Language", "").partition(",")[0].partition(";")[0].strip()
    region = first.rpartition("-")[2] if "-" in first else ""
    return region.upper() if len(region) == 2 and region.isalpha() else ""
