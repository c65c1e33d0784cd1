"""Refunds that a bank sent back after they had gone through: the money is here again, and it is the customer's still.

The credit note stands, and so does what was taken back; only the way of the money is to be found anew, by a person.
"""

import structlog
from django.db import transaction

from frontdesk.billing import credits as credit
from frontdesk.billing import ledger, limits, locks, mails, notes
from frontdesk.billing.errors import RefundNotPossible
from frontdesk.billing.models import Account, Refund
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

    Raises RefundNotPossible (it did not come back; there is nobody to give credit to), ReasonMissing,
    PermissionMissing, OwnAccount.
    """
    actor = notes.explained(actor, reason)
    row = locks.refund(refund.pk)
    limits.check_agent(actor, to=row.person_id)
    if row.came_back_at is None or (as_credit and row.person is None):
        raise RefundNotPossible
    if row.made_good_at is not None:
        return row
    row.made_good_at = clock.now()
    row.save(update_fields=["made_good_at"])
    _book(row, "good", {Account.RECEIVABLE: row.amount_minor, _way(as_credit): -row.amount_minor})
    _note(actor, row, "refund.made_good", {"as_credit": as_credit})
    if as_credit:
        mails.credit_given(credit.instead_of_refund(row))
    else:
        mails.refund_made_good(row)
    return row


def _way(as_credit: bool) -> Account:
    return Account.CREDIT if as_credit else Account.CASH


def _book(row: Refund, what: str, entries: dict[Account, int]) -> None:
    name = f"refund:{row.pk}:{what}"
    ledger.book(booking=name, currency=row.currency, entries=entries, invoice=row.payment.invoice)


def _note(actor: Actor, row: Refund, action: str, more: dict[str, object]) -> None:
    data = {"minor": row.amount_minor, "currency": row.currency, **more}
    notes.of(actor=actor, action=action, subject=row, person=row.person_id, data=data)
