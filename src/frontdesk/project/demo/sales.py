"""Halcyon's subscriptions: bought in the past through the shop's own verbs, and lived through until today.

The sales of all customers are one journey through time: between what people did, everything falls due as it would have.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings

from frontdesk.accounts.models import Person
from frontdesk.billing import coupons, orders, quotes
from frontdesk.billing.models import Coupon, Invoice, Order, Payment, PaymentMethod, Refund, Subscription
from frontdesk.billing.payments import methods, paying, settling
from frontdesk.billing.providers.sandbox import bank, cards
from frontdesk.billing.providers.sandbox.models import Intent
from frontdesk.billing.refunds import asking
from frontdesk.billing.subscriptions import changing
from frontdesk.catalog.models import PlanVersion
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.licensing import seats
from frontdesk.project.demo.sources import read
from frontdesk.project.travel import journey

ACTOR = Actor.system("demo")
CARD_YEARS = 4
Row = dict[str, Any]


@dataclass(frozen=True)
class Deed:
    """Something that somebody did, so many days ago."""

    days_ago: int
    do: Callable[[], object]


def build_sales() -> None:
    """Live through the sales from the first to today. Each order has a key of its own, so that none is placed twice."""
    rows = read("billing")
    for row in rows["coupons"]:
        if not Coupon.objects.filter(code=row["code"]).exists():
            coupons.create(actor=ACTOR, code=row["code"], percent=row["percent"])
    deeds = sorted((deed for row in rows["sales"] for deed in _deeds(row)), key=lambda deed: -deed.days_ago)
    began = clock.now()
    with clock.standing_at(clock.offset() - timedelta(days=deeds[0].days_ago)):
        for deed in deeds:
            journey.live_until(began - timedelta(days=deed.days_ago), move=clock.stand_later, arrived=_nothing)
            deed.do()
        journey.live_until(began, move=clock.stand_later, arrived=_nothing)


def _nothing() -> None:
    """Nobody tells this journey."""


def _deeds(row: Row) -> list[Deed]:
    later = [Deed(then["days_ago"], partial(THEN[then["do"]], row, then)) for then in row.get("then", [])]
    return [Deed(row["days_ago"], partial(_buy, row)), *later]


def _buy(row: Row) -> None:
    person = Person.objects.get(email=row["owner"])
    order = _order(person, row)
    if order.paid_at is None and row.get("trial"):
        orders.start_trial(actor=Actor.customer(person.pk), order=order, method=_leave_card(person, row))
    elif order.paid_at is None:
        _pay(order, row)
    device = row["device"]
    order.refresh_from_db()
    if order.license:
        machine = seats.Device(fingerprint=f"demo device {device['name']}", **device)
        seats.take(actor=ACTOR, device=machine, license=order.license)


def _order(person: Person, row: Row) -> Order:
    """The order, placed now or in an earlier try to build the demo."""
    key = uuid5(NAMESPACE_URL, f"demo sale {row['owner']}")
    known = Order.objects.filter(key=key).first()
    if known:
        return known
    quote = quotes.new(
        version=_version(row["plan"]),
        added_devices=row.get("added_devices", 0),
        currency=row.get("currency", "EUR"),
        country=row["country"],
        coupon_code=row.get("coupon", ""),
        trial=row.get("trial", False),
    )
    return orders.place(
        actor=Actor.customer(person.pk),
        person=person,
        quote=quote,
        agreed_digest=quote.digest,
        key=key,
        country=row["country"],
        network_country=row["country"],
        coupon_code=row.get("coupon", ""),
    )


def _pay(order: Order, row: Row) -> None:
    """On the bank's own page, as customers do."""
    invoice = Invoice.objects.get(order=order, void_at=None)
    payment = paying.by_page(invoice=invoice, return_url=settings.FRONTDESK_URL, cancel_url=settings.FRONTDESK_URL)
    _try_card(payment.ref, row)
    settling.refresh(payment=payment.pk)


def _leave_card(person: Person, row: Row) -> PaymentMethod:
    """A card that nothing is taken from yet."""
    key = f"demo {clock.now():%Y%m%d%H%M%S}"
    methods.start_adding(person=person, return_url=settings.FRONTDESK_URL, cancel_url=settings.FRONTDESK_URL, key=key)
    intent = Intent.objects.filter(customer=str(person.pk), kind=Intent.Kind.SETUP).latest("created_at")
    _try_card(intent.ref, row)
    actor = Actor.customer(person.pk)
    method = methods.finish_adding(actor=actor, person=person, provider=journey.SANDBOX, setup_ref=intent.ref)
    if method is None:
        raise RuntimeError(f"the test bank took no card of {row['owner']}")
    return method


def _try_card(ref: str, row: Row) -> None:
    year = clock.real_now().year + CARD_YEARS
    bank.try_card(ref=ref, script=cards.BY_CODE[row["card"]], exp_month=12, exp_year=year, turn=0)


def _renewal_off(row: Row, _then: Row) -> None:
    held = _subscription(row)
    changing.set_auto_renew(actor=_customer(row), subscription=held, on=False, why="Too expensive")


def _switch(row: Row, then: Row) -> None:
    changing.plan_switch(
        actor=_customer(row), subscription=_subscription(row), version=_version(then["plan"]), added_devices=0
    )


def _refund(row: Row, _then: Row) -> None:
    payment = Payment.objects.get(person__email=row["owner"], status=Payment.Status.SUCCEEDED)
    asking.refund(
        actor=_customer(row),
        payment=payment,
        amount_minor=payment.amount_minor,
        cause=Refund.Cause.CUSTOMER,
        takes_back=True,
        key=f"demo {payment.pk}",
    )


THEN: dict[str, Callable[[Row, Row], None]] = {"renewal_off": _renewal_off, "switch": _switch, "refund": _refund}


def _customer(row: Row) -> Actor:
    return Actor.customer(Person.objects.get(email=row["owner"]).pk)


def _subscription(row: Row) -> Subscription:
    return Subscription.objects.get(person__email=row["owner"])


def _version(plan: str) -> PlanVersion:
    product, _, slug = plan.partition("/")
    return PlanVersion.objects.filter(plan__product__slug=product, plan__slug=slug).order_by("-number")[0]
