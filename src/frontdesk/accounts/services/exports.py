"""Copies of everything we hold about somebody: made by a job, kept sealed for seven days (real time), then deleted.

Asking for one is in `export_requests`, making one in `export_building`.
"""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.core.files.storage import default_storage

from frontdesk.accounts.models import DataExport, Person
from frontdesk.core import audit, clock, sealed_files
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound

KEPT = timedelta(days=7)
GIVEN_UP = timedelta(hours=2)  # a job that has not come through by then never will
PURPOSE = "copy of a person's data"


def newest(person: Person) -> DataExport | None:
    """The copy that the page speaks of: the last one asked for, unless its time is over."""
    export = DataExport.objects.filter(person=person).order_by("-asked_at").first()
    is_over = export and export.expires_at and export.expires_at <= clock.real_now()
    return None if is_over else export


def take(*, person: Person, export_id: UUID) -> tuple[DataExport, Iterator[bytes]]:
    """A ready copy, as its bytes, a piece at a time. Raises NotFound for another's, none, and an old one."""
    found = DataExport.objects.filter(person=person, pk=export_id, ready_at__isnull=False)
    export = found.filter(expires_at__gt=clock.real_now()).first()
    if export is None or not default_storage.exists(export.path):
        raise NotFound
    record("person.export_downloaded", export)
    file = default_storage.open(export.path)
    return export, sealed_files.pieces(file, purpose=PURPOSE, context=export.pk.bytes)


def path_of(export_id: UUID) -> str:
    """Where a copy lies in the storage, sealed."""
    return f"copies/{export_id}.sealed"


def sweep() -> int:
    """Delete copies past their time, and give up those whose job is lost for good; returns how many were deleted."""
    now = clock.real_now()
    for lost in DataExport.objects.filter(ready_at=None, failed_at=None, asked_at__lt=now - GIVEN_UP):
        give_up(lost.pk)
    gone = list(DataExport.objects.filter(expires_at__lte=now))
    for export in gone:
        delete(export)
    return len(gone)


def unfinished(after: timedelta) -> list[UUID]:
    """Copies that were asked for longer than this ago and are not made."""
    late = DataExport.objects.filter(ready_at=None, failed_at=None, asked_at__lt=clock.real_now() - after)
    return list(late.values_list("pk", flat=True))


def give_up(export_id: UUID) -> None:
    """Say that the copy could not be made; whatever a killed job left of it goes."""
    waiting = DataExport.objects.filter(pk=export_id, ready_at=None, failed_at=None)
    now = clock.real_now()
    if waiting.update(failed_at=now, expires_at=now + KEPT):
        default_storage.delete(path_of(export_id))


def delete(export: DataExport) -> None:
    """Delete a copy, safe to repeat: the file first, then the row that points to it."""
    default_storage.delete(path_of(export.pk))
    DataExport.objects.filter(pk=export.pk).delete()


def record(action: str, export: DataExport) -> None:
    """A row in the person's history."""
    audit.record(
        actor=Actor.customer(export.person_id),
        action=action,
        subject_type="data_export",
        subject=export.pk,
        person=export.person_id,
    )
