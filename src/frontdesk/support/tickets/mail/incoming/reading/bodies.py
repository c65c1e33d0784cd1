"""The parts of a mail: which are what was said, and which are files."""

import re
from dataclasses import dataclass, field
from email.message import Message

from frontdesk.support.tickets.mail.incoming.reading import charsets, files, flowed, lines, smime
from frontdesk.support.tickets.mail.incoming.reading.headers import decode_words
from frontdesk.support.tickets.mail.incoming.reading.parts import (
    DEEPEST,
    MOST_PARTS,
    Mail,
    content_of,
    content_type,
    disposition_of,
    inner_mail,
    name_of,
    parameter,
    parse,
    text_of,
)
from frontdesk.support.tickets.mail.incoming.reading.shapes import File

MOST_FILES = 200
SIGNATURES = {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
SHOWN = {"text/plain", "text/html", "text/enriched", "text/richtext", "text"}
STRUCTURE = "multipart/"
NOTHING = ""  # the kind of what is one part too many
MAILS = {"message/rfc822", "message/global"}
BOUNDARY = re.compile(rb"^--([^\s\"][^\r\n\"]{0,100})\r?\n(?=Content-)", re.MULTILINE | re.IGNORECASE)
LONGEST_HTML = 3_000_000  # characters of a text in HTML, of which most are markup
ARMOUR = "-----BEGIN PGP MESSAGE-----"
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

    def counts(self) -> bool:
        """Whether one part more may be read."""
        self._seen += 1
        if self._seen > MOST_PARTS:
            self.report("too_many_parts")
        return self._seen <= MOST_PARTS


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
    if depth > DEEPEST:
        return _flat(part, bodies)
    kind = content_type(part) if bodies.counts() else NOTHING
    if kind in MAILS:
        return _attach_mail(part, bodies)
    if part.is_multipart() and kind != NOTHING:
        return _multipart(part, kind, bodies, depth)
    if kind.startswith(STRUCTURE):
        bodies.report("broken_structure")  # says it has parts, and none are found
        return _salvaged(part, bodies, depth)
    if kind in SHOWN and not _is_file(part):
        return [_said(part, kind, bodies)]
    return [] if kind == NOTHING else _attach(part, kind, bodies, depth)


def _flat(part: Mail, bodies: Bodies) -> list[Piece]:
    """What lies too deep, one part after the other, without looking at what holds it."""
    bodies.report("nested_too_deeply")
    found: list[Piece] = []
    waiting = [part]
    while waiting:
        each = waiting.pop()
        kind = content_type(each)
        if kind not in MAILS and each.is_multipart():
            inner = [one for one in each.get_payload() if isinstance(one, Message)]
            waiting.extend(reversed(inner))
        else:
            found += _part(each, bodies, DEEPEST)
    return found


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


def _said(part: Mail, kind: str, bodies: Bodies) -> Piece:
    text = text_of(part, LONGEST_HTML if kind == "text/html" else charsets.LONGEST)
    if len(text) >= (LONGEST_HTML if kind == "text/html" else charsets.LONGEST) or (
        kind != "text/html" and lines.is_too_long(text)
    ):
        bodies.report("cut_off")
    if ARMOUR in text:
        bodies.is_encrypted = True
    if kind == "text/html":
        return Piece(html=text)
    if kind in {"text/enriched", "text/richtext"}:
        return Piece(plain=TAGS.sub("", re.sub(r"<param>.*?</param>", "", text, flags=re.DOTALL)))
    if parameter(part, "format").lower() == "flowed":
        text = flowed.unwrap(text, deletes_space=parameter(part, "delsp").lower() == "yes")
    start = text[:500].lstrip().lower()
    if start.startswith(("<!doctype html", "<html")):
        return Piece(html=text)  # says text/plain and is not
    return Piece(plain=text)


def _is_file(part: Mail) -> bool:
    disposition = disposition_of(part)
    return disposition == "attachment" or (
        bool(name_of(part)) and disposition != "inline" and content_type(part) != "text"
    )


def _attach(part: Mail, kind: str, bodies: Bodies, depth: int) -> list[Piece]:
    """Keep a file, or what was hidden in it. Returns what was said in it, which is mostly nothing."""
    if kind in SIGNATURES:
        return []
    name, data = name_of(part), content_of(part)
    if smime.is_opaque(kind, name):
        signed = parse(inner) if (inner := smime.unwrapped(data)) is not None else None
        if signed is not None:
            return _part(signed, bodies, depth + 1)
        bodies.is_encrypted |= parameter(part, "smime-type").lower() not in {"certs-only", "compressed-data"}
    if len(bodies.files) >= MOST_FILES:
        bodies.report("too_many_files")
        return []
    if files.is_tnef(kind, name, data):
        body, found = files.tnef(data)
        bodies.files.extend(found[: MOST_FILES - len(bodies.files)])
        if found or body.strip():
            return [Piece(plain=charsets.clean(body))] if body.strip() else []
    if not data and not name:
        return []
    content_id = charsets.one_line(str(part.get("content-id") or ""), 200).strip("<> ")
    bodies.files.append(File(name or _default_name(kind), kind, data, content_id))
    return []


def _default_name(kind: str) -> str:
    if kind == "text/calendar":
        return "invitation.ics"
    if kind == "application/octet-stream":
        return "attachment.bin"
    word = re.sub(r"[^a-z0-9]", "", kind.partition("/")[2].removeprefix("x-"))[:10]
    return f"attachment.{word or 'bin'}"


def _attach_mail(part: Mail, bodies: Bodies) -> list[Piece]:
    """A mail within the mail stays a file: it is not this sender's words."""
    inner = inner_mail(part)
    if inner is None:
        return []
    if len(bodies.files) >= MOST_FILES:
        bodies.report("too_many_files")
        return []
    subject = re.sub(r"[/\\:*?\"<>|]", " ", charsets.one_line(decode_words(str(inner.get("subject") or "")), 80))
    try:
        data = inner.as_bytes()
    except Exception:  # noqa: BLE001 - cannot be written out again; the raw mail has it
        data = b""
    bodies.files.append(File(f"{subject.strip() or 'mail'}.eml", "message/rfc822", data))
    return []
