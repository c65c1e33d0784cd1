"""Asking the provider again about what nobody could settle: an agent's look, once the difference is mended.

What had amounts that differ is not asked about by itself any more (`settling`), so that somebody has to say so.
"""

from uuid import UUID

from django.db import transaction

from frontdesk.billing import limits, locks, notes
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


def at_refund(*, actor: Actor, refund: UUID) -> Refund:
    """The same for a refund."""
    with transaction.atomic():
        row = locks.refund(refund)
        _note(actor, row, "refund.asked_again")
    return refund_settling.refresh(refund=refund)


def _note(actor: Actor, row: Payment | Refund, action: str) -> None:
    actor = notes.explained(actor)
    limits.check_agent(actor, to=None)
    notes.of(actor=actor, action=action, subject=row, person=row.person_id, data={"status": row.status})
