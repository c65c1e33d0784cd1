"""By what a person is known here, for finding what is theirs in rows that are not tied to them."""

from allauth.account.models import EmailAddress

from frontdesk.accounts.models import AddressChange, Person, Recovery
from frontdesk.core import audit
from frontdesk.core.models import AuditEntry
from frontdesk.core.personal import Traces


def traces_of(person: Person) -> Traces:
    """The addresses that the person has proved to read, now and before, and the names they went by.

    An address that was never proved, or that is somebody else's by now, is no trace of theirs.
    """
    proved = set(EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True))
    for old, new in AddressChange.objects.filter(person=person, completed_at__isnull=False).values_list(
        "old_address", "new_address"
    ):
        proved |= {old, new}
    typed = set(AddressChange.objects.filter(person=person).values_list("new_address", flat=True))
    typed |= set(Recovery.objects.filter(person=person).values_list("reach_at", flat=True))
    lower = {address.lower() for address in proved}
    every = lower | {address.lower() for address in typed}
    others = set(Person.objects.filter(email__in=every).exclude(pk=person.pk).values_list("email", flat=True))
    return Traces(
        person=person.pk,
        addresses=frozenset(lower - others),
        numbers=frozenset({person.phone} if person.phone and person.phone_confirmed_at else set()),
        names=frozenset(_names(person)),
        typed=frozenset(every - lower - others),
    )


def _names(person: Person) -> set[str]:
    """The present name, how pages address the person, and every name of before that the audit knows."""
    names = {person.name, person.shown_name}
    renamed = AuditEntry.objects.filter(person=person.pk, action="person.name_changed").exclude(personal=None)
    for entry in renamed.iterator():
        names.update(audit.personal_values(entry).values())
    return {name for name in names if name}
