"""The sweep of payments: finishes what was cut off, asks about what has no outcome, closes what nobody pays."""

from datetime import timedelta

import structlog
from django.db import transaction

from frontdesk.billing.models import Payment
from frontdesk.billing.payments import calling, paying, settling
from frontdesk.billing.providers.protocol import ProviderError
from frontdesk.core import clock

log = structlog.get_logger(__name__)
PAGE_LIFE = timedelta(hours=24)
Status = Payment.Status


def sweep(limit: int = 200) -> int:
    """Ask about every payment whose `check_at` has come: repeat the call (same key) or fetch. Returns how many."""
    done = 0
    while done < limit and (payment := _claim()):
        done += 1
        try:
            _look_after(payment)
        except ProviderError as error:
            log.warning("payment_not_asked", payment=str(payment.pk), error=type(error).__name__)
        except Exception:  # one that cannot be settled must not keep the others from it
            log.exception("payment_not_settled", payment=str(payment.pk))
    return done


def _claim() -> Payment | None:
    """The payment that has waited longest, put off so that no other sweep takes it and a dead one comes back."""
    now = clock.now()
    with transaction.atomic():
        row = (
            Payment.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
            .filter(check_at__lte=now)
            .select_related("invoice__order", "method", "person")
            .order_by("check_at")
            .first()
        )
        if row:
            row.check_at = now + max(paying.LEASE, settling.pause(row.started_at, now))
            row.save(update_fields=["check_at"])
    return row


def _look_after(row: Payment) -> None:
    if row.status not in Payment.UNDER_WAY:
        Payment.objects.filter(pk=row.pk, status=row.status).update(check_at=None)
        return
    if row.ref and row.status == Status.REQUIRES_ACTION and _is_over(row):
        settling.settle(payment=row.pk, snapshot=calling.close(row))
    elif row.ref or row.method_id:
        snapshot = calling.ask(row)
        if snapshot:
            settling.settle(payment=row.pk, snapshot=snapshot)
    else:
        settling.abandon(row.pk)


def _is_over(row: Payment) -> bool:
    """Whether nobody is waited for any more: the page is old, or what it is for is paid, given up or too late.

    A renewal that its customer has to confirm waits until the next try makes room for itself, or the licence ends.
    """
    now, order = clock.now(), row.invoice.order
    is_late = order is not None and order.expires_at <= now
    is_old = now - row.started_at >= PAGE_LIFE and (row.on_session or not row.invoice.is_demanded)
    return is_late or is_old or not row.invoice.is_open
