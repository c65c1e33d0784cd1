"""The sweep: takes subscriptions whose moment has come, one step each. Many workers may run it at once.

A row is locked with SKIP LOCKED, so that workers pass each other by. Whatever one row raises postpones that row alone,
by a growing pause; the others go on, and it comes back by itself.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import QuerySet

from frontdesk.billing.models import EndReason, Step, Subscription
from frontdesk.billing.subscriptions import charging, ending, notices, planning
from frontdesk.billing.subscriptions.charging import Charge
from frontdesk.core import clock
from frontdesk.core.actors import Actor

log = structlog.get_logger(__name__)
PAUSES = [timedelta(minutes=m) for m in (5, 15, 60, 180, 360, 720, 1440)]
Outside = Callable[[], None]


def sweep(limit: int = 500) -> int:
    """Do one step for each due subscription (oldest first), each in transactions of its own; returns how many."""
    done = 0
    while done < limit and _careful():
        done += 1
    return done


def step(subscription: UUID) -> bool:
    """Do what is due on one subscription. False when nothing is (somebody else did it). Safe to repeat."""
    with transaction.atomic():
        row = _due().filter(pk=subscription).first()
        if row is None:
            return False
        outside = _inside(row)
    if outside:
        outside()
    return True


def _due() -> QuerySet[Subscription]:
    """What is due and not in other hands; whoever reads it holds it."""
    rows = Subscription.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    due = rows.select_related(*planning.WITH).filter(next_action_at__lte=clock.now())
    return due.order_by("next_action_at", "pk")


def _careful() -> bool:
    """One step of the one that has waited longest; False when none is due."""
    row = None
    try:
        with transaction.atomic():
            row = _due().first()
            outside = _inside(row) if row else None
        if outside:
            outside()
    except Exception as error:
        if row is None:
            raise
        _stumble(row.pk, error)
    return row is not None


def _stumble(subscription: UUID, error: Exception) -> None:
    with transaction.atomic():
        row = planning.locked(subscription)
        pause = PAUSES[min(row.stumbles, len(PAUSES) - 1)]
        row.stumbles += 1
        row.next_action_at = clock.now() + pause
        row.save(update_fields=["stumbles", "next_action_at"])
    # The error's text may hold what is nobody's business: only its class is kept.
    log.error("subscription_stumbled", subscription=str(subscription), error=type(error).__name__, times=row.stumbles)


def _inside(row: Subscription) -> Outside | None:
    """One step in the row's transaction; what is left to do outside of it. What is due is judged anew."""
    coming = planning.next_of(row)
    row.next_step = coming.step
    if coming.at is None or coming.at > clock.now():
        planning.plan(row)
        return None
    if coming.step in {Step.NOTICE, Step.REMINDER} and row.held_at is not None and row.auto_renew:
        charging.wait(row, charging.HOLD)  # no word of a charge that waits
    elif coming.step == Step.NOTICE:
        notices.announce(row)
    elif coming.step == Step.REMINDER:
        notices.remind(row)
    elif coming.step in {Step.CHARGE, Step.RETRY}:
        return _asking(charging.prepare(row))
    elif coming.step in {Step.END, Step.LAPSE}:
        return _end(row, EndReason.UNPAID if coming.step == Step.LAPSE else EndReason.NOT_RENEWED)
    return None


def _asking(charge: Charge | None) -> Outside | None:
    if charge is None:
        return None
    return lambda: charging.ask(charge)


def _end(row: Subscription, reason: EndReason) -> Outside | None:
    """End it, unless a try to pay is under way: that is brought to its end before."""
    invoice = planning.open_invoice(row)
    if invoice and planning.under_way(invoice):
        planning.postpone(row, charging.PAUSE)
        subscription = row.pk
        return lambda: _end_after(subscription)
    ending.end(actor=Actor.system("the sweep of subscriptions"), subscription=row, reason=reason)
    return None


def _end_after(subscription: UUID) -> None:
    if charging.close_try(subscription):
        with transaction.atomic():
            planning.plan(planning.locked(subscription))  # the end is due at once, if it still is
