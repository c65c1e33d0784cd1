"""The header block, read by ourselves: each header apart, so that one that is broken spoils no other.

Python's own `policy.default` raises on real Message-IDs and takes quadratic time on some headers.
"""

import base64
import binascii
import codecs
import quopri
import re
from collections.abc import Iterator
from email.utils import getaddresses

from frontdesk.support.tickets.mail.incoming.reading import charsets

LARGEST_BLOCK = 512_000
LONGEST_VALUE = 64_000
MOST_ADDRESSES = 1_000
NAME = re.compile(rb"([!-9;-~]{1,100})[ \t]*:")
HEAD_END = re.compile(rb"\r?\n\r?\n")
BEGINS = re.compile(
    rb"(?:from|to|subject|date|received|return-path|message-id|mime-version|delivered-to|reply-to|sender|"
    rb"(?:content|x|arc|dkim|authentication)-[\w-]{1,40})[ \t]*:|From ", re.IGNORECASE
)  # fmt: skip
BARE_CR = re.compile(rb"\r(?!\n)(?!\Z)")
ENCODED = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]{0,8000})\?=")
BETWEEN = re.compile(r"(=\?[^?\s]{1,60}\?[bBqQ]\?[^?]{0,8000}\?=)\s+(?==\?)")
ID = re.compile(r"<([^<>\s]{1,480})>")
ADDRESS = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}@[^\s@<>\"(),:;\\\[\]]{1,250}")


class Headers:
    """The headers of one mail, by name in lower case, in the order in which they stand."""

    def __init__(self, raw: bytes) -> None:
        self._values: dict[str, list[bytes]] = {}
        for name, value in _lines(raw[:LARGEST_BLOCK]):
            self._values.setdefault(name, []).append(value[:LONGEST_VALUE])

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def __len__(self) -> int:
        return len(self._values)

    def all(self, name: str) -> list[str]:
        """Every value under this name, as text but not decoded."""
        return [charsets.decode(value) for value in self._values.get(name, ())]

    def first(self, name: str) -> str:
        """The first value, as text but not decoded; "" when there is none."""
        return next(iter(self.all(name)), "").strip()

    def text(self, name: str, longest: int = 300) -> str:
        """The first value with its encoded words decoded, on one line."""
        return charsets.one_line(decode_words(self.first(name)), longest)

    def word(self, name: str) -> str:
        """The first value's first word, in lower case, without comments or parameters."""
        words = re.split(r"[\s;(]", self.first(name).lower(), maxsplit=1)
        return words[0].strip("\"'")[:60]

    def ids(self, name: str) -> list[str]:
        """The Message-IDs in a header, with their brackets."""
        value = " ".join(self.all(name))
        found = [f"<{each}>" for each in ID.findall(value)]
        if not found and re.fullmatch(r"[^\s<>]{3,480}@[^\s<>]+", value.strip()):
            found = [f"<{value.strip()}>"]
        return list(dict.fromkeys(each[:500] for each in found))

    def addresses(self, *names: str) -> list[tuple[str, str]]:
        """Pairs of name and address, in order, each address once."""
        found: dict[str, str] = {}
        for name in names:
            for value in self.all(name):
                for shown, address in _addresses(value):
                    found.setdefault(address, shown)
                    if len(found) >= MOST_ADDRESSES:
                        return [(shown, address) for address, shown in found.items()]
        return [(shown, address) for address, shown in found.items()]


def _lines(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """Headers unfolded, until the line that is none."""
    name, value = "", bytearray()
    for number, line in enumerate(re.split(rb"\r?\n", raw)):
        if number == 0 and line.startswith((b"From ", b">From ")):
            continue  # a mailbox file's envelope line
        if line[:1] in b" \t" and line.strip() and name:
            value += b" " + line.strip()
            continue
        match = NAME.match(line)
        if name:
            yield name, bytes(value)
            name = ""
        if match is None:
            if line.strip() and line.startswith((b"From ", b">From ")):
                continue
            return
        name, value = match[1].decode("ascii").lower(), bytearray(line[match.end() :].strip())
    if name:
        yield name, bytes(value)


def with_head(raw: bytes) -> bytes:
    """The mail as it must have been meant, so that everybody who reads it finds the same head: without marks of byte
    order and blank lines before it, and without ends of lines in it that only some programs take for one."""
    for mark, name in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if raw.startswith(mark):
            raw = raw.decode(name, "replace").encode()
    raw = raw.removeprefix(codecs.BOM_UTF8)
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    if b"\r\r\n" in raw[:LARGEST_BLOCK]:
        raw = raw.replace(b"\r\r\n", b"\r\n")
    if raw[:1] in {b"\r", b"\n"} and BEGINS.match(late := raw.lstrip(b"\r\n")):
        raw = late
    end = HEAD_END.search(raw, 0, LARGEST_BLOCK)
    size = end.start() if end else min(len(raw), LARGEST_BLOCK)
    head = raw[:size]
    return BARE_CR.sub(b" ", head) + raw[size:] if b"\r" in head else raw


def _addresses(value: str) -> Iterator[tuple[str, str]]:
    try:
        pairs = getaddresses([value])
    except Exception:  # noqa: BLE001 - its parser is old, and the header anybody's
        pairs = []
    # A display name that itself holds a comma or an address confuses it: then the plain pattern finds more.
    good = [(name, address) for name, address in pairs if ADDRESS.fullmatch(address)]
    if not good:
        good = [("", each) for each in ADDRESS.findall(value)]
    for name, address in good:
        yield charsets.one_line(decode_words(name), 200), charsets.one_line(address, 320).lower()


def decode_words(value: str) -> str:
    """Encoded words (RFC 2047) to text, those of one charset joined first, since characters are cut in two."""
    value = BETWEEN.sub(r"\1", value)
    pieces: list[str] = []
    pending, charset, end = b"", "", 0
    for match in ENCODED.finditer(value):
        data = _word(match[2], match[3])
        if match.start() > end or match[1].lower() != charset:
            pieces.append(charsets.decode(pending, charset))
            pending = b""
            pieces.append(value[end : match.start()])
        pending, charset, end = pending + data, match[1].lower(), match.end()
    pieces.append(charsets.decode(pending, charset))
    pieces.append(value[end:])
    return "".join(pieces)


def _word(kind: str, text: str) -> bytes:
    raw = text.encode("utf-8", "replace")
    if kind in "qQ":
        return quopri.decodestring(raw.replace(b"_", b" "), header=False)
    try:
        return base64.b64decode(raw + b"=" * (-len(raw) % 4))
    except (binascii.Error, ValueError):
        return raw
