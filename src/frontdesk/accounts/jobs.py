"""The worker's standing duties for accounts."""

from procrastinate.contrib.django import app

from frontdesk.accounts.sessions import SessionStore


@app.periodic(cron="41 3 * * *")
@app.task(name="accounts.clear_sessions", queueing_lock="accounts.clear_sessions")
def clear_sessions(timestamp: int = 0) -> None:
    """Delete sessions that nobody can use any more."""
    SessionStore.clear_expired()
