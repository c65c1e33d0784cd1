"""The parts of a mail: which are what was said, and which are files."""

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import policy
from email.message import Message
from typing import Any

from frontdesk.support.tickets.mail.incoming.reading import charsets, files, flowed
from frontdesk.support.tickets.mail.incoming.reading.headers import decode_words
from frontdesk.support.tickets.mail.incoming.reading.shapes import File

Mail = Message


class _AsItCame(policy.Compat32):
    """Python's oldest policy, which leaves bytes that are no ASCII in headers for us to decode."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        """The header as it came."""
        return value


AS_IT_CAME = _AsItCame()
MOST_PARTS = 300
DEEPEST = 25
MOST_FILES = 200
SIGNATURES = {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
SHOWN = {"text/plain", "text/html", "text/enriched", "text/richtext", "text"}
STRUCTURE = "multipart/"
MAILS = {"message/rfc822", "message/global"}
BOUNDARY = re.compile(rb"^--([^\s\"][^\r\n\"]{0,100})\r?\n(?=Content-)", re.MULTILINE | re.IGNORECASE)
TAGS = re.compile(r"</?[A-Za-z][\w-]{0,30}>")


@dataclass
class Piece:
    """One stretch of what was said, in the forms in which it came."""

    plain: str = ""
    html: str = ""


@dataclass
class Bodies:
    """Everything of a mail's parts."""

    pieces: list[Piece] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    is_encrypted: bool = False
    _seen: int = 0

    def report(self, what: str) -> None:
        """Say once what could not be read as it should."""
        if what not in self.reports:
            self.reports.append(what)

    def counts(self, depth: int) -> bool:
        """Whether one part more may be read, at this depth."""
        self._seen += 1
        if depth > DEEPEST:
            self.report("nested_too_deeply")
            return False
        if self._seen > MOST_PARTS:
            self.report("too_many_parts")
        return self._seen <= MOST_PARTS


def parse(raw: bytes) -> Mail | None:
    """The mail's structure; None for one that Python's parser cannot take."""
    try:
        return email.message_from_bytes(raw, policy=AS_IT_CAME)
    except Exception:  # noqa: BLE001 - whatever it stumbles over, the mail is read without it
        return None


def read(mail: Mail) -> Bodies:
    """What was said and what came along."""
    bodies = Bodies()
    bodies.pieces = _part(mail, bodies, 0)
    for each in bodies.pieces:
        if "\nbegin " in f"\n{each.plain}":
            each.plain, found = files.uuencoded(each.plain)
            bodies.files.extend(found)
    return bodies


def _part(part: Mail, bodies: Bodies, depth: int) -> list[Piece]:
    if not bodies.counts(depth):
        return []
    kind = content_type(part)
    if kind in MAILS:
        _attach_mail(part, bodies)
        return []
    if part.is_multipart():
        return _multipart(part, kind, bodies, depth)
    if kind.startswith(STRUCTURE):
        bodies.report("broken_structure")  # says it has parts, and none are found
        return _salvaged(part, bodies, depth)
    if kind in SHOWN and not _is_file(part):
        return [_said(part, kind)]
    _attach(part, kind, bodies)
    return []


def _multipart(part: Mail, kind: str, bodies: Bodies, depth: int) -> list[Piece]:
    parts = [each for each in part.get_payload() if isinstance(each, Message)]
    if kind == "multipart/encrypted":
        bodies.is_encrypted = True
    found = [_part(each, bodies, depth + 1) for each in parts]
    if kind == "multipart/alternative":
        return [_best(found)]
    return [piece for pieces in found for piece in pieces]


def _salvaged(part: Mail, bodies: Bodies, depth: int) -> list[Piece]:
    """Read by the boundary that stands there instead of the one that was announced; without any, all is text."""
    content = part.get_payload()
    raw = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else b""
    found = BOUNDARY.search(raw)
    if found is None:
        return [Piece(plain=text_of(part))]
    edge = found[1].rstrip()
    if edge.endswith(b"--"):
        edge = edge[:-2]
    again = parse(b'Content-Type: multipart/mixed; boundary="' + edge.replace(b'"', b"") + b'"\n\n' + raw)
    if again is None or not again.is_multipart():
        return [Piece(plain=text_of(part))]
    return _multipart(
        again, "multipart/alternative" if _is_alternative(again) else "multipart/mixed", bodies, depth + 1
    )


def _is_alternative(mail: Mail) -> bool:
    """Whether the parts are a plain text and its HTML."""
    kinds = [content_type(each) for each in mail.get_payload() if isinstance(each, Message)]
    return kinds[:2] == ["text/plain", "text/html"]


def _best(alternatives: list[list[Piece]]) -> Piece:
    """The plain text, and the HTML, of what is the same thing said in several ways."""
    best = Piece()
    for pieces in alternatives:
        plain = "\n".join(piece.plain for piece in pieces if piece.plain)
        html = "\n".join(piece.html for piece in pieces if piece.html)
        best.plain = best.plain if best.plain.strip() else plain
        best.html = html if html.strip() else best.html
    return best


def _said(part: Mail, kind: str) -> Piece:
    text = text_of(part)
    if kind == "text/html":
        return Piece(html=text)
    if kind in {"text/enriched", "text/richtext"}:
        return Piece(plain=TAGS.sub("", re.sub(r"<param>.*?</param>", "", text, flags=re.DOTALL)))
    if _parameter(part, "format").lower() == "flowed":
        text = flowed.unwrap(text, deletes_space=_parameter(part, "delsp").lower() == "yes")
    start = text[:500].lstrip().lower()
    if start.startswith(("<!doctype html", "<html")):
        return Piece(html=text)  # says text/plain and is not
    return Piece(plain=text)


def content_type(part: Mail) -> str:
    """Its type in lower case; text/plain where none can be read."""
    try:
        return part.get_content_type()[:100]
    except Exception:  # noqa: BLE001 - a header that is broken says nothing
        return "text/plain"


def content_of(part: Mail) -> bytes:
    """Its bytes, decoded as its encoding says; what does not fit stays as it came."""
    try:
        payload = part.get_payload(decode=True)
    except Exception:  # noqa: BLE001 - as above
        payload = part.get_payload()
    if isinstance(payload, bytes):
        return payload
    return payload.encode("utf-8", "surrogateescape") if isinstance(payload, str) else b""


def text_of(part: Mail) -> str:
    """Its bytes as text, whatever charset it claims."""
    return charsets.decode(content_of(part), _parameter(part, "charset"))


def _parameter(part: Mail, name: str, header: str = "content-type") -> str:
    try:
        value = part.get_param(name, "", header)
    except Exception:  # noqa: BLE001 - as above
        return ""
    if isinstance(value, tuple):  # RFC 2231: charset, language, value
        try:
            return charsets.decode((value[2] or "").encode("latin-1", "replace"), value[0] or "")
        except Exception:  # noqa: BLE001 - as above
            return str(value[2] or "")
    return _undo_surrogates(str(value or ""))


def name_of(part: Mail) -> str:
    """Its file's name, without a path; "" when it has none."""
    found = _parameter(part, "filename", "content-disposition") or _parameter(part, "name")
    shown = charsets.one_line(decode_words(found), 400)
    return re.split(r"[/\\]", shown)[-1].strip(" .")[-200:]


def _undo_surrogates(text: str) -> str:
    return charsets.decode(text.encode("utf-8", "surrogateescape")) if not text.isascii() else text


def _disposition(part: Mail) -> str:
    try:
        return (part.get_content_disposition() or "")[:20]
    except Exception:  # noqa: BLE001 - as above
        return ""


def _is_file(part: Mail) -> bool:
    disposition = _disposition(part)
    return disposition == "attachment" or (
        bool(name_of(part)) and disposition != "inline" and content_type(part) != "text"
    )


def _attach(part: Mail, kind: str, bodies: Bodies) -> None:
    if kind in SIGNATURES or len(bodies.files) >= MOST_FILES:
        return
    name, data = name_of(part), content_of(part)
    if files.is_tnef(kind, name, data):
        body, found = files.tnef(data)
        bodies.files.extend(found[: MOST_FILES - len(bodies.files)])
        if body.strip():
            bodies.pieces.append(Piece(plain=body))
        if found or body.strip():
            return
    if not data and not name:
        return
    content_id = charsets.one_line(str(part.get("content-id") or ""), 200).strip("<> ")
    bodies.files.append(File(name or _default_name(kind), kind, data, content_id))


def _default_name(kind: str) -> str:
    word = re.sub(r"[^a-z0-9]", "", kind.partition("/")[2].removeprefix("x-"))[:10]
    return f"attachment.{word or 'bin'}"


def _attach_mail(part: Mail, bodies: Bodies) -> None:
    """A mail within the mail stays a file: it is not this sender's words."""
    inner = inner_mail(part)
    if len(bodies.files) >= MOST_FILES or inner is None:
        return
    subject = re.sub(r"[/\\:*?\"<>|]", " ", charsets.one_line(decode_words(str(inner.get("subject") or "")), 80))
    try:
        data = inner.as_bytes()
    except Exception:  # noqa: BLE001 - cannot be written out again; the raw mail has it
        data = b""
    bodies.files.append(File(f"{subject.strip() or 'mail'}.eml", "message/rfc822", data))


def inner_mail(part: Mail) -> Mail | None:
    """The mail that a message/rfc822 part carries."""
    payload = part.get_payload()
    if isinstance(payload, list) and payload and isinstance(payload[0], Message):
        return payload[0]
    return None


def walk(mail: Mail, depth: int = 0) -> Iterator[Mail]:
    """Every part, outermost first, as deep as is read at all."""
    yield mail
    payload = mail.get_payload()
    if depth <= DEEPEST and isinstance(payload, list):
        for each in payload[:MOST_PARTS]:
            if isinstance(each, Message):
                yield from walk(each, depth + 1)
