"""What a person does about their browsers: ending sessions, and forgetting browsers that were known."""

from uuid import UUID

from django.db import transaction

from frontdesk.accounts.browsers import user_agents
from frontdesk.accounts.models import KnownBrowser, Person, Session
from frontdesk.accounts.services.sessions import end_sessions
from frontdesk.core import audit
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound
from frontdesk.core.live import waking


@transaction.atomic
def end_session(*, actor: Actor, person: Person, session: str) -> None:
    """End one session of this person, named by its row. Raises NotFound for anybody else's."""
    is_a_name = session.isalnum()  # PostgreSQL takes no NUL
    row = Session.objects.filter(person=person, pk=session).first() if is_a_name else None
    if row is None:
        raise NotFound
    row.delete()
    waking.judge_anew(person.pk)
    _record(actor, person, "session.ended", _shown(row))


@transaction.atomic
def end_all(*, actor: Actor, person: Person, except_session: str | None = None) -> int:
    """End this person's sessions, except the one with this key; returns how many ended."""
    ended = end_sessions(person=person, except_session=except_session)
    if ended:
        _record(actor, person, "sessions.ended", {"count": ended})
    return ended


@transaction.atomic
def forget(*, actor: Actor, person: Person, browser: UUID) -> None:
    """Forget one known browser: there, signing in takes both steps again. Raises NotFound for anybody else's."""
    row = KnownBrowser.objects.filter(person=person, pk=browser).first()
    if row is None:
        raise NotFound
    row.delete()
    _record(actor, person, "browser.forgotten", _shown(row))


@transaction.atomic
def forget_all(*, actor: Actor, person: Person) -> int:
    """Forget every browser of this person; returns how many."""
    forgotten = KnownBrowser.objects.filter(person=person).delete()[0]
    if forgotten:
        _record(actor, person, "browser.forgotten", {"count": forgotten})
    return forgotten


def _shown(row: Session | KnownBrowser) -> dict[str, str]:
    browser, system = user_agents.parts(row.user_agent)
    return {"browser": browser, "system": system}


def _record(actor: Actor, person: Person, action: str, data: dict[str, str] | dict[str, int]) -> None:
    audit.record(
        actor=actor, action=action, subject_type="person", subject=person.pk, person=person.pk, data=dict(data)
    )
