"""Files that are hidden in bodies: uuencoded text, and Microsoft's winmail.dat."""

import binascii
import re
import struct
from collections.abc import Iterator

from frontdesk.support.tickets.mail.incoming.reading.charsets import one_line
from frontdesk.support.tickets.mail.incoming.reading.shapes import File

BEGIN = re.compile(r"^begin [01]?[0-7]{3} (\S[^\n]{0,200})$", re.MULTILINE)
END = re.compile(r"^end[ \t]*$", re.MULTILINE)
TNEF = b"\x78\x9f\x3e\x22"
TITLE, DATA, BODY, RENDER, PROPERTIES = 0x18010, 0x6800F, 0x2800C, 0x69002, 0x69005
FILE_NAMES = (0x3707, 0x3704)  # long, short
DATA_OBJECT, STRING, WIDE, BINARY = 0x3701, 0x1E, 0x1F, 0x102
MOST = 100


def uuencoded(text: str) -> tuple[str, list[File]]:
    """The text without the uuencoded files in it, and the files. One without an end is left in the text."""
    files: list[File] = []
    kept: list[str] = []
    at = 0
    for _ in range(MOST):
        found = BEGIN.search(text, at)
        end = END.search(text, found.end()) if found else None
        if found is None or end is None:
            break
        data = _uu(text[found.end() : end.start()])
        if not data:
            kept.append(text[at : found.end()])
            at = found.end()
            continue
        kept.append(text[at : found.start()])
        files.append(File(one_line(found[1], 200), "application/octet-stream", data))
        at = end.end()
    return "".join([*kept, text[at:]]), files


def _uu(block: str) -> bytes | None:
    """The bytes of the lines; None when they are no uuencoding."""
    found = bytearray()
    for line in block.splitlines():
        if not line.strip() or line[0] == "`":
            continue
        size = (((ord(line[0]) - 32) & 63) * 4 + 5) // 3  # some encoders put rubbish behind the line's length
        try:
            found += binascii.a2b_uu(line.rstrip())
        except (binascii.Error, ValueError):
            try:
                found += binascii.a2b_uu(line[:size])
            except (binascii.Error, ValueError):
                return None
    return bytes(found)


def is_tnef(content_type: str, name: str, data: bytes) -> bool:
    """Whether a part is a winmail.dat, whatever it is called."""
    return data.startswith(TNEF) or (content_type == "application/ms-tnef" and name.lower() == "winmail.dat")


def tnef(data: bytes) -> tuple[str, list[File]]:
    """The text body (often empty) and the files of a winmail.dat; what is cut off ends it."""
    body, files, name, content, attached = "", [], "", b"", False
    for kind, value in _attributes(data):
        if kind == RENDER:
            if attached and content:
                files.append(_file(name, content))
            name, content, attached = "", b"", True
        elif kind == TITLE:
            name = name or value.rstrip(b"\0").decode("cp1252", "replace")
        elif kind == DATA:
            content = value
        elif kind == PROPERTIES:
            better, inner = _properties(value)
            name, content = better or name, content or inner
        elif kind == BODY:
            body = value.rstrip(b"\0").decode("cp1252", "replace")
        if len(files) >= MOST:
            break
    if attached and content:
        files.append(_file(name, content))
    return body, files


def _file(name: str, content: bytes) -> File:
    return File(one_line(name, 200) or "file", "application/octet-stream", content)


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 6
    while at + 9 <= len(data):
        _level, kind, size = struct.unpack_from("<BII", data, at)
        at += 9
        if size > len(data) - at:
            return
        yield kind, data[at : at + size]
        at += size + 2  # a checksum


def _properties(data: bytes) -> tuple[str, bytes]:
    """A file's long name and content from its MAPI properties; those that we cannot read end the search."""
    name, content = "", b""
    try:
        (count,) = struct.unpack_from("<I", data, 0)
        at = 4
        for _ in range(min(count, 200)):
            kind, number = struct.unpack_from("<HH", data, at)
            at += 4
            if number >= 0x8000:
                at = _past_name(data, at)
            values, at = _values(data, at, kind)
            if number in FILE_NAMES and values and (number == FILE_NAMES[0] or not name):
                name = values[0].decode("utf-16-le" if kind == WIDE else "cp1252", "replace").rstrip("\0")
            elif number == DATA_OBJECT and values:
                content = values[0]
    except (struct.error, IndexError, KeyError):
        pass
    return name, content


def _past_name(data: bytes, at: int) -> int:
    at += 16
    (sort,) = struct.unpack_from("<I", data, at)
    if sort == 0:
        return at + 8
    (size,) = struct.unpack_from("<I", data, at + 4)
    return int(at + 8 + size + (-size % 4))


FIXED = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}


def _values(data: bytes, at: int, kind: int) -> tuple[list[bytes], int]:
    """The values of one property (long ones only), and where the next begins."""
    many, kind = kind & 0x1000, kind & ~0x1000
    if kind in FIXED:
        count = 1
        if many:
            (count,) = struct.unpack_from("<I", data, at)
            at += 4
        return [], at + FIXED[kind] * count
    if kind not in {STRING, WIDE, BINARY, 0x0D}:
        raise KeyError(kind)
    (count,) = struct.unpack_from("<I", data, at)
    at += 4
    found = []
    for _ in range(min(count, 50)):
        (size,) = struct.unpack_from("<I", data, at)
        found.append(data[at + 4 : at + 4 + size])
        at += 4 + size + (-size % 4)
    return found, at
