"""What people say about themselves: name, language, time zone."""

from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.core import audit
from frontdesk.core.actors import Actor


@transaction.atomic
def change_profile(*, person: Person, name: str, language: str, time_zone: str) -> Person:
    """Change what is different, with a row in the history for each."""
    locked = Person.objects.select_for_update().get(pk=person.pk)
    wanted = {"name": name, "language": language, "time_zone": time_zone}
    changed = {field: (getattr(locked, field), new) for field, new in wanted.items() if getattr(locked, field) != new}
    for field, (old, new) in changed.items():
        setattr(locked, field, new)
        values = {"from": old, "to": new}
        audit.record(
            actor=Actor.customer(locked.pk),
            action=f"person.{field}_changed",
            subject_type="person",
            subject=locked.pk,
            person=locked.pk,
            data={} if field == "name" else values,
            personal=values if field == "name" else None,
        )
    if changed:
        locked.save(update_fields=list(changed))
    return locked
