"""What a person of ours decides, and what helps them to."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from frontdesk.accounts.errors import RecoveryEnded, RecoveryNotPossible, RecoveryStoppedLately, RecoveryWaiting
from frontdesk.accounts.messages.sending import send_mail
from frontdesk.accounts.models import KnownBrowser, Person, Recovery, Session
from frontdesk.accounts.models.recoveries import OPEN
from frontdesk.accounts.recovery import waiting
from frontdesk.accounts.recovery.links import state_of
from frontdesk.core import audit, clock
from frontdesk.core.actors import Actor

WAIT = timedelta(hours=72)
REMIND_BEFORE = timedelta(hours=24)
STOP_COUNTS = timedelta(days=7)
RECENT = timedelta(days=90)
KEPT = timedelta(days=90)


@dataclass(frozen=True)
class Hints:
    """What helps to judge a request."""

    person: Person | None
    same_network: bool
    reach_is_account: bool
    last_used_at: datetime | None
    other_requests: int
    stopped_lately: bool


def hints(recovery: Recovery) -> Hints:
    """What we know that speaks for or against a request."""
    person, now = recovery.person, clock.now()
    others = Recovery.objects.filter(email=recovery.email, asked_at__gt=now - RECENT).exclude(pk=recovery.pk)
    of_person = Q(person=person) if person else Q(pk=None)
    networks = Q(ip_prefix=recovery.ip_prefix) & ~Q(ip_prefix="")
    last = Session.objects.filter(of_person).order_by("-last_used_at").first()
    return Hints(
        person=person,
        same_network=KnownBrowser.objects.filter(of_person & networks).exists()
        or Session.objects.filter(of_person & networks).exists(),
        reach_is_account=recovery.reach_at == recovery.email,
        last_used_at=last.last_used_at if last else None,
        other_requests=others.exclude(reached_at=None).count(),
        stopped_lately=person is not None and _stopped_lately(person, now),
    )


@transaction.atomic
def approve(*, actor: Actor, recovery: Recovery) -> None:
    """Begin the 72 hours in which everybody is told and anybody can stop it.

    Raises RecoveryEnded, RecoveryNotPossible, RecoveryWaiting and RecoveryStoppedLately.
    """
    person = waiting.lock_person(recovery)
    recovery = _to_judge(recovery.pk)
    now = clock.now()
    if person is None or person.is_staff or not person.is_active:
        raise RecoveryNotPossible
    if Recovery.objects.filter(OPEN, person=person, approved_at__isnull=False).exists():
        raise RecoveryWaiting
    if _stopped_lately(person, now):
        raise RecoveryStoppedLately
    recovery.approved_by, recovery.approved_at, recovery.due_at = actor.person, now, now + WAIT
    recovery.next_at, recovery.state_mark = now + WAIT - REMIND_BEFORE, state_of(person)
    recovery.save(update_fields=["approved_by", "approved_at", "due_at", "next_at", "state_mark"])
    person.recovery_due_at = recovery.due_at
    person.save(update_fields=["recovery_due_at"])
    _record(actor, "recovery.approved", recovery, {"due_at": recovery.due_at.isoformat(timespec="seconds")})
    waiting.tell(recovery, person, template="accounts/recovery_waits")
    send_mail(to=recovery.reach_at, template="accounts/recovery_approved", context={"due_at": recovery.due_at})


@transaction.atomic
def refuse(*, actor: Actor, recovery: Recovery) -> None:
    """Say no. The reason stays with us; whoever asked is told that it ended. Raises RecoveryEnded."""
    recovery = _to_judge(recovery.pk)
    recovery.refused_at = clock.now()
    recovery.next_at = recovery.refused_at + KEPT
    recovery.save(update_fields=["refused_at", "next_at"])
    _record(actor, "recovery.refused", recovery, {})
    send_mail(to=recovery.reach_at, template="accounts/recovery_ended", context={})


def _to_judge(recovery_id: UUID) -> Recovery:
    found = Recovery.objects.select_for_update().filter(OPEN, pk=recovery_id, approved_at=None).first()
    if found is None or found.reached_at is None:
        raise RecoveryEnded
    return found


def _stopped_lately(person: Person, now: datetime) -> bool:
    return Recovery.objects.filter(person=person, stopped_at__gt=now - STOP_COUNTS).exists()


def _record(actor: Actor, action: str, recovery: Recovery, data: dict[str, Any]) -> None:
    audit.record(
        actor=actor,
        action=action,
        subject_type="recovery",
        subject=recovery.pk,
        person=recovery.person_id,
        data=data,
    )
