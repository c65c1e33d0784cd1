"""Refunds that a bank sent back after they had gone through: the money is here again, and it is the customer's still.

The credit note stands, and so does what was taken back; only the way of the money is to be found anew, by a person.
"""

from collections.abc import Mapping
from types import MappingProxyType

import structlog
from django.db import transaction

from frontdesk.billing import credits as credit
from frontdesk.billing import ledger, limits, locks, mails, notes
from frontdesk.billing.errors import OwedOtherwise, RefundNotPossible
from frontdesk.billing.models import Account, Dispute, Payment, Refund
from frontdesk.core import clock
from frontdesk.core.actors import Actor

log = structlog.get_logger(__name__)
BANK = Actor.system("the customer's bank")
NOTHING_MORE: Mapping[str, object] = MappingProxyType({})


def came_back(row: Refund) -> None:
    """Write that a refund which had succeeded came back. Under its lock; a second time changes nothing.

    Where the bank has given the customer as much already, by a dispute that was lost, nothing is owed.
    """
    if row.came_back_at is not None:
        return
    row.came_back_at = clock.now()
    row.save(update_fields=["came_back_at"])
    _book(row, "back", {Account.CASH: row.amount_minor, Account.RECEIVABLE: -row.amount_minor})
    log.error("refund_came_back", refund=str(row.pk))
    _note(BANK, row, "refund.came_back", row.amount_minor)
    if _is_still_owed(row):
        mails.refund_failed(row)


def make_good(*, actor: Actor, refund: Refund, agreed_minor: int, as_credit: bool, reason: str = "") -> bool:
    """An agent: the customer has what is owed of it by now (`agreed_minor`), or gets it as credit. Whether that was
    written down; False where it was made good before, in whatever way (`credits.replaces`), which changes nothing.

    Raises OwedOtherwise (another amount is owed than was agreed to), RefundNotPossible (it did not come back; there is
    nobody to give credit to; the customer's bank is deciding about the payment), ReasonMissing, PermissionMissing,
    OwnAccount.
    """
    actor = notes.explained(actor, reason)
    with transaction.atomic():
        row = locks.refund(refund.pk)
        limits.check_agent(actor, to=row.person_id)
        if row.came_back_at is None or (as_credit and row.person is None):
            raise RefundNotPossible
        if row.made_good_at is not None:
            return False
        if row.payment.disputes.filter(status=Dispute.Status.OPEN).exists():
            raise RefundNotPossible
        is_owed = _is_still_owed(row)
        is_agreed = row.ours_minor == agreed_minor
        if is_owed and is_agreed:
            _write_good(actor, row, as_credit)
    if not is_agreed:  # behind the transaction: what the bank had given stays written, and the page says the rest
        raise OwedOtherwise
    return is_owed


def taken_by_bank(payment: Payment) -> None:
    """What a bank has given the customer by a dispute that was lost is owed no more from refunds that had come back.

    Under the payment's lock. All that the customer has, and is owed, is never more than they paid; what the vendor lost
    by the dispute is less by what was owed.
    """
    lost = sum(payment.disputes.filter(status=Dispute.Status.LOST).values_list("amount_minor", flat=True))
    left = max(0, payment.amount_minor - lost - gone_minor(payment))
    for row in payment.refunds.filter(came_back_at__isnull=False, made_good_at=None).order_by("requested_at", "pk"):
        stays = min(row.ours_minor, left)
        left -= stays
        if stays < row.ours_minor:
            _take(row, row.ours_minor - stays)


def _write_good(actor: Actor, row: Refund, as_credit: bool) -> None:
    row.made_good_at = clock.now()
    row.save(update_fields=["made_good_at"])
    _book(row, "good", {Account.RECEIVABLE: row.ours_minor, _way(as_credit): -row.ours_minor})
    _note(actor, row, "refund.made_good", row.ours_minor, {"as_credit": as_credit})
    if as_credit:
        mails.credit_given(credit.instead_of_refund(row))
    else:
        mails.refund_made_good(row)


def _is_still_owed(row: Refund) -> bool:
    """Once what the bank gave is off it. Asked before it is made good, too: of disputes that were lost before we asked
    this, nobody has taken anything off yet."""
    taken_by_bank(row.payment)
    row.refresh_from_db(fields=["by_bank_minor", "by_bank_at", "made_good_at"])
    return row.is_owed


def gone_minor(payment: Payment) -> int:
    """What has gone back of a payment by refunds, or is on its way."""
    return sum(each.gone_minor for each in payment.refunds.all())


def _take(row: Refund, minor: int) -> None:
    row.by_bank_minor += minor
    row.by_bank_at = clock.now()
    if not row.ours_minor:
        row.made_good_at = row.by_bank_at
    row.save(update_fields=["by_bank_minor", "by_bank_at", "made_good_at"])
    # Named by the sum, since several disputes may each take a part.
    _book(row, f"bank:{row.by_bank_minor}", {Account.RECEIVABLE: minor, Account.LOSS: -minor})
    _note(BANK, row, "refund.taken_by_bank", minor)


def _way(as_credit: bool) -> Account:
    return Account.CREDIT if as_credit else Account.CASH


def _book(row: Refund, what: str, entries: dict[Account, int]) -> None:
    ledger.book(booking=f"refund:{row.pk}:{what}", currency=row.currency, entries=entries, invoice=row.payment.invoice)


def _note(actor: Actor, row: Refund, action: str, minor: int, more: Mapping[str, object] = NOTHING_MORE) -> None:
    data = {"minor": minor, "currency": row.currency, **more}
    notes.of(actor=actor, action=action, subject=row, person=row.person_id, data=data)
