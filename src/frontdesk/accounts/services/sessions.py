"""Ending sessions."""

from frontdesk.accounts.models import Person, Session
from frontdesk.accounts.sessions import key_hash
from frontdesk.core.live import waking


def end_sessions(*, person: Person, except_session: str | None = None) -> int:
    """Sign a person out everywhere, except in the session with this key; returns how many ended."""
    sessions = Session.objects.filter(person=person)
    if except_session:
        sessions = sessions.exclude(pk=key_hash(except_session))
    waking.judge_anew(person.pk)
    return sessions.delete()[0]
