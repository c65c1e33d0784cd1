"""What the worker does for conversations. They only sweep rows that carry their own moment."""

from procrastinate.contrib.django import app

from frontdesk.support.tickets import attachments, following, guests
from frontdesk.support.tickets.beside import presence
from frontdesk.support.tickets.conversations import sweeping as conversations
from frontdesk.support.tickets.mail.incoming import jobs as incoming  # noqa: F401 - its jobs are found through this file
from frontdesk.support.tickets.routing import giving
from frontdesk.support.tickets.sla import sweeping


@app.periodic(cron="* * * * * */20")
@app.task(name="tickets.sweep_levels", queueing_lock="tickets.sweep_levels")
def sweep_levels(timestamp: int = 0) -> int:
    """Look at what time brought: deadlines that are near or passed, moments of rules."""
    return sweeping.sweep()


@app.periodic(cron="* * * * * */10")
@app.task(name="tickets.give_waiting", queueing_lock="tickets.give_waiting")
def give_waiting(timestamp: int = 0) -> int:
    """Give what waits unassigned to whoever is there by now."""
    return giving.give_waiting()


@app.periodic(cron="* * * * *")
@app.task(name="tickets.wake_snoozed", queueing_lock="tickets.wake_snoozed")
def wake_snoozed(timestamp: int = 0) -> int:
    """Bring back what was put off until now."""
    return conversations.wake_snoozed()


@app.periodic(cron="*/15 * * * *")
@app.task(name="tickets.close_old", queueing_lock="tickets.close_old")
def close_old(timestamp: int = 0) -> int:
    """Close what was solved 14 days ago."""
    return conversations.close_old()


@app.periodic(cron="*/5 * * * *")
@app.task(name="tickets.send_follow_ups", queueing_lock="tickets.send_follow_ups")
def send_follow_ups(timestamp: int = 0) -> int:
    """Ask whether it still works, three days after solving."""
    return following.send_due()


@app.periodic(cron="23 * * * *")
@app.task(name="tickets.forget_uploads", queueing_lock="tickets.forget_uploads")
def forget_uploads(timestamp: int = 0) -> int:
    """Delete files that were uploaded and never sent, and what guests wrote and never confirmed."""
    return attachments.forget_unclaimed() + guests.forget_pending()


@app.periodic(cron="*/10 * * * *")
@app.task(name="tickets.forget_presences", queueing_lock="tickets.forget_presences")
def forget_presences(timestamp: int = 0) -> int:
    """Delete who looked at conversations and has gone on."""
    return presence.forget_past()


@app.periodic(cron="37 4 * * *")
@app.task(name="tickets.forget_orphans", queueing_lock="tickets.forget_orphans")
def forget_orphans(timestamp: int = 0) -> int:
    """Delete files whose message was never committed."""
    return attachments.forget_orphans()
