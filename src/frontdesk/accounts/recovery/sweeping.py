"""What time does to recoveries. Each row says when it is next due; a run that was lost or came twice harms nothing."""

from collections.abc import Callable

from django.db import transaction

from frontdesk.accounts.messages.sending import send_mail
from frontdesk.accounts.models import Person, Recovery
from frontdesk.accounts.recovery import completing, waiting
from frontdesk.accounts.recovery.waiting import KEPT
from frontdesk.core import audit, clock
from frontdesk.core.actors import Actor


def sweep() -> int:
    """Do what is due; returns how many recoveries moved on."""
    done = 0
    due = Recovery.objects.filter(next_at__lte=clock.now()).order_by("next_at")
    for recovery in due:
        with transaction.atomic():
            waiting.lock_person(recovery)
            rows = Recovery.objects.select_for_update(skip_locked=True)
            found = rows.filter(pk=recovery.pk, next_at__lte=clock.now()).first()
            if found is not None:
                _step(found)(found)
                done += 1
    return done


def _step(recovery: Recovery) -> Callable[[Recovery], object]:
    if not recovery.is_open or recovery.reached_at is None:
        return Recovery.delete
    if recovery.approved_at is None or recovery.link_sent_at is not None:
        return _expire
    if recovery.due_at is not None and recovery.due_at <= clock.now():
        return completing.send_link
    return _remind


def _remind(recovery: Recovery) -> None:
    """A second warning, a day before the wait ends."""
    recovery.reminded_at, recovery.next_at = clock.now(), recovery.due_at
    recovery.save(update_fields=["reminded_at", "next_at"])
    person = waiting.lock_person(recovery)
    if person is not None:
        waiting.tell(recovery, person, template="accounts/recovery_waits")


def _expire(recovery: Recovery) -> None:
    """Nobody judged it, or nobody used the link."""
    recovery.expired_at = clock.now()
    recovery.next_at = recovery.expired_at + KEPT
    recovery.save(update_fields=["expired_at", "next_at"])
    if recovery.approved_at and recovery.person_id:
        Person.objects.filter(pk=recovery.person_id).update(recovery_due_at=None)
    audit.record(
        actor=Actor.system("recovery"),
        action="recovery.expired",
        subject_type="recovery",
        subject=recovery.pk,
        person=recovery.person_id,
    )
    send_mail(to=recovery.reach_at, template="accounts/recovery_ended", context={})
