"""Disputes: they suspend on opening, restore when won, take back when lost; a loss after a refund is told."""

import structlog
from django.db import transaction
from django.db.models import Sum
from prometheus_client import Counter

from frontdesk.billing import ledger, locks, mails, notes
from frontdesk.billing.events import DisputeClosed, DisputeOpened
from frontdesk.billing.mails import Left
from frontdesk.billing.models import Account, Dispute, Payment
from frontdesk.billing.payments import settling
from frontdesk.billing.providers.protocol import DisputeStatus, Snapshot
from frontdesk.billing.refunds import returned
from frontdesk.core import clock, events
from frontdesk.core.actors import Actor
from frontdesk.core.metrics import REGISTRY

log = structlog.get_logger(__name__)
Status = Dispute.Status
DOUBLE_LOSSES = Counter(
    "frontdesk_disputes_lost_after_refund", "Disputes lost for money that had gone back already.", registry=REGISTRY
)


def settle(*, provider: str, snapshot: Snapshot) -> Dispute | None:
    """Open or close a dispute as a snapshot says, in one transaction under the payment's lock. None: not ours.

    A dispute that is heard of when it is closed already is opened and closed at once, so that the books and the
    licence go through the same steps in any order of events.
    """
    payment = Payment.objects.filter(provider=provider, ref=snapshot.payment_ref).exclude(ref="").first()
    if payment is None or snapshot.dispute is None or snapshot.amount_minor <= 0:
        return None
    if payment.status not in settling.ARRIVED:  # this event came before the one of the payment
        payment = settling.refresh(payment=payment.pk)
    if payment.status not in settling.ARRIVED or snapshot.currency != payment.currency:
        return None
    with transaction.atomic():
        row = locks.payment(payment.pk)
        dispute = Dispute.objects.select_for_update(no_key=True).filter(ref=snapshot.ref).first()
        if dispute is None:
            dispute = _open(row, snapshot)
        if dispute.status == Status.OPEN and snapshot.dispute != DisputeStatus.OPEN:
            dispute.payment = row
            _close(dispute, is_won=snapshot.dispute == DisputeStatus.WON)
    return dispute


def _open(payment: Payment, snapshot: Snapshot) -> Dispute:
    dispute = Dispute.objects.create(
        payment=payment,
        ref=snapshot.ref,
        amount_minor=snapshot.amount_minor,
        currency=snapshot.currency,
        reason=snapshot.dispute_reason[:60],
        opened_at=clock.now(),
    )
    _book(dispute, "opened", Account.DISPUTED, Account.CASH)
    _note(dispute, "dispute.opened")
    if payment.status == Payment.Status.SUCCEEDED:  # whoever keeps the licence writes what becomes of it
        events.publish(DisputeOpened(dispute=dispute.pk, invoice=payment.invoice_id))
    else:  # a surplus has paid for nothing
        mails.dispute_opened(dispute, rests=False)
    return dispute


def _close(dispute: Dispute, *, is_won: bool) -> None:
    dispute.status, dispute.closed_at = Status.WON if is_won else Status.LOST, clock.now()
    dispute.save(update_fields=["status", "closed_at"])
    if is_won:
        _book(dispute, "won", Account.CASH, Account.DISPUTED)
    else:
        _book(dispute, "lost", Account.LOSS, Account.DISPUTED)
        returned.taken_by_bank(dispute.payment)
        _tell_double_loss(dispute)
    _note(dispute, "dispute.won" if is_won else "dispute.lost")
    payment = dispute.payment
    if payment.status == Payment.Status.SUCCEEDED:
        events.publish(DisputeClosed(dispute=dispute.pk, invoice=payment.invoice_id, is_won=is_won))
    else:
        mails.dispute_closed(dispute, leaves=Left.AS_IT_WAS)


def _tell_double_loss(dispute: Dispute) -> None:
    """More has gone back than came in: the provider took what we had refunded. A person should object there."""
    payment = dispute.payment
    refunded = returned.gone_minor(payment)
    lost = payment.disputes.filter(status=Status.LOST).aggregate(sum=Sum("amount_minor"))["sum"] or 0
    excess = refunded + lost - payment.amount_minor
    if excess <= 0:
        return
    log.error("dispute_lost_after_refund", dispute=str(dispute.pk), payment=str(payment.pk), excess=excess)
    DOUBLE_LOSSES.inc()
    data = {"minor": excess, "currency": dispute.currency, "ref": dispute.ref}
    notes.of(actor=Actor.system(), action="dispute.double_loss", subject=dispute, person=None, data=data)


def _book(dispute: Dispute, what: str, debit: Account, credit: Account) -> None:
    ledger.book(
        booking=f"dispute:{dispute.pk}:{what}",
        currency=dispute.currency,
        entries={debit: dispute.amount_minor, credit: -dispute.amount_minor},
        invoice=dispute.payment.invoice,
    )


def _note(dispute: Dispute, action: str) -> None:
    data = {"minor": dispute.amount_minor, "currency": dispute.currency}
    notes.of(actor=Actor.system(), action=action, subject=dispute, person=dispute.payment.person_id, data=data)
