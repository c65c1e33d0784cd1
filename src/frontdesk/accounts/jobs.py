"""The worker's standing duties for accounts."""

from procrastinate.contrib.django import app

from frontdesk.accounts import codes
from frontdesk.accounts.guard import counters
from frontdesk.accounts.recovery import sweeping
from frontdesk.accounts.sessions import SessionStore


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
