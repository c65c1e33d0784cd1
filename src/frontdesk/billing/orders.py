"""Placing orders. A quote that the customer agreed to becomes an order with its open invoice, in one transaction."""

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import translation

from frontdesk.accounts.messages.sending import new_reference
from frontdesk.accounts.models import Person
from frontdesk.billing import coupons, locks, notes, quotes
from frontdesk.billing.errors import NotPayable, PaymentUnderWay, QuoteOutdated, TrialUsed
from frontdesk.billing.events import TrialStarted
from frontdesk.billing.invoices import writing
from frontdesk.billing.models import Invoice, InvoiceKind, Order, Payment, PaymentMethod, Purpose, Subscription
from frontdesk.billing.payments import settling
from frontdesk.billing.quotes import Quote
from frontdesk.core import clock, events
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound

log = structlog.get_logger(__name__)
OPEN_FOR = timedelta(hours=24)
OPEN_FOR_PART = timedelta(hours=1)  # a price for what is left of a term does not keep
ON_SUBSCRIPTION = {Purpose.RENEWAL, Purpose.UPGRADE, Purpose.DEVICES}


def place(
    *,
    actor: Actor,
    person: Person,
    quote: Quote,
    agreed_digest: str,
    key: UUID,
    country: str,
    network_country: str = "",
    coupon_code: str = "",
    auto_renew: bool = True,
    subscription: Subscription | None = None,
) -> Order:
    """Place an order; the same `key` finds the same order. Takes one use of the coupon, under its lock.

    What costs nothing (a coupon of 100 %, credit that covers all) is paid at once. A trial waits for its card
    (`start_trial`). Earlier orders for the same subscription that nobody is paying are given up.
    Raises QuoteOutdated (the digest does not fit `quote`), CouponUnknown, TrialUsed, PaymentUnderWay (for another
    change of the same subscription), NotFound (another's subscription).
    """
    agreed = quote.as_agreed(agreed_digest)
    try:
        with transaction.atomic():
            if placed := _placed(person, key):
                return placed
            if agreed is None:
                raise QuoteOutdated
            held = _held(actor, person, agreed, subscription)
            proofs = {"tax_country": agreed.tax_country, "proof_given": country, "proof_network": network_country}
            order = _order(person, agreed, key, proofs, auto_renew, held)
            if coupon_code.strip():
                coupons.take(order, coupon_code)
            data = {"reference": order.reference, "purpose": order.purpose, "due": agreed.due.gross_minor}
            notes.of(actor=actor, action="order.placed", subject=order, person=person.pk, data=data)
            _demand(order)
    except IntegrityError:
        if placed := _placed(person, key):  # the button was pressed twice at once
            return placed
        raise
    return order


def start_trial(*, actor: Actor, order: Order, method: PaymentMethod) -> Order:
    """Begin an ordered trial, now that there is a card. Safe to repeat. Raises NotPayable, NotFound, TrialUsed."""
    with transaction.atomic():
        locked = _locked(order)
        owner = locked.person_id
        if owner is None or method.person_id != owner or locked.purpose != Purpose.TRIAL:
            raise NotFound
        if locked.paid_at:
            return locked
        if not locked.is_open:
            raise NotPayable
        person = Person.objects.select_for_update(no_key=True).get(pk=owner)
        if not quotes.may_try(person, locked.plan_version):
            raise TrialUsed
        card = locks.card(method)
        locked.paid_at = clock.now()
        locked.save(update_fields=["paid_at"])
        ends_at = locked.paid_at + timedelta(days=locked.plan_version.trial_days)
        notes.of(actor=actor, action="trial.started", subject=locked, person=person.pk)
        events.publish(TrialStarted(order=locked.pk, ends_at=ends_at, method=card.pk))
    locked.refresh_from_db()
    return locked


def cancel(*, actor: Actor, order: Order) -> None:
    """Give an unpaid order up: its invoice is void, its coupon free again. Raises NotPayable, PaymentUnderWay."""
    with transaction.atomic():
        locked = _locked(order)
        if not locked.is_open:
            raise NotPayable
        _give_up(actor, locked)
    order.refresh_from_db(fields=["canceled_at"])


def expire_open() -> int:
    """Cancel the orders whose time is up and that no payment is under way for; returns how many. Run by the worker."""
    due = Order.objects.filter(paid_at=None, canceled_at=None, expires_at__lte=clock.now())
    return sum(_expired(order) for order in due.order_by("expires_at").values_list("pk", flat=True)[:1000])


def forget_open(*, actor: Actor, person: UUID) -> None:
    """Give up what a person has not paid, in the caller's transaction; what is being paid just now decides itself."""
    for order in Order.objects.filter(person=person, paid_at=None, canceled_at=None).order_by("pk"):
        locked = _locked(order)
        try:
            with transaction.atomic():
                if locked.is_open:
                    _give_up(actor, locked)
        except PaymentUnderWay:
            log.warning("order_of_a_leaving_person_under_way", order=str(order.pk))


def give_up_renewals(*, actor: Actor, subscription: UUID) -> None:
    """A term was paid otherwise: what was ordered for it and nobody is paying is given up.

    Whoever calls holds the subscription's lock, which comes behind the orders': so this never waits. What is in other
    hands just now stays; paid after all, it goes back (`renewing`).
    """
    rows = Order.objects.select_for_update(of=("self",), no_key=True, skip_locked=True).order_by("pk")
    waiting = rows.filter(subscription=subscription, purpose=Purpose.RENEWAL, paid_at=None, canceled_at=None)
    for order in waiting.select_related("plan_version__plan__product"):
        with suppress(PaymentUnderWay), transaction.atomic():
            _give_up(actor, order)


def access_order(person: Person, order_id: UUID) -> Order:
    """One of the person's orders. Raises NotFound."""
    rows = Order.objects.select_related("plan_version__plan__product", "subscription")
    order = rows.filter(pk=order_id, person=person).first()
    if order is None:
        raise NotFound
    return order


def _expired(order: UUID) -> bool:
    with transaction.atomic():
        rows = Order.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
        locked = rows.filter(pk=order, paid_at=None, canceled_at=None, expires_at__lte=clock.now()).first()
        if locked is None:
            return False
        try:
            with transaction.atomic():
                _give_up(Actor.system("nobody paid it in time"), locked)
        except PaymentUnderWay:
            return False  # its outcome decides, and comes
        except Exception as error:  # noqa: BLE001 - one order that cannot be closed must not keep the others open
            log.error("order_not_expired", order=str(order), error=type(error).__name__)
            return False
    return True


def _give_up(actor: Actor, order: Order) -> None:
    invoice = order.invoices.filter(kind=InvoiceKind.INVOICE, void_at=None, paid_at=None).first()
    if invoice:
        writing.void(actor=actor, invoice=invoice, reason=actor.reason or "the order was canceled")
    coupons.give_back(order)
    order.canceled_at = clock.now()
    order.save(update_fields=["canceled_at"])
    notes.of(
        actor=actor,
        action="order.canceled",
        subject=order,
        person=order.person_id,
        data={"reference": order.reference},
    )


def _placed(person: Person, key: UUID) -> Order | None:
    order = Order.objects.select_related("plan_version__plan__product", "subscription").filter(key=key).first()
    if order and order.person_id != person.pk:
        raise NotFound
    return order


def _locked(order: Order) -> Order:
    rows = Order.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("plan_version__plan__product").get(pk=order.pk)


def _held(actor: Actor, person: Person, quote: Quote, subscription: Subscription | None) -> Subscription | None:
    """The subscription that a quote is for, locked, as it was when the quote was computed."""
    if quote.license is not None:
        locks.placing(quote.license)
        _replace(actor, Order.objects.filter(license=quote.license, subscription=None, person=person))
    if quote.license is not None or quote.purpose not in ON_SUBSCRIPTION:
        return None
    if subscription is None or subscription.person_id != person.pk:
        raise NotFound
    # Orders before subscriptions: those that this one replaces are closed first, and nobody places another meanwhile.
    locks.placing(subscription.license)
    _replace(actor, Order.objects.filter(subscription=subscription))
    held = Subscription.objects.select_for_update(of=("self",), no_key=True).get(pk=subscription.pk)
    if held.person_id != person.pk:
        raise NotFound
    basis = (held.plan_version_id, held.added_devices, held.paid_until)
    if basis != quote.basis or held.is_live != subscription.is_live or held.handed_over_at is not None:
        raise QuoteOutdated
    under_way = Payment.objects.filter(invoice__subscription=held, status__in=Payment.UNDER_WAY)
    if under_way.exists():
        raise PaymentUnderWay
    return held


def _replace(actor: Actor, orders: QuerySet[Order]) -> None:
    """Give up those of the orders that are open: another one takes their place. Raises PaymentUnderWay."""
    for other in orders.filter(paid_at=None, canceled_at=None).order_by("pk"):
        locked = _locked(other)
        if locked.is_open:
            _give_up(actor, locked)


def _order(
    person: Person, quote: Quote, key: UUID, proofs: dict[str, str], auto_renew: bool, held: Subscription | None
) -> Order:
    now = clock.now()
    if quote.purpose == Purpose.TRIAL:
        locked = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        if not quotes.may_try(locked, quote.plan_version):
            raise TrialUsed
    is_part = quote.purpose in {Purpose.UPGRADE, Purpose.DEVICES}
    return Order.objects.create(
        reference=new_reference(),
        person=person,
        email=person.email,
        purpose=quote.purpose,
        plan_version=quote.plan_version,
        added_devices=quote.added_devices,
        license=held.license if held else quote.license,
        subscription=held,
        from_plan_version_id=held.plan_version_id if held else None,
        from_added_devices=held.added_devices if held else None,
        currency=quote.due.currency,
        list_minor=quote.due.list_minor,
        discount_minor=quote.due.discount_minor,
        due_minor=quote.due.gross_minor,
        renewal_minor=quote.renewal.gross_minor,
        auto_renew=auto_renew,
        tax_rate=quote.tax_rate,
        **proofs,
        zone=person.time_zone or "UTC",
        language=person.language or translation.get_language() or "en",
        quote=[{"text": line.text, "minor": line.minor} for line in quote.due.lines],
        key=key,
        placed_at=now,
        expires_at=now + (OPEN_FOR_PART if is_part else OPEN_FOR),
    )


def _demand(order: Order) -> None:
    """Open the order's invoice; one on which nothing is due is paid with that."""
    if order.purpose == Purpose.TRIAL:
        return
    invoice: Invoice = writing.open_for_order(order)
    if invoice.due_minor == 0:
        settling.settle_free(invoice=invoice.pk)
        order.refresh_from_db()
