"""Refunds that somebody made at the provider, past us: the money is gone, so the books must say so."""

from django.db import transaction

from frontdesk.billing import locks, notes
from frontdesk.billing.models import Payment, Refund
from frontdesk.billing.payments.settling import ARRIVED
from frontdesk.billing.providers.protocol import Outcome, Snapshot
from frontdesk.billing.refunds import settling
from frontdesk.core import clock
from frontdesk.core.actors import Actor


def adopt(*, provider: str, snapshot: Snapshot) -> Refund | None:
    """Write a row for a refund that is not ours, and settle it; what it paid for stays.

    None while it might still be ours (one of ours is under way and does not know its reference), or when it is for
    a payment that we do not know, or has not happened.
    """
    if snapshot.outcome != Outcome.SUCCEEDED or snapshot.amount_minor <= 0:
        return None
    payment = Payment.objects.filter(provider=provider, ref=snapshot.payment_ref).exclude(ref="").first()
    if payment is None:
        return None
    with transaction.atomic():
        current = locks.payment(payment.pk)
        if current.status not in ARRIVED or snapshot.currency != current.currency:
            return None
        if current.refunds.filter(status__in=settling.UNDER_WAY, ref="").exists():
            return None
        row, is_new = Refund.objects.get_or_create(
            key=f"adopted:{snapshot.ref}"[:80],
            defaults={
                "payment": current,
                "person": current.person,
                "cause": Refund.Cause.PROVIDER,
                "amount_minor": snapshot.amount_minor,
                "currency": snapshot.currency,
                "ref": snapshot.ref,
                "requested_at": clock.now(),
            },
        )
        if is_new:
            data = {"minor": row.amount_minor, "currency": row.currency, "cause": row.cause}
            notes.of(actor=Actor.system(), action="refund.adopted", subject=row, person=None, data=data)
        return settling.settle(refund=row.pk, snapshot=snapshot)
