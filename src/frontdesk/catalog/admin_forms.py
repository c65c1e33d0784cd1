"""Forms of the catalogue's pages in the back office."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from frontdesk.catalog import plans, releases
from frontdesk.catalog.models import Plan, PlanVersion, Platform, Product, Release
from frontdesk.core import money
from frontdesk.core.backoffice import ReasonedModelForm, ReasonForm
from frontdesk.core.errors import RequestInvalid
from frontdesk.core.money import Money

NUMBERS = (
    "device_limit",
    "term_months",
    "code_days",
    "grace_days",
    "lease_days",
    "offline_lease_days",
    "swap_limit",
    "trial_days",
)
LEAST_ONE = ("device_limit", "term_months", "code_days", "lease_days")
_NOT_A_PRICE = _(
    "Write one price on a line, such as “EUR 39.95”: each currency once, with no more decimals than it has."
)


def parse_prices(text: str) -> dict[str, int]:
    """Minor units by currency, from one price on a line such as `EUR 39.95`. Raises ValidationError."""
    prices: dict[str, int] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        try:
            price = money.parse_with_currency(line)
        except ValueError:
            raise ValidationError(_NOT_A_PRICE) from None
        if price.currency in prices or price.minor >= 2**31:
            raise ValidationError(_NOT_A_PRICE)
        prices[price.currency] = price.minor
    return prices


def write_prices(version: PlanVersion) -> str:
    """The inverse of `parse_prices`."""
    return "\n".join(f"{price.currency} {price.money.major}" for price in version.prices.order_by("currency"))


def write_device_prices(version: PlanVersion) -> str:
    """The same for one more device, in the currencies in which some can be added."""
    return "\n".join(
        f"{currency} {Money(minor, currency).major}" for currency, minor in sorted(_device_prices(version).items())
    )


def _device_prices(version: PlanVersion) -> dict[str, int]:
    return {price.currency: price.device_minor for price in version.prices.all() if price.device_minor is not None}


class ProductForm(ReasonedModelForm):
    """A product."""

    class Meta:
        model = Product
        fields = ("name", "slug", "tagline", "description", "icon", "reference_currency", "is_listed")

    def clean_reference_currency(self) -> str:
        """Three capital letters."""
        currency = str(self.cleaned_data["reference_currency"]).upper()
        if not money.is_currency(currency):
            raise ValidationError(_("There is no such currency. It is written with three letters, such as EUR."))
        return currency


class PlanForm(ReasonedModelForm):
    """A plan, and what its newest version contains."""

    device_limit = forms.IntegerField(label=_("devices"), min_value=1, max_value=100_000)
    term_months = forms.IntegerField(label=_("term of an order, months"), min_value=1, max_value=1200, initial=12)
    code_days = forms.IntegerField(label=_("term of a code, days"), min_value=1, max_value=36_500, initial=365)
    grace_days = forms.IntegerField(label=_("grace, days"), min_value=0, max_value=3650, initial=14)
    lease_days = forms.IntegerField(label=_("lease, days"), min_value=1, max_value=3650, initial=14)
    offline_lease_days = forms.IntegerField(label=_("offline lease, days"), min_value=1, max_value=3650, initial=90)
    swap_limit = forms.IntegerField(label=_("swaps in 30 days"), min_value=0, max_value=100_000, initial=4)
    prices = forms.CharField(
        label=_("prices"),
        widget=forms.Textarea,
        help_text=_("For one term, tax included; one price on a line, such as “EUR 39.95”."),
    )
    device_prices = forms.CharField(
        label=_("price of one more device"),
        widget=forms.Textarea,
        required=False,
        help_text=_("For one term, tax included, in the same way. Without one, no devices can be added."),
    )
    trial_days = forms.IntegerField(
        label=_("trial, days"),
        min_value=0,
        max_value=90,
        initial=0,
        help_text=_("How long the plan can be tried before the first charge; 0: not at all."),
    )
    features = forms.CharField(
        label=_("features"), required=False, help_text=_("Words the product understands, separated by commas.")
    )

    class Meta:
        model = Plan
        fields = ("product", "slug", "name", "is_listed", "position")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plan = self.instance
        assert isinstance(plan, Plan)  # noqa: S101 - tells the type checker
        self.newest = plans.current(plan)
        if self.newest:
            for name in NUMBERS:
                self.initial[name] = getattr(self.newest, name)
            self.initial["prices"] = write_prices(self.newest)
            self.initial["device_prices"] = write_device_prices(self.newest)
            self.initial["features"] = ", ".join(self.newest.features)

    def clean_prices(self) -> dict[str, int]:
        """Minor units by currency."""
        return parse_prices(self.cleaned_data["prices"])

    def clean_device_prices(self) -> dict[str, int]:
        """Minor units by currency."""
        return parse_prices(self.cleaned_data["device_prices"])

    def clean_features(self) -> list[str]:
        """The words, each once."""
        words = [word.strip() for word in self.cleaned_data["features"].split(",")]
        if any(len(word) > 60 for word in words):
            raise ValidationError(_("A feature's name has at most 60 characters."))
        return list(dict.fromkeys(filter(None, words)))

    def clean(self) -> dict[str, Any]:
        """The reference currency must be among the prices, and a device's price beside one of the plan."""
        data = super().clean() or {}
        product = data.get("product") or getattr(self.instance, "product", None)
        prices = data.get("prices")
        if isinstance(product, Product) and prices is not None and product.reference_currency not in prices:
            self.add_error(
                "prices", _("A price in %(currency)s is required.") % {"currency": product.reference_currency}
            )
        if prices is not None and set(data.get("device_prices") or {}) - set(prices):
            self.add_error("device_prices", _("Each currency here needs a price of the plan, too."))
        return data

    @property
    def content(self) -> dict[str, Any]:
        """What goes into a version."""
        return {name: self.cleaned_data[name] for name in (*NUMBERS, "prices", "device_prices", "features")}

    @property
    def content_changed(self) -> bool:
        """Whether the newest version is something else."""
        if self.newest is None:
            return True
        sold = {name: getattr(self.newest, name) for name in (*NUMBERS, "features")}
        sold["prices"] = {price.currency: price.minor for price in self.newest.prices.all()}
        sold["device_prices"] = _device_prices(self.newest)
        return sold != self.content


class ReleaseForm(ReasonedModelForm):
    """A release."""

    class Meta:
        model = Release
        fields = ("product", "version", "channel", "notes", "is_public")

    def clean_version(self) -> str:
        """One that can be put in order."""
        version = str(self.cleaned_data["version"])
        try:
            releases.parse_version(version)
        except RequestInvalid:
            raise ValidationError(_("Write a version such as 3.2.0 or 4.0.0-beta.1.")) from None
        return version


class AddFileForm(ReasonForm):
    """A build and its platform."""

    platform = forms.ChoiceField(label=_("Platform"), choices=Platform.choices)
    file = forms.FileField(
        label=_("File"),
        max_length=200,
        help_text=_("Up to 30 MB here. Larger builds are taken in on the server by “frontdesk releases add”."),
    )


class RemoveFileForm(ReasonForm):
    """Which of the release's files."""

    file = forms.ChoiceField(label=_("File"))

    def prepare(self) -> None:
        """The files of this release."""
        files = self.subject.files.all()
        self.offer("file", [(str(file.pk), f"{file.get_platform_display()}: {file}") for file in files])
