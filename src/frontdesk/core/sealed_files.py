"""Files that lie in the storage sealed, piece by piece, so that they can be read as a stream.

A piece is bound to its file and its place, and the last one says that it is the last: a file cut short does not open.
"""

import struct
from collections.abc import Iterator
from typing import IO

from frontdesk.core import encryption
from frontdesk.core.encryption import NotOurs

LENGTH = struct.Struct(">I")
PIECE = 64 * 1024


def seal(source: IO[bytes], target: IO[bytes], *, purpose: str, context: bytes) -> int:
    """Write the rest of `source` to `target`, sealed; returns how many bytes it was in clear."""
    size = place = 0
    piece = source.read(PIECE)
    while True:
        following = source.read(PIECE)
        sealed = encryption.seal(piece, purpose=purpose, context=_bound(context, place, not following))
        target.write(LENGTH.pack(len(sealed)) + sealed)
        size, place = size + len(piece), place + 1
        if not following:
            return size
        piece = following


def pieces(file: IO[bytes], *, purpose: str, context: bytes) -> Iterator[bytes]:
    """What was sealed, a piece at a time; closes the file. Raises NotOurs when it was cut short or is another's."""
    with file:
        place, is_last = 0, False
        while head := file.read(LENGTH.size):
            sealed = file.read(LENGTH.unpack(head)[0])
            try:
                piece = encryption.unseal(sealed, purpose=purpose, context=_bound(context, place, False))
            except NotOurs:
                piece, is_last = (
                    encryption.unseal(sealed, purpose=purpose, context=_bound(context, place, True)),
                    True,
                )
            place += 1
            yield piece
        if not is_last:
            raise NotOurs("the file is cut short")


def _bound(context: bytes, place: int, is_last: bool) -> bytes:
    return context + LENGTH.pack(place) + bytes([is_last])
