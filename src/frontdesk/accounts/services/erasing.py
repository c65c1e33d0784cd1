"""Erasing a person for good: every app's step, in one transaction, once their 14 days are over (business time)."""

from uuid import UUID

import structlog
from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.accounts.traces import traces_of
from frontdesk.core import audit, clock, personal
from frontdesk.core.actors import Actor

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


@transaction.atomic
def erase_if_due(person: UUID) -> bool:
    """Erase one person, all or nothing; whether it did. Not who has changed their mind, is staff, or is being erased.

    What stays of them: audit rows, whose personal values nobody can open any more, and what other people's rows need
    (a licence without owner, a device without name).
    """
    due = Person.objects.filter(pk=person, deletion_due_at__lte=clock.now(), is_staff=False)
    locked = due.select_for_update(skip_locked=True, no_key=True).first()
    if locked is None:
        return False
    traces = traces_of(locked)
    for eraser in personal.erasers():
        eraser.erase(traces)
    audit.record(actor=Actor.system(), action="person.deleted", subject_type="person", subject=person, person=person)
    return True
