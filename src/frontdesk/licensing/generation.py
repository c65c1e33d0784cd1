"""Making the codes of a batch: in chunks with progress, safe to run again after a crash at any point.

Until a batch is finished nobody has seen its codes, so a run that finds some starts over: it deletes them and makes
new ones. The batch is finished in one transaction, after its list lies in the storage.
"""

import tempfile
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import connection, transaction

from frontdesk.core import clock
from frontdesk.core.alone import alone
from frontdesk.licensing import code_lists, codes
from frontdesk.licensing.code_lists import Writer
from frontdesk.licensing.codes import ParsedCode
from frontdesk.licensing.models import Batch

CHUNK = 5_000
LIST_KEPT = timedelta(hours=24)


def fill(batch_id: UUID) -> bool:
    """Make a batch's codes and its list; whether it did. A batch that is finished, voided, or being filled is left."""
    with alone(f"frontdesk batch {batch_id}") as is_alone:
        batch = Batch.objects.filter(pk=batch_id, finished_at=None, voided_at=None).first() if is_alone else None
        if batch is None:
            return False
        _clear(batch)
        with tempfile.SpooledTemporaryFile(max_size=8_000_000) as file:
            writer = Writer(batch.id, file)
            while batch.made < batch.count:
                fresh = [codes.generate() for _ in range(min(CHUNK, batch.count - batch.made))]
                _insert(batch, fresh)
                writer.write([code.text for code in fresh], is_last=batch.made == batch.count)
            path = code_lists.store(batch.id, file)
        # A batch voided meanwhile keeps its codes, which are void, and gets no list.
        until = clock.real_now() + LIST_KEPT
        open_batch = Batch.objects.filter(pk=batch.id, voided_at=None)
        done = open_batch.update(finished_at=clock.now(), list_path=path, list_until=until)
        if not done:
            _clear(batch)
            code_lists.delete(batch)
        return bool(done)


def unfinished() -> list[UUID]:
    """Batches whose codes are still to be made."""
    return list(Batch.objects.filter(finished_at=None, voided_at=None).values_list("id", flat=True))


@transaction.atomic
def _clear(batch: Batch) -> None:
    with connection.cursor() as cursor:
        cursor.execute("delete from licensing_code where batch_id = %s and license_id is null", [batch.id])
    Batch.objects.filter(pk=batch.id).update(made=0)
    batch.made = 0


@transaction.atomic
def _insert(batch: Batch, fresh: list[ParsedCode]) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy("copy licensing_code (id, hash, tail, batch_id) from stdin") as copy,
    ):
        for code in fresh:
            copy.write_row((uuid4(), codes.digest(code), code.tail, batch.id))
    batch.made += len(fresh)
    Batch.objects.filter(pk=batch.id).update(made=batch.made)
