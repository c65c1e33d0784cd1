"""Making the copy that somebody asked for; safe to run again after a crash at any point, and twice at once."""

import tempfile
from typing import IO
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse

from frontdesk.accounts.messages.sending import send_mail
from frontdesk.accounts.models import DataExport
from frontdesk.accounts.privacy import copy_file
from frontdesk.accounts.privacy.traces import traces_of
from frontdesk.accounts.services import exports
from frontdesk.core import clock, sealed_files
from frontdesk.core.alone import alone

IN_MEMORY = 8_000_000  # bytes; more goes to a temporary file that has no name


def build(export_id: UUID) -> bool:
    """Make a copy; whether it did. One that is made, given up, erased with its person or in the making is left."""
    with alone(f"frontdesk copy {export_id}") as is_alone:
        waiting = DataExport.objects.filter(pk=export_id, ready_at=None, failed_at=None) if is_alone else None
        export = waiting.select_related("person").first() if waiting is not None else None
        if export is None:
            return False
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as clear, tempfile.SpooledTemporaryFile(IN_MEMORY) as sealed:
            copy_file.write(clear, export.person, traces_of(export.person), lambda done: _progress(export, done))
            clear.seek(0)
            size = sealed_files.seal(clear, sealed, purpose=exports.PURPOSE, context=export.pk.bytes)
            sealed.seek(0)
            return _keep(export, sealed, size)


def _progress(export: DataExport, percent: int) -> None:
    DataExport.objects.filter(pk=export.pk).update(progress=percent)


def _keep(export: DataExport, sealed: IO[bytes], size: int) -> bool:
    """Put the file into the storage and say so; the row is locked, so that no erasure passes between the two."""
    with transaction.atomic():
        row = DataExport.objects.select_for_update().filter(pk=export.pk, ready_at=None, failed_at=None).first()
        if row is None:
            return False
        path = exports.path_of(row.pk)
        default_storage.delete(path)  # what a killed job left
        row.path = default_storage.save(path, File(sealed))
        now = clock.real_now()
        row.size, row.progress, row.ready_at, row.expires_at = size, 100, now, now + exports.KEPT
        row.save()
        link = settings.FRONTDESK_URL + reverse("privacy")
        send_mail(to=export.person, template="accounts/copy_ready", context={"action_url": link})
        older = list(DataExport.objects.filter(person=export.person, asked_at__lt=row.asked_at))
    for each in older:
        exports.delete(each)
    return True
