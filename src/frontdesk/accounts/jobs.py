"""What the worker does for the accounts. Every job is safe to repeat, and the periodic ones find lost work."""

from datetime import timedelta
from uuid import UUID

import structlog
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from frontdesk.accounts import codes
from frontdesk.accounts.guard import counters
from frontdesk.accounts.recovery import sweeping
from frontdesk.accounts.services import deletion, erasing, export_building, exports, securing
from frontdesk.accounts.sessions import SessionStore
from frontdesk.accounts.sms import sending
from frontdesk.core import outbox

log = structlog.get_logger(__name__)
TRIES = 3
LOST_AFTER = timedelta(minutes=10)


@app.periodic(cron="41 3 * * *")
@app.task(name="accounts.clear_sessions", queueing_lock="accounts.clear_sessions")
def clear_sessions(timestamp: int = 0) -> None:
    """Delete sessions that nobody can use any more."""
    SessionStore.clear_expired()


@app.periodic(cron="51 3 * * *")
@app.task(name="accounts.forget_codes", queueing_lock="accounts.forget_codes")
def forget_codes(timestamp: int = 0) -> int:
    """Delete one-time codes that nobody can use any more."""
    return codes.forget_old()


@app.periodic(cron="53 3 * * *")
@app.task(name="accounts.forget_securing_links", queueing_lock="accounts.forget_securing_links")
def forget_securing_links(timestamp: int = 0) -> int:
    """Delete links out of "was this you?" mails that nobody can use any more."""
    return securing.forget_old()


@app.periodic(cron="47 3 * * *")
@app.task(name="accounts.forget_guesses", queueing_lock="accounts.forget_guesses")
def forget_guesses(timestamp: int = 0) -> None:
    """Delete counters that rest and have locked nothing."""
    counters.forget_old()


@app.periodic(cron="*/5 * * * *")
@app.task(name="accounts.sweep_recoveries", queueing_lock="accounts.sweep_recoveries")
def sweep_recoveries(timestamp: int = 0) -> int:
    """Warn once more, send the link when the wait is over, and end what nobody used."""
    return sweeping.sweep()


@app.task(name="accounts.prepare_export", pass_context=True, retry=RetryStrategy(max_attempts=TRIES - 1, wait=10))
def prepare_export(context: JobContext, export_id: str) -> bool:
    """Make a copy of somebody's data; after the last try the person is told that it failed."""
    try:
        return export_building.build(UUID(export_id))
    except Exception:
        if context.job.attempts >= TRIES - 1:
            exports.give_up(UUID(export_id))
        raise


@app.periodic(cron="*/5 * * * *")
@app.task(name="accounts.sweep_exports", queueing_lock="accounts.sweep_exports")
def sweep_exports(timestamp: int = 0) -> int:
    """Delete copies past their time, and make those whose job was lost."""
    for export_id in exports.unfinished(LOST_AFTER):
        try:
            export_building.build(export_id)
        except Exception:
            log.warning("copy_failed", export=str(export_id), exc_info=True)
    return exports.sweep()


@app.periodic(cron="*/10 * * * *")
@app.task(name="accounts.erase_due", queueing_lock="accounts.erase_due")
def erase_due(timestamp: int = 0) -> int:
    """Remind those whose account ends soon, and erase those whose time is up."""
    deletion.remind_due()
    return erasing.sweep()


@app.periodic(cron="* * * * * */5")
@app.task(name="accounts.deliver_sms", queueing_lock="accounts.deliver_sms")
def deliver_sms(timestamp: int = 0) -> int:
    """Deliver SMS, apart from the rest of the outbox: a provider that answers slowly holds up no mail."""
    return outbox.deliver_due(topics=[sending.TOPIC])
