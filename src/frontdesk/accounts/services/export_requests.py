"""Asking for a copy of one's data."""

from django.db import transaction

from frontdesk.accounts import jobs
from frontdesk.accounts.models import DataExport, Person
from frontdesk.accounts.services import exports
from frontdesk.core import clock, throttle
from frontdesk.core.throttle import Limit

ASKED = Limit("data export", 5, 86_400)


@transaction.atomic
def ask(*, person: Person) -> DataExport:
    """Have a copy made; the one that is being made when there is one. Raises TooManyAttempts over five a day."""
    locked = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    waiting = DataExport.objects.filter(person=locked, ready_at=None, failed_at=None).first()
    if waiting:
        return waiting
    throttle.reserve(ASKED, str(locked.pk))
    export = DataExport.objects.create(person=locked, asked_at=clock.real_now())
    exports.record("person.export_asked", export)
    jobs.prepare_export.defer(export_id=str(export.pk))
    return export
