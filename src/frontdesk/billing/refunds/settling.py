"""Settling refunds: money, credit note, books, licence and devices in one commit.

Monotonic like payments: started, then unknown, then failed, then paid back. Money that went back is a fact, also when
a refund had been given up before.
"""

from datetime import timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Sum

from frontdesk.billing import credits as credit
from frontdesk.billing import ledger, locks, mails, notes
from frontdesk.billing.events import RefundCompleted
from frontdesk.billing.invoices import writing
from frontdesk.billing.models import Account, Payment, Refund
from frontdesk.billing.payments.settling import Differs, other_amount, pause
from frontdesk.billing.providers.protocol import Outcome, ProviderError, Snapshot
from frontdesk.billing.refunds import calling, returned
from frontdesk.core import clock, events
from frontdesk.core.actors import Actor

log = structlog.get_logger(__name__)
LEASE = timedelta(minutes=2)  # longer than any call to a provider may take
Status = Refund.Status
UNDER_WAY = (Status.STARTED, Status.UNKNOWN)


def settle(*, refund: UUID, snapshot: Snapshot) -> Refund:
    """Bring a refund to what a snapshot says. Success publishes RefundCompleted; what was paid back stays so.

    Amounts that differ are refused loudly (Differs), and asked about no more.
    """
    with transaction.atomic():
        row = locks.refund(refund)
        difference = "" if row.status == Status.SUCCEEDED else _difference(row, snapshot)
        if difference:
            _set_aside(row, difference)
        else:
            _apply(row, snapshot)
    if difference:
        raise Differs(f"refund {refund}: {difference}")
    return row


def refresh(*, refund: UUID) -> Refund:
    """Ask the provider and settle; unchanged when it is away. Outside transactions."""
    row = Refund.objects.select_related("payment").get(pk=refund)
    if row.status == Status.SUCCEEDED:
        return row
    try:
        snapshot = calling.ask(row)
    except ProviderError as error:
        log.warning("refund_not_asked", refund=str(refund), error=type(error).__name__)
        return row
    return settle(refund=refund, snapshot=snapshot)


def sweep(limit: int = 200) -> int:
    """Finish refunds whose `check_at` has come: repeat the call (same key) or fetch. Returns how many."""
    done = 0
    while done < limit and (row := _claim()):
        done += 1
        try:
            if row.status in UNDER_WAY:
                settle(refund=row.pk, snapshot=calling.ask(row))
        except ProviderError as error:
            log.warning("refund_not_asked", refund=str(row.pk), error=type(error).__name__)
        except Exception:  # one that cannot be settled must not keep the others from it
            log.exception("refund_not_settled", refund=str(row.pk))
    return done


def _claim() -> Refund | None:
    now = clock.now()
    with transaction.atomic():
        row = (
            Refund.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
            .filter(check_at__lte=now)
            .select_related("payment")
            .order_by("check_at")
            .first()
        )
        if row:
            row.check_at = now + max(LEASE, pause(row.requested_at, now)) if row.status in UNDER_WAY else None
            row.save(update_fields=["check_at"])
    return row


def _difference(row: Refund, snapshot: Snapshot) -> str:
    if snapshot.ref and row.ref and snapshot.ref != row.ref:
        return "another reference"
    return other_amount(row.amount, snapshot)


def _set_aside(row: Refund, difference: str) -> None:
    """Ask no more about it, and leave it under way, so that its amount stays reserved."""
    log.error("refund_differs", refund=str(row.pk), difference=difference)
    if row.check_at is not None:
        row.status, row.check_at = Status.UNKNOWN, None
        row.save(update_fields=["status", "check_at"])
        notes.of(actor=Actor.system(), action="refund.differs", subject=row, person=None, data={"what": difference})


def _apply(row: Refund, snapshot: Snapshot) -> None:
    if row.status == Status.SUCCEEDED:
        if snapshot.outcome == Outcome.FAILED:  # the customer's bank sent it back: a person must find another way
            returned.came_back(row)
        return
    row.ref = snapshot.ref or row.ref
    if snapshot.outcome == Outcome.SUCCEEDED:
        _succeed(row)
    elif row.status == Status.FAILED:
        return
    elif snapshot.outcome == Outcome.FAILED:
        _fail(row)
    else:
        now = clock.now()
        row.status, row.check_at = Status.UNKNOWN, now + pause(row.requested_at, now)
        row.save()


def _fail(row: Refund) -> None:
    row.status, row.settled_at, row.check_at = Status.FAILED, clock.now(), None
    row.save()
    log.warning("refund_failed", refund=str(row.pk))
    _note(row, "refund.failed")
    mails.refund_failed(row)


def _succeed(row: Refund) -> None:
    row.status, row.settled_at, row.check_at = Status.SUCCEEDED, clock.now(), None
    row.save()
    is_surplus = row.payment.status == Payment.Status.SURPLUS
    surplus = {Account.RECEIVABLE: row.amount_minor, Account.CASH: -row.amount_minor}
    entries = surplus if is_surplus else _correct(row)
    invoice = row.payment.invoice
    ledger.book(booking=f"refund:{row.pk}", currency=row.currency, entries=entries, invoice=invoice)
    _note(row, "refund.completed")
    if not is_surplus:
        events.publish(RefundCompleted(refund=row.pk, invoice=invoice.pk, takes_back=row.takes_back))
    mails.refunded(row)


def _correct(row: Refund) -> dict[Account, int]:
    """The credit note with its booking. What no invoice can be corrected by any more is a loss."""
    invoice, payment = row.payment.invoice, row.payment
    back = payment.refunds.filter(status=Status.SUCCEEDED).aggregate(sum=Sum("amount_minor"))["sum"] or 0
    credit_minor = invoice.credit_minor if row.takes_back and back == payment.amount_minor else 0
    row.credit_note = note = writing.credit_note(row, credit_minor=credit_minor)
    row.save(update_fields=["credit_note"])
    if credit_minor:
        credit.give_back(invoice, key=f"refunded:{invoice.pk}")
    corrected = note.gross_minor if note else 0
    return {
        Account.REVENUE: note.net_minor if note else 0,
        Account.TAX: note.tax_minor if note else 0,
        Account.LOSS: row.amount_minor + credit_minor - corrected,
        Account.CREDIT: -credit_minor,
        Account.CASH: -row.amount_minor,
    }


def _note(row: Refund, action: str) -> None:
    data = {"minor": row.amount_minor, "currency": row.currency, "cause": row.cause}
    notes.of(actor=Actor.system(), action=action, subject=row, person=row.person_id, data=data)
