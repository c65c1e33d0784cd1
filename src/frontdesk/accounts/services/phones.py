"""The phone number of an account: confirmed by SMS before it counts."""

from django.db import transaction

from frontdesk.accounts.errors import PhoneInUse
from frontdesk.accounts.models import OneTimeCode, Person, Purpose
from frontdesk.accounts.services.notices import was_this_you
from frontdesk.accounts.sms import numbers
from frontdesk.core import audit, clock
from frontdesk.core.actors import Actor


@transaction.atomic
def confirm_phone(*, code: OneTimeCode) -> Person:
    """The number the code was sent to becomes its person's; a mail says so. `code` was right, which used it up."""
    if code.purpose != Purpose.PHONE or code.used_at is not None or code.person is None:
        raise ValueError("not a code that was just right for a number")
    person = Person.objects.select_for_update(no_key=True).get(pk=code.person.pk)
    before, person.phone, person.phone_confirmed_at = person.phone, code.destination, clock.real_now()
    person.save(update_fields=["phone", "phone_confirmed_at"])
    if before != person.phone:
        _tell(person, "changed" if before else "added", before, person.phone)
    return person


@transaction.atomic
def remove_phone(*, person: Person) -> None:
    """Forget the number; a mail says so. Raises PhoneInUse while the second step uses it."""
    kept = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if kept.second_step_by_sms:
        raise PhoneInUse
    before, kept.phone, kept.phone_confirmed_at = kept.phone, "", None
    kept.save(update_fields=["phone", "phone_confirmed_at"])
    if before:
        _tell(kept, "removed", before, "")


def _tell(person: Person, what: str, before: str, after: str) -> None:
    audit.record(
        actor=Actor.customer(person.pk),
        action="person.phone_changed" if after else "person.phone_removed",
        subject_type="person",
        subject=person.pk,
        person=person.pk,
        data={"kind": what},
        personal={"before": before, "after": after},
    )
    shown = {"before": numbers.masked(before), "after": numbers.masked(after)}
    was_this_you(person=person, cause="person.phone_changed", template="accounts/phone_changed", context=shown)
