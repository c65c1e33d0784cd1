"""What follows when money arrives: the invoice is paid, or, where there is nothing left to pay, it goes back."""

import structlog
from django.db import transaction

from frontdesk.billing import coupons, ledger, locks, mails, notes
from frontdesk.billing import credits as credit
from frontdesk.billing.events import InvoicePaid
from frontdesk.billing.invoices import writing
from frontdesk.billing.models import Account, Invoice, Payment, Refund
from frontdesk.billing.payments import reviving
from frontdesk.core import clock, events
from frontdesk.core.actors import Actor
from frontdesk.core.reasons import Refusal

log = structlog.get_logger(__name__)


def arrived(row: Payment) -> None:
    """The provider has the money. Runs under the payment's lock.

    What cannot be delivered any more (the subscription has ended, the account is gone) is not kept: others refuse it
    by a `Refusal`, whose code stays with the payment, and the money goes back.
    """
    row.decline = row.action_url = ""
    row.settled_at, row.check_at = clock.now(), None
    if row.method:  # providers do not always tell again which card it was
        row.card_brand, row.card_last4 = row.card_brand or row.method.brand, row.card_last4 or row.method.last4
    try:
        with transaction.atomic():
            pays = _pay(row)
    except Refusal as refusal:
        log.warning("paid_for_nothing", payment=str(row.pk), reason=refusal.code)
        row.invoice = locks.invoice(row.invoice_id)
        _give_up(row.invoice)
        pays, row.decline = False, refusal.code
    if not pays:
        row.status = Payment.Status.SURPLUS
        row.save()
        _book(row)
        _note(row, "payment.surplus", {"reason": row.decline} if row.decline else {})
        _send_back(row)
    # Another try at the same invoice has nothing to pay any more: the sweep closes it.
    row.invoice.payments.filter(status__in=Payment.UNDER_WAY).update(check_at=clock.now())


def _pay(row: Payment) -> bool:
    """Pay the invoice with it; False when there is nothing to pay any more."""
    invoice = row.invoice
    if invoice.person_id is None or not (invoice.is_open or reviving.revive(invoice)):
        return False
    row.status = Payment.Status.SUCCEEDED
    row.save()
    _book(row)
    _note(row, "payment.succeeded")
    mark_paid(invoice, row)
    return True


def mark_paid(invoice: Invoice, payment: Payment | None) -> None:
    """An open invoice is paid, by a payment or without one, with everything that follows from it."""
    invoice.paid_at = clock.now()
    invoice.save(update_fields=["paid_at"])
    order = invoice.order
    if order and order.paid_at is None:
        order.paid_at = invoice.paid_at
        order.save(update_fields=["paid_at"])
    writing.issue(invoice)
    ledger.book(
        booking=f"invoice:{invoice.pk}",
        currency=invoice.currency,
        entries={
            Account.RECEIVABLE: invoice.due_minor,
            Account.CREDIT: invoice.credit_minor,
            Account.REVENUE: -invoice.net_minor,
            Account.TAX: -invoice.tax_minor,
        },
        invoice=invoice,
    )
    events.publish(InvoicePaid(invoice=invoice.pk))
    mails.receipt(invoice, payment)


def actor_of(row: Payment) -> Actor:
    """Who paid: the customer who pressed the button, or the renewal."""
    if row.on_session and row.person_id:
        return Actor.customer(row.person_id)
    return Actor.system()


def _give_up(invoice: Invoice) -> None:
    """Nobody shall pay it again. Credit that was used on it comes back."""
    now = clock.now()
    if invoice.is_open:
        invoice.void_at = now
        invoice.save(update_fields=["void_at"])
        credit.give_back(invoice)
    if invoice.order and invoice.order.is_open:
        invoice.order.canceled_at = now
        invoice.order.save(update_fields=["canceled_at"])
        coupons.give_back(invoice.order)


def _book(row: Payment) -> None:
    entries = {Account.CASH: row.amount_minor, Account.RECEIVABLE: -row.amount_minor}
    ledger.book(booking=f"payment:{row.pk}", currency=row.currency, entries=entries, invoice=row.invoice)


def _send_back(row: Payment) -> None:
    """Write the refund's intent; its sweep sends it at once."""
    now = clock.now()
    Refund.objects.create(
        payment=row,
        person=row.person,
        cause=Refund.Cause.SURPLUS,
        amount_minor=row.amount_minor,
        currency=row.currency,
        key=f"surplus:{row.pk}",
        requested_at=now,
        check_at=now,
    )


def _note(row: Payment, action: str, more: dict[str, str] | None = None) -> None:
    data = {"minor": row.amount_minor, "currency": row.currency, **(more or {})}
    notes.of(actor=actor_of(row), action=action, subject=row, person=row.person_id, data=data)
