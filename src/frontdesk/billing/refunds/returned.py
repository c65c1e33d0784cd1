"""Refunds that a bank sent back after they had gone through: the money is here again, and it is the customer's still.

The credit note stands, and so does what was taken back; only the way of the money is to be found anew, by a person.
"""

import structlog
from django.db import transaction

from frontdesk.billing import credits as credit
from frontdesk.billing import ledger, limits, locks, mails, notes
from frontdesk.billing.errors import RefundNotPossible
from frontdesk.billing.models import Account, Dispute, LedgerEntry, Payment, Refund
from frontdesk.core import clock
from frontdesk.core.actors import Actor

log = structlog.get_logger(__name__)


def came_back(row: Refund) -> None:
    """Write that a refund which had succeeded came back. Under its lock; a second time changes nothing."""
    if row.came_back_at is not None:
        return
    row.came_back_at = clock.now()
    row.save(update_fields=["came_back_at"])
    _book(row, "back", {Account.CASH: row.amount_minor, Account.RECEIVABLE: -row.amount_minor})
    log.error("refund_came_back", refund=str(row.pk))
    _note(Actor.system("the customer's bank"), row, "refund.came_back", {})
    mails.refund_failed(row)


@transaction.atomic
def make_good(*, actor: Actor, refund: Refund, as_credit: bool, reason: str = "") -> Refund:
    """An agent: the customer has the money in another way by now, or gets it as credit. A second time changes nothing.

    Raises RefundNotPossible (it did not come back; there is nobody to give credit to; the customer's bank is deciding
    about the payment), ReasonMissing, PermissionMissing, OwnAccount.
    """
    actor = notes.explained(actor, reason)
    row = locks.refund(refund.pk)
    limits.check_agent(actor, to=row.person_id)
    if row.came_back_at is None or (as_credit and row.person is None):
        raise RefundNotPossible
    if row.made_good_at is not None:
        return row
    if row.payment.disputes.filter(status=Dispute.Status.OPEN).exists():
        raise RefundNotPossible
    _made_good(row, _way(as_credit))
    _note(actor, row, "refund.made_good", {"as_credit": as_credit})
    if as_credit:
        mails.credit_given(credit.instead_of_refund(row))
    else:
        mails.refund_made_good(row)
    return row


def taken_by_bank(payment: Payment) -> None:
    """A dispute was lost: refunds that had come back, and that the bank has taken with it, are owed no more.

    Under the payment's lock. The customer has that money; what the vendor lost by the dispute is less by it.
    """
    lost = sum(payment.disputes.filter(status=Dispute.Status.LOST).values_list("amount_minor", flat=True))
    left = payment.amount_minor - lost - sum(each.amount_minor for each in gone(payment))
    for row in payment.refunds.filter(came_back_at__isnull=False, made_good_at=None).order_by("requested_at"):
        if row.amount_minor <= left:
            left -= row.amount_minor
            continue
        _made_good(row, Account.LOSS)
        _note(Actor.system("the customer's bank"), row, "refund.made_good", {"as_credit": False, "by_bank": True})


def gone(payment: Payment) -> list[Refund]:
    """The refunds whose money has left, or is on its way: not what came back and is owed still, nor what the bank has
    taken with a dispute."""
    rows = [each for each in payment.refunds.exclude(status=Refund.Status.FAILED) if not each.is_owed]
    names = {_name(each, "good"): each for each in rows if each.came_back_at is not None}
    by_bank = LedgerEntry.objects.filter(booking__in=names, account=Account.LOSS).values_list("booking", flat=True)
    taken = {names[name].pk for name in by_bank}
    return [each for each in rows if each.pk not in taken]


def _made_good(row: Refund, way: Account) -> None:
    row.made_good_at = clock.now()
    row.save(update_fields=["made_good_at"])
    _book(row, "good", {Account.RECEIVABLE: row.amount_minor, way: -row.amount_minor})


def _name(row: Refund, what: str) -> str:
    return f"refund:{row.pk}:{what}"


def _way(as_credit: bool) -> Account:
    return Account.CREDIT if as_credit else Account.CASH


def _book(row: Refund, what: str, entries: dict[Account, int]) -> None:
    ledger.book(booking=_name(row, what), currency=row.currency, entries=entries, invoice=row.payment.invoice)


def _note(actor: Actor, row: Refund, action: str, more: dict[str, object]) -> None:
    data = {"minor": row.amount_minor, "currency": row.currency, **more}
    notes.of(actor=actor, action=action, subject=row, person=row.person_id, data=data)
