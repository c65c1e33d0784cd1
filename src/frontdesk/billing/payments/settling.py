"""Settling payments: what the provider says becomes what our rows say. Monotonic, repeatable, in any order.

A status only ever rises: started, then unknown or waiting, then failed or canceled, then paid. Money that moved beats
a try that we had closed; where there is nothing left to pay with it, it goes back by itself (`SURPLUS`).
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction

from frontdesk.billing import declines, locks, notes
from frontdesk.billing.events import PaymentFailed
from frontdesk.billing.models import Payment
from frontdesk.billing.payments import calling, cards, success
from frontdesk.billing.providers.protocol import Outcome, ProviderError, Snapshot
from frontdesk.core import clock, events
from frontdesk.core.actors import Actor
from frontdesk.core.money import Money

log = structlog.get_logger(__name__)
Status = Payment.Status
ARRIVED = (Status.SUCCEEDED, Status.SURPLUS)
ACTION_PAUSE = timedelta(minutes=15)
CUT_OFF = timedelta(minutes=2)  # what began so long ago has lost the call that began it
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(hours=6)


class Differs(ValueError):
    """The provider speaks of another amount, currency or object than we do. A person must look."""


def settle(*, payment: UUID, snapshot: Snapshot) -> Payment:
    """Bring a payment to what a snapshot says, in one transaction under its row's lock (invoice first).

    Success issues the invoice, books it, marks its order paid, keeps the card, and publishes InvoicePaid; failure
    publishes PaymentFailed. Amounts that differ are refused loudly (Differs), and asked about no more; over what a
    person gave the try up for, nothing is said again.
    """
    with transaction.atomic():
        row = locks.payment(payment)
        difference = "" if row.status in ARRIVED else _difference(row, snapshot)
        if difference and _is_given_up(row) and difference == row.difference:
            return row
        if difference:
            _set_aside(row, difference)
        else:
            _apply(row, snapshot)
    if difference:
        raise Differs(f"payment {payment}: {difference}")
    return row


def settle_free(*, invoice: UUID) -> None:
    """An open invoice on which nothing is due (a coupon or credit covers all) is paid, with all that follows.

    In the caller's transaction; a second time changes nothing. Raises ValueError while something is due.
    """
    row = locks.invoice(invoice)
    if not row.is_open:
        return
    if row.due_minor:
        raise ValueError(f"{row.due_minor} {row.currency} are due")
    success.mark_paid(row, None)


def refresh(*, payment: UUID) -> Payment:
    """Fetch the payment from its provider and settle it; unchanged when the provider is away. Outside transactions."""
    row = Payment.objects.select_related("invoice__order", "method", "person").get(pk=payment)
    if row.status in ARRIVED:
        return row
    try:
        snapshot = calling.ask(row)
    except ProviderError as error:
        log.warning("payment_not_asked", payment=str(payment), error=type(error).__name__)
        return row
    return settle(payment=payment, snapshot=snapshot) if snapshot else row


def abandon(payment: UUID) -> Payment:
    """Close a try that never left the house: nobody was sent to its page."""
    with transaction.atomic():
        row = locks.payment(payment)
        if row.status == Status.STARTED and not row.ref:
            _fail(row, "abandoned")
    return row


def give_up(row: Payment) -> None:
    """A person found that nothing comes of a try that was set aside. Under its lock."""
    _fail(row, declines.SET_ASIDE)


def pause(since: datetime, now: datetime) -> timedelta:
    """How long to wait before asking again: as long as it has taken so far, within bounds. For refunds, too."""
    return min(LONGEST, max(SHORTEST, now - since))


def other_amount(amount: Money, snapshot: Snapshot) -> str:
    """In which amount a success differs from ours; empty where it does not. For refunds, too."""
    told = Money(snapshot.amount_minor, snapshot.currency)
    if snapshot.outcome != Outcome.SUCCEEDED or told == amount:
        return ""
    return f"{told.plain} instead of {amount.plain}"


def _is_given_up(row: Payment) -> bool:
    return row.status == Status.FAILED and row.decline == declines.SET_ASIDE


def _difference(row: Payment, snapshot: Snapshot) -> str:
    if snapshot.ref and row.ref and snapshot.ref != row.ref and snapshot.key != row.key:
        if snapshot.outcome != Outcome.SUCCEEDED:  # with money taken, it is another thing to look at
            return "another reference"
        return f"another reference, with {Money(snapshot.amount_minor, snapshot.currency).plain}"
    return other_amount(row.amount, snapshot)


def _set_aside(row: Payment, difference: str) -> None:
    """Ask no more about it, and leave it under way, so that nothing else is charged meanwhile."""
    log.error("payment_differs", payment=str(row.pk), difference=difference)
    if row.status in Payment.UNDER_WAY and row.difference != difference:
        row.difference = difference
        row.save(update_fields=["difference"])
    if row.check_at is not None or row.status == Status.STARTED:
        row.status, row.check_at = Status.UNKNOWN, None
        row.save(update_fields=["status", "check_at"])
        notes.of(
            actor=Actor.system(),
            action="payment.differs",
            subject=row,
            person=None,
            data={"difference": difference},
        )


def _apply(row: Payment, snapshot: Snapshot) -> None:
    if row.status in ARRIVED:
        return
    if snapshot.outcome == Outcome.SUCCEEDED:
        _remember(row, snapshot)
        row.method = cards.keep(row.person, row.provider, snapshot.card) or row.method
        success.arrived(row)
    elif row.status not in Payment.UNDER_WAY:
        return
    elif snapshot.outcome == Outcome.FAILED:
        _remember(row, snapshot)
        _fail(row, snapshot.decline or "declined")
    else:
        _remember(row, snapshot)
        _wait(row, snapshot)


def _remember(row: Payment, snapshot: Snapshot) -> None:
    card = snapshot.card
    row.ref = snapshot.ref or row.ref
    row.statement_text = (snapshot.statement_text or row.statement_text)[:40]
    row.card_brand = (card.brand if card else "") or row.card_brand
    row.card_last4 = (card.last4 if card else "") or row.card_last4


def _fail(row: Payment, decline: str) -> None:
    """A customer who left the page canceled; everything else failed, and is told."""
    is_canceled, is_awaited = decline == "abandoned" and row.on_session, _is_awaited(row)
    row.status = Status.CANCELED if is_canceled else Status.FAILED
    row.decline, row.action_url = decline, ""
    row.settled_at, row.check_at = clock.now(), None
    row.save()
    if is_canceled:
        return
    notes.of(
        actor=success.actor_of(row),
        action="payment.failed",
        subject=row,
        person=row.person_id,
        data={"minor": row.amount_minor, "currency": row.currency, "decline": decline},
    )
    events.publish(PaymentFailed(payment=row.pk, invoice=row.invoice_id, is_awaited=is_awaited))


def _is_awaited(row: Payment) -> bool:
    """Whether who paid has seen no outcome, and was told that it comes by mail."""
    was_cut_off = row.status == Status.STARTED and clock.now() - row.started_at >= CUT_OFF
    return row.on_session and (row.status == Status.UNKNOWN or was_cut_off)


def _wait(row: Payment, snapshot: Snapshot) -> None:
    now = clock.now()
    if snapshot.outcome == Outcome.REQUIRES_ACTION:
        row.status, row.action_url = Status.REQUIRES_ACTION, snapshot.action_url or row.action_url
        row.check_at = now + max(ACTION_PAUSE, pause(row.started_at, now))
    else:
        # One that waits for the customer goes on waiting while the provider cannot say.
        row.status = row.status if row.status == Status.REQUIRES_ACTION else Status.UNKNOWN
        row.check_at = now + pause(row.started_at, now)
    row.save()
