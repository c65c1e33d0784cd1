"""What billing holds about people (`core.personal`)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from frontdesk.billing import erasing
from frontdesk.billing.models import (
    BillingDetails,
    ChargeNotice,
    CouponUse,
    Credit,
    Declaration,
    Dispute,
    Invoice,
    Order,
    Payment,
    PaymentMethod,
    Refund,
    Subscription,
)
from frontdesk.core import personal
from frontdesk.core.money import Money
from frontdesk.core.personal import Eraser, Exporter, Row, Traces
from frontdesk.core.reasons import Text

RANK = 5  # before the licences, whose owners are taken away then

DETAILS: dict[str, Text] = {
    "name": _("Name"),
    "company": _("Company"),
    "street": _("Street and number"),
    "postcode": _("Postcode"),
    "city": _("Town"),
    "country": _("Country"),
    "vat_id": _("VAT number"),
}
ORDERS: dict[str, Text] = {
    "reference": _("Reference"),
    "email": _("E-mail address"),
    "purpose": _("Purpose"),
    "plan": _("Plan"),
    "added_devices": _("Added devices"),
    "due_minor": _("Paid at once"),
    "renewal_minor": _("Price of the next term"),
    "currency": _("Currency"),
    "quote": _("As it was shown"),
    "coupon": _("Coupon"),
    "auto_renew": _("Renews by itself"),
    "tax_country": _("Country of the tax"),
    "proof_given": _("Country as given"),
    "proof_network": _("Country of the network or card"),
    "zone": _("Time zone"),
    "language": _("Language"),
    "placed_at": _("Placed"),
    "paid_at": _("Paid"),
    "canceled_at": _("Canceled"),
}
SUBSCRIPTIONS: dict[str, Text] = {
    "of_license": _("Licence"),
    "plan": _("Plan"),
    "added_devices": _("Added devices"),
    "currency": _("Currency"),
    "tax_country": _("Country of the tax"),
    "zone": _("Time zone"),
    "is_trial": _("Trial"),
    "auto_renew": _("Renews by itself"),
    "charge_at": _("Next charge"),
    "created_at": _("Begun"),
    "ended_at": _("Ended"),
    "end_reason": _("Why it ended"),
}
NOTICES: dict[str, Text] = {
    "of_license": _("Licence"),
    "amount_minor": _("Amount"),
    "currency": _("Currency"),
    "charge_at": _("Charge"),
    "created_at": _("Told"),
}
INVOICES: dict[str, Text] = {
    "number": _("Number"),
    "kind": _("Kind"),
    "purpose": _("Purpose"),
    "gross_minor": _("Gross"),
    "net_minor": _("Net"),
    "tax_minor": _("Tax"),
    "currency": _("Currency"),
    "tax_country": _("Country of the tax"),
    "lines": _("Lines"),
    "buyer": _("Buyer"),
    "seller": _("Seller"),
    "language": _("Language"),
    "created_at": _("Created"),
    "issued_at": _("Issued"),
    "paid_at": _("Paid"),
    "void_at": _("Given up"),
}
PAYMENTS: dict[str, Text] = {
    "of_invoice": _("Invoice"),
    "amount_minor": _("Amount"),
    "currency": _("Currency"),
    "status": _("Status"),
    "decline": _("Why it failed"),
    "difference": _("What the provider said otherwise"),
    "provider": _("Provider"),
    "statement_text": _("Text on the bank statement"),
    "card_brand": _("Card"),
    "card_last4": _("Last four digits"),
    "started_at": _("Started"),
    "settled_at": _("Settled"),
}
REFUNDS: dict[str, Text] = {
    "amount_minor": _("Amount"),
    "currency": _("Currency"),
    "cause": _("Cause"),
    "status": _("Status"),
    "takes_back": _("Ended what was paid for"),
    "requested_at": _("Asked"),
    "settled_at": _("Settled"),
}
DISPUTES: dict[str, Text] = {
    "amount_minor": _("Amount"),
    "currency": _("Currency"),
    "status": _("Status"),
    "reason": _("Reason the bank gave"),
    "opened_at": _("Opened"),
    "closed_at": _("Closed"),
}
CREDITS: dict[str, Text] = {"amount_minor": _("Amount"), "currency": _("Currency"), "created_at": _("Date")}
CARDS: dict[str, Text] = {
    "provider": _("Provider"),
    "brand": _("Card"),
    "last4": _("Last four digits"),
    "exp_month": _("Month it expires"),
    "exp_year": _("Year it expires"),
    "country": _("Country"),
    "created_at": _("Added"),
    "detached_at": _("Removed"),
}
DECLARATIONS: dict[str, Text] = {
    "kind": _("Kind"),
    "name": _("Name"),
    "email": _("E-mail address"),
    "contract": _("As typed"),
    "note": _("Note"),
    "declared_at": _("Declared"),
    "confirmed_at": _("Confirmed"),
    "done_at": _("Carried out"),
    "dismissed_at": _("Dismissed"),
}
Columns = Mapping[str, Text]


def enter() -> None:
    """Speak for these tables."""
    _show("invoice-details", _("Invoice details"), DETAILS, _of(BillingDetails), "billing.BillingDetails")
    _show("orders", _("Orders"), ORDERS, _orders, "billing.Order", "billing.CouponUse")
    _show("subscriptions", _("Subscriptions"), SUBSCRIPTIONS, _subscriptions, "billing.Subscription")
    _show("price-notices", _("Price notices"), NOTICES, _notices, "billing.ChargeNotice")
    _show("invoices", _("Invoices"), INVOICES, _of(Invoice), "billing.Invoice")
    _show("payments", _("Payments"), PAYMENTS, _payments, "billing.Payment")
    _show("refunds", _("Refunds"), REFUNDS, _of(Refund), "billing.Refund")
    _show("disputes", _("Disputes"), DISPUTES, _disputes, "billing.Dispute")
    _show("credits", _("Credit"), CREDITS, _of(Credit), "billing.Credit")
    _show("payment-methods", _("Payment methods"), CARDS, _of(PaymentMethod), "billing.PaymentMethod")
    _show("declarations", _("Withdrawals and cancellations"), DECLARATIONS, _declarations, "billing.Declaration")
    personal.erases(Eraser("billing", RANK, erasing.erase, erasing.COVERS))
    personal.not_shown("providers' events only say where to look; what they led to is shown", "billing.ProviderEvent")
    personal.about_nobody("coupons, rates, series and bookings name nobody", *NOBODYS)
    personal.not_erased("a price and a day, tied to a subscription that belongs to nobody then", "billing.ChargeNotice")
    personal.not_erased("ties an order to a coupon", "billing.CouponUse")
    personal.keeps_by_law(_("Invoices and credit notes, with the name and address that stand on them, for tax law."))
    personal.warns(_warnings)


NOBODYS = ("billing.Coupon", "billing.TaxRate", "billing.NumberSeries", "billing.LedgerEntry")


def _show(
    name: str, title: Text, columns: Columns, rows: Callable[[Columns, Traces], Iterable[Row]], *models: str
) -> None:
    def readable(traces: Traces) -> Iterable[Row]:
        return (_in_major_units(row) for row in rows(columns, traces))

    personal.shows(Exporter(name, title, columns, readable, models))


def _in_major_units(row: Row) -> Row:
    """Amounts as people read them; the currency stands beside."""
    currency = str(row.get("currency", ""))
    shown = {
        name: str(Money(value, currency).major)
        for name, value in row.items()
        if name.endswith("_minor") and isinstance(value, int)
    }
    return {**row, **shown}


def _of(model: Any) -> Callable[[Columns, Traces], Iterable[Row]]:
    """The rows of a table that belong to the person, with these columns."""

    def rows(columns: Columns, traces: Traces) -> Iterable[Row]:
        found: Iterable[Row] = model.objects.filter(person=traces.person).order_by("pk").values(*columns)
        return found

    return rows


def _orders(columns: Columns, traces: Traces) -> Iterable[Row]:
    rows = Order.objects.filter(person=traces.person).annotate(plan=F("plan_version__plan__name"))
    held = dict(CouponUse.objects.filter(order__person=traces.person).values_list("order", "coupon__code"))
    names = [name for name in columns if name != "coupon"]
    for row in rows.order_by("placed_at", "pk").values("pk", *names):
        yield row | {"coupon": held.get(row.pop("pk"), "")}


def _subscriptions(columns: Columns, traces: Traces) -> Iterable[Row]:
    rows = Subscription.objects.filter(person=traces.person)
    named = rows.annotate(plan=F("plan_version__plan__name"), of_license=F("license"))
    found: Iterable[Row] = named.order_by("created_at", "pk").values(*columns)
    return found


def _notices(columns: Columns, traces: Traces) -> Iterable[Row]:
    rows = ChargeNotice.objects.filter(subscription__person=traces.person)
    named = rows.annotate(of_license=F("subscription__license"))
    found: Iterable[Row] = named.order_by("created_at", "pk").values(*columns)
    return found


def _payments(columns: Columns, traces: Traces) -> Iterable[Row]:
    rows = Payment.objects.filter(person=traces.person).annotate(of_invoice=F("invoice__number"))
    found: Iterable[Row] = rows.order_by("started_at", "pk").values(*columns)
    return found


def _disputes(columns: Columns, traces: Traces) -> Iterable[Row]:
    rows = Dispute.objects.filter(payment__person=traces.person)
    found: Iterable[Row] = rows.order_by("opened_at", "pk").values(*columns)
    return found


def _declarations(columns: Columns, traces: Traces) -> Iterable[Row]:
    """Those about the person's orders from another address are another's words: only the facts are shown."""
    rows = Declaration.objects.filter(Q(order__person=traces.person) | Q(email__in=traces.addresses))
    for row in rows.order_by("declared_at", "pk").values(*columns):
        own = row["email"].lower() in traces.addresses
        yield row if own else row | dict.fromkeys(("name", "email", "contract", "note"), "")


def _warnings(person: Any) -> Iterable[Text]:
    live = Subscription.objects.filter(person=person, ended_at=None).count()
    if live:
        yield ngettext_lazy(
            "Your subscription ends, and nothing more is charged.",
            "Your %(count)d subscriptions end, and nothing more is charged.",
            live,
        ) % {"count": live}
    if Credit.objects.filter(person=person).exists():
        yield _("Credit that you have not used is lost.")
