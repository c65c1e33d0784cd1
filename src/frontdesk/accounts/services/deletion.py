"""Deleting one's account: asked for, taken back within 14 days of business time, then erased (`erasing`)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from frontdesk.accounts.errors import StaffAccountStays
from frontdesk.accounts.events import PersonSecured
from frontdesk.accounts.messages.sending import send_mail
from frontdesk.accounts.models import Message, Person
from frontdesk.core import audit, clock
from frontdesk.core.actors import Actor

GRACE = timedelta(days=14)
REMINDED = timedelta(days=3)  # before the end
REMINDER = "accounts/deletion_soon"


@transaction.atomic
def ask(*, person: Person) -> datetime:
    """Have the account deleted in 14 days; returns when. Asked twice, the first date holds. Raises StaffAccountStays.

    Until then everything goes on, and `cancel` takes it back. A mail says so.
    """
    locked = _locked(person)
    if locked.is_staff:
        raise StaffAccountStays
    if locked.deletion_due_at:
        return locked.deletion_due_at
    due = locked.deletion_due_at = clock.now() + GRACE
    locked.save(update_fields=["deletion_due_at"])
    _record("person.deletion_asked", locked, due)
    _mail(locked, "accounts/deletion_asked", due)
    return due


@transaction.atomic
def cancel(*, person: Person) -> bool:
    """Keep the account; whether it was to be deleted. A mail says so."""
    locked = _locked(person)
    due = locked.deletion_due_at
    if due is None:
        return False
    locked.deletion_due_at = None
    locked.save(update_fields=["deletion_due_at"])
    _record("person.deletion_canceled", locked, due)
    _mail(locked, "accounts/deletion_canceled", due)
    return True


def cancel_secured(event: PersonSecured) -> None:
    """Whoever secures the account keeps it: the deletion may have been a stranger's doing."""
    cancel(person=Person.objects.get(pk=event.person))


def remind_due() -> int:
    """Write to those whose account ends within three days, once each; returns to how many."""
    soon = Person.objects.filter(deletion_due_at__lte=clock.now() + REMINDED, deletion_due_at__gt=clock.now())
    return sum(_remind(person) for person in soon)


@transaction.atomic
def _remind(person: Person) -> bool:
    locked = _locked(person)
    due = locked.deletion_due_at
    if due is None:
        return False
    if Message.objects.filter(person=locked, template=REMINDER, created_at__gt=due - GRACE).exists():
        return False
    _mail(locked, REMINDER, due)
    return True


def _locked(person: Person) -> Person:
    return Person.objects.select_for_update(no_key=True).get(pk=person.pk)


def _mail(person: Person, template: str, due: datetime) -> None:
    link = settings.FRONTDESK_URL + reverse("privacy")
    send_mail(to=person, template=template, context={"due_at": due, "action_url": link})


def _record(action: str, person: Person, due: datetime) -> None:
    audit.record(
        actor=Actor.customer(person.pk),
        action=action,
        subject_type="person",
        subject=person.pk,
        person=person.pk,
        data={"due_at": due.isoformat()},
    )
