"""Customers who buy, and the time that passes for what they bought."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from frontdesk.accounts.models import Message, Person
from frontdesk.billing import orders, quotes
from frontdesk.billing.models import Invoice, Order, PaymentMethod, Subscription
from frontdesk.billing.payments import paying
from frontdesk.billing.payments import sweeping as payments
from frontdesk.billing.quotes import Quote
from frontdesk.billing.subscriptions import sweeping
from frontdesk.catalog.models import PlanVersion, Price
from frontdesk.core import outbox
from frontdesk.core.actors import Actor
from frontdesk.core.models import OutboxMessage
from frontdesk.licensing.models import License
from tests.licensing.conftest import Time
from tests.support import money, shop

YEAR, EXTRA = 3995, 500


def for_sale(
    minor: int = YEAR, *, device_minor: int | None = EXTRA, currency: str = "EUR", **values: Any
) -> PlanVersion:
    """A plan version with its price a term."""
    version = shop.plan_version(**values)
    Price.objects.create(plan_version=version, currency=currency, minor=minor, device_minor=device_minor)
    return version


def quoted(version: PlanVersion, **values: Any) -> Quote:
    """A quote for a new licence in Germany."""
    return quotes.new(**{"version": version, "added_devices": 0, "currency": "EUR", "country": "DE", **values})


def place(person: Person, quote: Quote, **values: Any) -> Order:
    """The customer agrees to what the quote says."""
    facts: dict[str, Any] = {"agreed_digest": quote.digest, "key": uuid4(), "country": "DE", **values}
    return orders.place(actor=Actor.customer(person.pk), person=person, quote=quote, **facts)


def pay(order: Order, card: PaymentMethod | None = None) -> Order:
    """The order's invoice is paid with a kept card."""
    assert order.person
    invoice = Invoice.objects.get(order=order, void_at=None)
    paying.by_method(invoice=invoice, method=card or money.card(order.person), on_session=True)
    order.refresh_from_db()
    return order


def buy(
    person: Person, version: PlanVersion | None = None, *, card: PaymentMethod | None = None, **values: Any
) -> Subscription:
    """Somebody buys a licence, with a card that is kept; the subscription that it becomes."""
    quote_values = {name: values.pop(name) for name in ("added_devices", "currency") if name in values}
    quote = quoted(version or for_sale(), coupon_code=values.get("coupon_code", ""), **quote_values)
    order = place(person, quote, **values)
    if order.paid_at is None:
        order = pay(order, card)
    return of(order)


def try_out(person: Person, version: PlanVersion, **values: Any) -> Subscription:
    """Somebody starts a trial with a card."""
    quote = quoted(version, trial=True, coupon_code=values.get("coupon_code", ""))
    order = place(person, quote, **values)
    orders.start_trial(actor=Actor.customer(person.pk), order=order, method=money.card(person))
    order.refresh_from_db()
    return of(order)


def of(order: Order) -> Subscription:
    """The order's subscription, as it is now."""
    assert order.subscription_id
    return Subscription.objects.get(pk=order.subscription_id)


def license_of(subscription: Subscription) -> License:
    """Its licence, as it is now."""
    return License.objects.select_related("plan_version").get(pk=subscription.license)


def deliver() -> None:
    """The worker hands everything to the mail server."""
    while outbox.deliver_due(1000):
        pass


def letters(since: datetime | None = None) -> list[str]:
    """The mails of billing from a moment on, in the order in which they were written."""
    written = OutboxMessage.objects.filter(topic="mail").order_by("id").values_list("payload__message", flat=True)
    rows = Message.objects.filter(template__startswith="billing/")
    if since:
        rows = rows.filter(created_at__gte=since)
    names = {str(pk): name for pk, name in rows.values_list("pk", "template")}
    return [names[each].removeprefix("billing/") for each in written if each in names]


def until(time: Time, moment: datetime) -> None:
    """Let time pass up to a moment; whatever falls due on the way is done at its hour, and mails arrive."""
    while True:
        deliver()
        payments.sweep()
        first = (
            Subscription.objects.filter(next_action_at__lte=moment)
            .order_by("next_action_at")
            .values_list("next_action_at", flat=True)
            .first()
        )
        if first is None:
            break
        time.now = max(time.now, first)
        assert sweeping.sweep() > 0
    time.now = max(time.now, moment)
    deliver()


def after(time: Time, **amount: float) -> None:
    """Let so much time pass."""
    until(time, time.now + timedelta(**amount))
