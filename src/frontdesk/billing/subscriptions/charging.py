"""Charging a renewal: the invoice under the subscription's lock, the card outside, then what came of it.

A claim postpones the row while the provider is asked, so that no second worker asks too, and a crash is found again.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from frontdesk.billing import disputed, paid_with
from frontdesk.billing.errors import NotPayable, PaymentProviderAway, PaymentUnderWay
from frontdesk.billing.invoices import writing
from frontdesk.billing.models import EndReason, Invoice, Payment, PaymentMethod, Step, Subscription
from frontdesk.billing.payments import paying, settling
from frontdesk.billing.subscriptions import crediting, ending, failing, notices, planning, schedule
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound

ACTOR = Actor.system("the sweep of subscriptions")
CLAIM = timedelta(minutes=10)  # longer than any call to a provider takes
PAUSE = timedelta(hours=1)  # until an outcome that nobody knows is looked at again
SETTLED = (Payment.Status.SUCCEEDED, Payment.Status.FAILED)  # with all that follows from it (billing's reactions)
LATE = timedelta(days=1)  # a charge so long after its announced moment needs another notice
HOLD = timedelta(days=1)  # while the licence is suspended, or a bank holds money of the same subscription back


@dataclass(frozen=True)
class Charge:
    """What is to be asked of the provider after the commit. `waiting`: an earlier try, to be closed before."""

    subscription: UUID
    invoice: Invoice
    method: PaymentMethod
    waiting: Payment | None


class _Changed(Exception):
    """The amount or the day is not the announced one any more."""


def prepare(subscription: Subscription) -> Charge | None:
    """Open the invoice of a charge or a retry that is due, and claim the row. None: there is nothing to ask for.

    Under the subscription's lock.
    """
    if pause := _obstacle(subscription):
        wait(subscription, pause)
        return None
    try:
        with transaction.atomic():
            invoice = _demand(subscription)
    except _Changed:
        notices.announce(subscription)
        return None
    return _claimed(subscription, invoice) if invoice else None


def ask(charge: Charge) -> None:
    """Charge the card, outside transactions; then write down what it led to, where settling has not done that."""
    payment = _pay(charge)
    if payment and payment.status in SETTLED:
        return
    with transaction.atomic():
        subscription = planning.locked(charge.subscription)
        invoice = planning.open_invoice(subscription)
        if invoice is None or invoice.pk != charge.invoice.pk:
            planning.plan(subscription)
        elif payment and payment.status == Payment.Status.REQUIRES_ACTION:
            failing.count(subscription, payment)
        elif payment is None or planning.under_way(invoice):
            planning.postpone(subscription, PAUSE)
        else:
            planning.plan(subscription)


def close_try(subscription: UUID) -> bool:
    """Outside transactions: bring a try that is under way to its end. True when none is left."""
    row = Subscription.objects.select_related(*planning.WITH).get(pk=subscription)
    invoice = planning.open_invoice(row)
    waiting = planning.under_way(invoice) if invoice else None
    if waiting is None:
        return True
    return _closed(waiting).status not in Payment.UNDER_WAY


def _pay(charge: Charge) -> Payment | None:
    """None: paid or given up meanwhile, or its outcome is still to come.

    A try that was cut off is finished and nothing else; one that waits for the customer makes room for another.
    """
    try:
        if charge.waiting:
            closed = _closed(charge.waiting)
            if closed.status not in Payment.UNDER_WAY and charge.waiting.status != Payment.Status.REQUIRES_ACTION:
                return closed
            if closed.status in Payment.UNDER_WAY:
                return None
        return paying.by_method(invoice=charge.invoice, method=charge.method, on_session=False)
    except (NotPayable, PaymentUnderWay, NotFound):
        return None


def _closed(waiting: Payment) -> Payment:
    try:
        if waiting.status == Payment.Status.REQUIRES_ACTION:
            return paying.cancel(payment=waiting)
        return paying.asked(waiting)
    except PaymentProviderAway:
        return waiting


def _obstacle(subscription: Subscription) -> timedelta | None:
    """How long to wait because somebody else decides: whoever suspended the licence, a bank, or the customer, who is
    paying just now."""
    if disputed.is_resting(subscription):
        return HOLD
    its = Q(invoice__subscription=subscription) | Q(invoice__order__subscription=subscription)
    if Payment.objects.filter(its).filter(on_session=True, status__in=Payment.UNDER_WAY).exists():
        return PAUSE
    return None


def wait(subscription: Subscription, pause: timedelta) -> None:
    """Nobody is charged for time in which the licence was suspended: past its grace it ends instead."""
    if pause == HOLD and clock.now() >= schedule.lapses_at(subscription):
        reason = EndReason.RESTED if subscription.failed_at is None else EndReason.UNPAID
        ending.end(actor=ACTOR, subscription=subscription, reason=reason)
    else:
        planning.postpone(subscription, pause)


def _demand(subscription: Subscription) -> Invoice | None:
    """The invoice to charge. None: nothing was due on it, so that it is paid; or it was written off.

    What was written off ends with its grace, and not because somebody asked for another try.
    """
    if subscription.next_step == Step.RETRY:
        invoice = planning.open_invoice(subscription)
        if invoice is None:
            failing.given_up(subscription)
        return invoice
    amount = planning.coming_amount(subscription)
    invoice = writing.open_for_period(subscription, amount, credit_minor=crediting.share(subscription))
    if not schedule.may_charge(subscription, planning.newest_notice(subscription), invoice.due_minor):
        raise _Changed
    if _is_late(subscription, invoice):
        raise _Changed
    if invoice.due_minor == 0:
        settling.settle_free(invoice=invoice.pk)
        return None
    return invoice


def _is_late(subscription: Subscription, invoice: Invoice) -> bool:
    """Whether the announced day went by without a try (a dispute, an outage): the customer expects no charge now."""
    has_passed = clock.now() > subscription.charge_at + LATE
    return has_passed and bool(invoice.due_minor) and not invoice.payments.exists()


def _claimed(subscription: Subscription, invoice: Invoice) -> Charge | None:
    waiting = planning.under_way(invoice)
    if waiting and waiting.status == Payment.Status.REQUIRES_ACTION and failing.count(subscription, waiting):
        return None  # the customer was just asked to confirm it
    method = _method_of(subscription)
    if method is None:
        failing.without_card(subscription, invoice)
        return None
    planning.postpone(subscription, CLAIM)
    return Charge(subscription.pk, invoice, method, waiting)


def _method_of(subscription: Subscription) -> PaymentMethod | None:
    """The card that was announced; it stays the subscription's from then on, whichever becomes the default."""
    card = paid_with.card_of(subscription)
    if subscription.method != card:
        subscription.method = card
        subscription.save(update_fields=["method"])
    return card
