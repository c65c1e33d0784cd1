"""What the worker does for billing. Jobs only sweep rows that carry their own moment: a lost queue loses nothing."""

from datetime import timedelta

import structlog
from procrastinate.contrib.django import app

from frontdesk.billing import orders, processing, reconciling
from frontdesk.billing.payments import detaching
from frontdesk.billing.payments import sweeping as payments
from frontdesk.billing.refunds import settling as refunds
from frontdesk.billing.subscriptions import sweeping as subscriptions
from frontdesk.core import clock

log = structlog.get_logger(__name__)
A_MINUTES_WORK = 2_000  # steps; the next run goes on where this one stops
RECONCILED = timedelta(days=3)  # what changed at the providers since, each night


@app.task(name="billing.process_events")
def process_events() -> int:
    """Process the events that have just come in."""
    return processing.process_due()


@app.periodic(cron="* * * * * */20")
@app.task(name="billing.sweep_events", queueing_lock="billing.sweep_events")
def sweep_events(timestamp: int = 0) -> int:
    """Process what a lost job left, and what failed before."""
    return processing.process_due()


@app.periodic(cron="* * * * * */20")
@app.task(name="billing.sweep_payments", queueing_lock="billing.sweep_payments")
def sweep_payments(timestamp: int = 0) -> int:
    """Finish payments that were cut off or have no outcome."""
    return payments.sweep()


@app.periodic(cron="* * * * * */20")
@app.task(name="billing.sweep_refunds", queueing_lock="billing.sweep_refunds")
def sweep_refunds(timestamp: int = 0) -> int:
    """Finish refunds that were cut off or have no outcome; send back what was paid too late."""
    return refunds.sweep()


@app.periodic(cron="*/10 * * * *")
@app.task(name="billing.forget_cards", queueing_lock="billing.forget_cards")
def forget_cards(timestamp: int = 0) -> int:
    """Let providers forget the cards that were removed here."""
    return detaching.sweep()


@app.periodic(cron="* * * * *")
@app.task(name="billing.sweep_subscriptions", queueing_lock="billing.sweep_subscriptions")
def sweep_subscriptions(timestamp: int = 0) -> int:
    """Do what is due on subscriptions: notices, reminders, charges, retries, ends."""
    return subscriptions.sweep(limit=A_MINUTES_WORK)


@app.periodic(cron="*/5 * * * *")
@app.task(name="billing.expire_orders", queueing_lock="billing.expire_orders")
def expire_orders(timestamp: int = 0) -> int:
    """Give up the orders that waited too long."""
    return orders.expire_open()


@app.periodic(cron="23 4 * * *")
@app.task(name="billing.reconcile", queueing_lock="billing.reconcile")
def reconcile(timestamp: int = 0) -> int:
    """Compare providers, ledger and rows; each difference is an error in the log, for a person to look at."""
    found = reconciling.reconcile(since=clock.real_now() - RECONCILED).differences
    for each in found:
        log.error("books_differ", where=each.where, subject=each.subject, what=each.what)
    return len(found)
