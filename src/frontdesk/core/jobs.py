"""The worker's standing duties for the mechanisms. Periodic jobs only sweep rows, so a lost queue loses nothing."""

from procrastinate.contrib.django import app

from frontdesk.core import audit, outbox, throttle
from frontdesk.core.live import tickets


@app.periodic(cron="* * * * * */5")
@app.task(name="core.deliver_outbox", queueing_lock="core.deliver_outbox", pass_context=False)
def deliver_outbox(timestamp: int = 0) -> int:
    """Deliver what is due in the outbox, except the topics that have a job of their own."""
    return outbox.deliver_due(topics=outbox.shared_topics())


@app.periodic(cron="* * * * *")
@app.task(name="core.seal_audit", queueing_lock="core.seal_audit")
def seal_audit(timestamp: int = 0) -> int:
    """Seal new audit rows into the chain."""
    return audit.seal()


@app.periodic(cron="17 3 * * *")
@app.task(name="core.forget_throttles", queueing_lock="core.forget_throttles")
def forget_throttles(timestamp: int = 0) -> int:
    """Delete counters that no window needs any more."""
    return throttle.forget_old()


@app.periodic(cron="*/10 * * * *")
@app.task(name="core.forget_tickets", queueing_lock="core.forget_tickets")
def forget_tickets(timestamp: int = 0) -> int:
    """Delete the numbers of tickets for streams that nobody could use any more."""
    return tickets.forget_spent()
