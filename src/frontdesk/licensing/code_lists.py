"""The clear list of a batch: an encrypted file in the storage, read once, gone after 24 hours.

The file is a row of sealed chunks, each with its length before it (4 bytes, big-endian). A chunk is bound to its
batch and its place, and the last one says that it is the last, so that a list cut short does not open.
"""

import struct
from collections.abc import Iterator
from typing import IO
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db.models import Q

from frontdesk.core import clock, encryption
from frontdesk.core.encryption import NotOurs
from frontdesk.licensing.models import Batch

PURPOSE = "list of codes"
LENGTH = struct.Struct(">I")


class Writer:
    """Writes a batch's list, a chunk of codes at a time, to a file that holds nothing in clear."""

    def __init__(self, batch: UUID, file: IO[bytes]) -> None:
        self._batch, self._file, self._place = batch, file, 0

    def write(self, codes: list[str], *, is_last: bool) -> None:
        """Append a chunk."""
        context = _context(self._batch, self._place, is_last)
        sealed = encryption.seal("\n".join(codes).encode(), purpose=PURPOSE, context=context)
        self._file.write(LENGTH.pack(len(sealed)) + sealed)
        self._place += 1


def path_of(batch: UUID) -> str:
    """Where a batch's list lies in the storage."""
    return f"code-lists/{batch}.sealed"


def store(batch: UUID, file: IO[bytes]) -> str:
    """Put a written list into the storage, in place of one that a killed job left; returns its path."""
    path = path_of(batch)
    default_storage.delete(path)
    file.seek(0)
    return default_storage.save(path, File(file))


def read(batch: UUID, path: str) -> Iterator[list[str]]:
    """The codes of a list, a chunk at a time. Raises NotOurs when the file was cut short or is another batch's."""
    with default_storage.open(path) as file:
        place, is_last = 0, False
        while head := file.read(LENGTH.size):
            sealed = file.read(LENGTH.unpack(head)[0])
            plain, is_last = _open(sealed, batch, place)
            place += 1
            yield plain.decode().split("\n")
        if not is_last:
            raise NotOurs("the list is cut short")


def sweep() -> int:
    """Delete lists that were downloaded or are past their time; returns how many."""
    done = Q(list_taken_at__isnull=False) | Q(list_until__lte=clock.real_now())
    batches = list(Batch.objects.filter(done).exclude(list_path=""))
    for batch in batches:
        delete(batch)
    return len(batches)


def delete(batch: Batch) -> None:
    """Delete a batch's list, safe to repeat: the file first, then what points to it."""
    default_storage.delete(batch.list_path or path_of(batch.id))
    Batch.objects.filter(pk=batch.pk).update(list_path="")


def _open(sealed: bytes, batch: UUID, place: int) -> tuple[bytes, bool]:
    try:
        return encryption.unseal(sealed, purpose=PURPOSE, context=_context(batch, place, False)), False
    except NotOurs:
        return encryption.unseal(sealed, purpose=PURPOSE, context=_context(batch, place, True)), True


def _context(batch: UUID, place: int, is_last: bool) -> bytes:
    return batch.bytes + LENGTH.pack(place) + bytes([is_last])
