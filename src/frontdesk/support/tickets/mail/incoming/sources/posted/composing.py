"""A mail made of what a provider took apart. Nothing in it can raise: each header and file is written for itself, and
what does not fit into a mail is left out or kept as it came, never the whole mail.

(Python's own writer, and anymail's through it, raises on real Message-IDs, folded headers and odd names.)
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

NAME = re.compile(r"[!-9;-~]{1,100}")
MIME = re.compile(rb"(?:content-[^:]*|mime-version)[ \t]*:", re.IGNORECASE)
URL_SAFE = str.maketrans("-_", "+/")
TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,100}", re.ASCII)


@dataclass(frozen=True)
class Part:
    """A text or a file of the mail. `charset` of texts; `content_id` of pictures that a text shows."""

    content_type: str
    data: bytes
    filename: str = ""
    content_id: str = ""
    charset: str = "utf-8"


def head(pairs: Iterable[tuple[str, str]]) -> bytes:
    """A header block of names and values; values go on one line each, and what cannot be a name is left out."""
    return b"".join(
        f"{name.strip()}: {one_line(value)}\r\n".encode("utf-8", "replace")
        for name, value in pairs
        if NAME.fullmatch(name.strip())
    )


def one_line(value: str) -> str:
    """Unfolded: what follows a line break is no header of its own."""
    return " ".join(value.replace("\0", "").splitlines()).strip()


def mailbox(address: str, name: str = "") -> str:
    """An address with its name, as a header has it."""
    bare = re.sub(r"[\s<>,;\"]", "", address)
    shown = one_line(name).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{shown}" <{bare}>' if shown else bare


def from_base64(text: str) -> bytes:
    """What a text in base64 says, with the signs of addresses (`-_`) or those of mails; one that is none is itself the
    content: an unknown sign that was skipped would move all letters after it."""
    letters = re.sub(r"\s", "", text).rstrip("=").translate(URL_SAFE)
    try:
        return base64.b64decode(letters + "=" * (-len(letters) % 4), validate=True)
    except (binascii.Error, ValueError):
        return text.encode("utf-8", "replace")


def compose(head: bytes, *, text: Part | None, html: Part | None, files: Sequence[Part] = ()) -> bytes:
    """The mail: its header block as it came but for what it says of its own making, its texts and its files. The same
    parts make the same bytes, so that a mail posted twice is known again."""
    kept = _without_mime(head)
    bodies = [_part(each) for each in (text, html) if each is not None]
    shown = [_part(each) for each in files if each.content_id]
    others = [_part(each) for each in files if not each.content_id]
    mark = hashlib.sha256(b"\0".join([kept, *bodies, *shown, *others])).hexdigest()[:40]
    alternatives = _multipart("alternative", f"a_{mark}", bodies)
    related = _multipart("related", f"r_{mark}", [alternatives, *shown])
    return kept + b"MIME-Version: 1.0\r\n" + _multipart("mixed", f"m_{mark}", [related, *others])


def _without_mime(block: bytes) -> bytes:
    """The header lines, without those that say how the mail was made before it was taken apart."""
    kept: list[bytes] = []
    keeps = True
    for line in re.split(rb"\r\n|\r|\n", block):
        if not line.strip():
            continue
        if not line.startswith((b" ", b"\t")):
            keeps = MIME.match(line) is None
        if keeps:
            kept.append(line + b"\r\n")
    return b"".join(kept)


def _multipart(kind: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    begin = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode()
    inner = b"".join(b"--" + boundary.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    return begin + inner + b"--" + boundary.encode() + b"--\r\n"


def _part(part: Part) -> bytes:
    found = TYPE.match(part.content_type.strip())
    kind = found[0].lower() if found else "application/octet-stream"
    if kind.startswith("multipart/"):
        kind = "application/octet-stream"  # its boundary is not known here
    lines = [_content_type(kind, part.charset)]
    if part.filename or not kind.startswith("text/") or part.content_id:
        lines.append(_disposition(part))
    if part.content_id:
        lines.append("Content-ID: <{}>".format(re.sub(r"[\s<>]", "", part.content_id)))
    if kind.startswith("message/"):
        lines.append("Content-Transfer-Encoding: 8bit")  # a mail within a mail may not be encoded otherwise
        content = part.data
    else:
        lines.append("Content-Transfer-Encoding: base64")
        content = base64.encodebytes(part.data)
    return "\r\n".join(lines).encode("utf-8", "replace") + b"\r\n\r\n" + content


def _content_type(kind: str, charset: str) -> str:
    known = re.sub(r"[^\w.:-]", "", charset, flags=re.ASCII)[:40]
    return f'Content-Type: {kind}; charset="{known}"' if kind.startswith("text/") and known else f"Content-Type: {kind}"


def _disposition(part: Part) -> str:
    how = "inline" if part.content_id else "attachment"
    name = one_line(part.filename)[:300]
    return (
        f"Content-Disposition: {how}; filename*=utf-8''{quote(name, safe='')}"
        if name
        else f"Content-Disposition: {how}"
    )
