"""Erasing a person for good: every app's step, in one transaction, once their 14 days are over (business time)."""

from uuid import UUID

import structlog
from django.db import transaction

from frontdesk.accounts.events import PersonLeaves
from frontdesk.accounts.models import Person
from frontdesk.accounts.privacy.traces import traces_of
from frontdesk.core import audit, clock, events, personal
from frontdesk.core.actors import Actor
from frontdesk.core.alone import alone

log = structlog.get_logger(__name__)


def sweep() -> int:
    """Erase everybody whose time is up; returns how many. Whoever could not be erased is taken up by the next sweep."""
    due = Person.objects.filter(deletion_due_at__lte=clock.now()).order_by("deletion_due_at")
    return sum(_try(person) for person in due.values_list("pk", flat=True))


def _try(person: UUID) -> bool:
    try:
        return erase_if_due(person)
    except Exception:
        log.exception("erasure_failed", person=str(person))
        return False


def erase_if_due(person: UUID) -> bool:
    """Erase one person, all or nothing; whether it did. Not who has changed their mind, is staff, or is being erased.

    What stays of them: audit rows, whose personal values nobody can open any more, and what other people's rows need
    (a licence without owner, a device without name).
    """
    with alone(f"frontdesk erasure {person}") as is_alone:
        return is_alone and _erase(person)


@transaction.atomic
def _erase(person: UUID) -> bool:
    due = Person.objects.filter(pk=person, deletion_due_at__lte=clock.now(), is_staff=False)
    if not due.exists():
        return False
    events.publish(PersonLeaves(person))
    locked = due.select_for_update(no_key=True).first()  # looked at again: the locks before may have taken a while
    if locked is None:
        return False
    traces = traces_of(locked)
    for eraser in personal.erasers():
        eraser.erase(traces)
    audit.record(actor=Actor.system(), action="person.deleted", subject_type="person", subject=person, person=person)
    return True
