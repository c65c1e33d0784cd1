"""What nobody could settle: an agent asks the provider again, once the difference is mended, or gives the try up.

What had amounts that differ is not asked about by itself any more (`settling`), so that somebody has to say so.
"""

from uuid import UUID

from django.db import transaction

from frontdesk.billing import limits, locks, notes
from frontdesk.billing.errors import DiffersOtherwise, PaymentUnderWay
from frontdesk.billing.models import Payment, Refund
from frontdesk.billing.payments import settling
from frontdesk.billing.refunds import settling as refund_settling
from frontdesk.core.actors import Actor


def at_payment(*, actor: Actor, payment: UUID) -> Payment:
    """Ask how a payment stands, and settle it; unchanged while the provider is away. Outside transactions.

    Raises Differs (it still says another amount), ReasonMissing, PermissionMissing.
    """
    with transaction.atomic():
        row = locks.payment(payment)
        _note(actor, row, "payment.asked_again")
    return settling.refresh(payment=payment)


@transaction.atomic
def give_up(*, actor: Actor, payment: UUID, agreed: str) -> Payment:
    """Close a try over whose amount we and the provider differ, so that it may be paid anew; whoever paid is told.

    A second time changes nothing. Money that arrives with it after all, in our amount, counts all the same. `agreed`:
    the difference over which it is given up, which nobody is told of again.

    Raises PaymentUnderWay (its outcome comes by itself), DiffersOtherwise (by now it is another difference),
    ReasonMissing, PermissionMissing, OwnAccount.
    """
    row = locks.payment(payment)
    if row.status not in Payment.UNDER_WAY:
        return row
    if not row.is_set_aside:
        raise PaymentUnderWay
    if row.difference != agreed:
        raise DiffersOtherwise
    _note(actor, row, "payment.given_up", to=row.person_id, over=agreed)
    settling.give_up(row)
    return row


def at_refund(*, actor: Actor, refund: UUID) -> Refund:
    """The same for a refund."""
    with transaction.atomic():
        row = locks.refund(refund)
        _note(actor, row, "refund.asked_again")
    return refund_settling.refresh(refund=refund)


def _note(actor: Actor, row: Payment | Refund, action: str, *, to: UUID | None = None, over: str = "") -> None:
    actor = notes.explained(actor)
    limits.check_agent(actor, to=to)
    data = {"status": row.status} | ({"difference": over} if over else {})
    notes.of(actor=actor, action=action, subject=row, person=row.person_id, data=data)
