"""S/MIME whose content is not beside its signature but within it (RFC 8551): unwrapped where it is only signed.

A signature is not checked: who sent a mail is known by other means.
"""

SIGNED = bytes.fromhex("2a864886f70d010702")
DATA = bytes.fromhex("2a864886f70d010701")
TYPES = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
SEQUENCE, OID, OCTETS, CONTEXT, CONSTRUCTED = 0x30, 0x06, 0x04, 0xA0, 0x20
DEEPEST = 6
MOST = 200_000  # pieces into which a content may be cut


class _Broken(Exception):
    """It is no such structure."""


def is_opaque(content_type: str, name: str) -> bool:
    """Whether a part may be one."""
    return content_type in TYPES or (
        content_type == "application/octet-stream" and name.lower() in {"smime.p7m", "smime.p7z"}
    )


def unwrapped(data: bytes) -> bytes | None:
    """The mail's part that was signed; None for what is encrypted, compressed, or no S/MIME at all."""
    try:
        kind, start, end = _value(data, 0, len(data))
        if kind != SEQUENCE or not _names(data, start, end, SIGNED):
            return None
        wrapped = _past(data, start, end)
        signed = _inside(data, _inside(data, (wrapped, end), CONTEXT), SEQUENCE)
        content = _past(data, _past(data, signed[0], signed[1]), signed[1])  # behind the version and the digests
        inner = _inside(data, (content, signed[1]), SEQUENCE)
        if not _names(data, *inner, DATA):
            return None
        octets = _inside(data, (_past(data, *inner), inner[1]), CONTEXT)
        return b"".join(_octets(data, *octets, [MOST], 0))
    except (_Broken, IndexError):
        return None


def _value(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """A value's kind, where it starts and where it ends; of one without a length, the end of what holds it."""
    if at + 2 > end:
        raise _Broken
    kind, size = data[at], data[at + 1]
    at += 2
    if size == 0x80:
        return kind, at, end
    if size > 0x80:
        count = size & 0x7F
        if count > 4 or at + count > end:
            raise _Broken
        size = int.from_bytes(data[at : at + count], "big")
        at += count
    return kind, at, min(at + size, end)


def _past(data: bytes, at: int, end: int, depth: int = 0) -> int:
    """Where the next value begins."""
    kind, start, finish = _value(data, at, end)
    if data[at + 1] != 0x80:
        return finish
    if depth > DEEPEST or not kind & CONSTRUCTED:
        raise _Broken
    while data[start : start + 2] != b"\0\0":
        start = _past(data, start, finish, depth + 1)
    return start + 2


def _names(data: bytes, at: int, end: int, wanted: bytes) -> bool:
    kind, start, finish = _value(data, at, end)
    return kind == OID and data[start:finish] == wanted


def _inside(data: bytes, where: tuple[int, int], wanted: int) -> tuple[int, int]:
    kind, start, end = _value(data, *where)
    if kind != wanted:
        raise _Broken
    return start, end


def _octets(data: bytes, at: int, end: int, room: list[int], depth: int) -> list[bytes]:
    """The pieces of a string of bytes, which may be cut into several."""
    found: list[bytes] = []
    while at < end and data[at : at + 2] != b"\0\0":
        room[0] -= 1
        kind, start, finish = _value(data, at, end)
        if kind & ~CONSTRUCTED != OCTETS or depth > DEEPEST or room[0] < 0:
            raise _Broken
        if kind & CONSTRUCTED:
            found += _octets(data, start, finish, room, depth + 1)
            at = _past(data, at, end)
        else:
            found.append(data[start:finish])
            at = finish
    return found
