"""From bytes to `Read`: what the child process runs for each mail."""

import hashlib
import re
from dataclasses import replace
from html import escape

from frontdesk.support.tickets.mail.incoming.reading import (
    between,
    bodies,
    bounces,
    charsets,
    kinds,
    languages,
    lines,
    markup,
    parts,
    quotes,
    seen,
)
from frontdesk.support.tickets.mail.incoming.reading.bodies import Bodies, Piece
from frontdesk.support.tickets.mail.incoming.reading.headers import Headers, with_head
from frontdesk.support.tickets.mail.incoming.reading.lines import Line
from frontdesk.support.tickets.mail.incoming.reading.parts import Mail
from frontdesk.support.tickets.mail.incoming.reading.shapes import Read
from frontdesk.support.tickets.mail.incoming.reading.tree import Node, tree

ENVELOPE = ("delivered-to", "x-original-to", "x-envelope-to", "envelope-to", "x-delivered-to", "x-forwarded-to")
STUB = re.compile(r"html|view (?:this|it) (?:email|message|mail) in|webmail|online version|browser", re.IGNORECASE)


def read(raw: bytes) -> Read:
    """Everything that we want to know of a mail. Raises nothing that its content causes but MemoryError."""
    raw = with_head(raw)
    headers = Headers(raw)
    found = _about(headers)
    if not len(headers) and _is_binary(raw):
        found.reports.append("no_mail")
        return found
    mail = parts.parse(raw)
    if mail is None:
        found.reports.append("broken_structure")
        content = Bodies(pieces=[Piece(plain=charsets.decode(_body(raw)))])
    else:
        content = bodies.read(mail)
    found.files, found.reports = content.files, [*found.reports, *content.reports]
    if content.is_encrypted:
        found.reports.append("encrypted")
    _kind(found, mail, headers)
    _words(found, content.pieces)
    found.language = found.language or languages.guess(found.text)
    found.digest = _digest(found)
    return found


def _is_binary(raw: bytes) -> bool:
    """Whether it is some other file."""
    return b"\0" in raw[:2_000]


def _about(headers: Headers) -> Read:
    senders = headers.addresses("from")
    name, address = senders[0] if senders else ("", "")
    to, copies = headers.addresses("to"), headers.addresses("cc")
    envelope = headers.addresses(*ENVELOPE)
    ids = headers.ids("message-id")
    return Read(
        internet_id=ids[0] if ids else headers.text("message-id", 480),
        references=[*headers.ids("in-reply-to"), *headers.ids("references")[::-1]][:60],
        from_address=address,
        from_name=name if name != address else "",
        senders=len(senders) if len(headers.all("from")) < 2 else 2,
        reply_to=next((each for _name, each in headers.addresses("reply-to") if each != address), ""),
        recipients=list(dict.fromkeys(each for _name, each in (*envelope, *to, *copies, *headers.addresses("bcc")))),
        copies=list(dict.fromkeys(each for _name, each in (*to, *copies))),
        subject=headers.text("subject"),
        language=_language(headers),
        results=headers.all("authentication-results")[:10],
    )


def _language(headers: Headers) -> str:
    word = (headers.word("content-language") or headers.word("accept-language")).split(",")[0]
    return word[:2] if re.fullmatch(r"[a-z]{2}(?:-[a-z0-9]{2,8})*", word) else ""


def _body(raw: bytes) -> bytes:
    return re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[-1]


def _kind(found: Read, mail: Mail | None, headers: Headers) -> None:
    if mail is not None:
        report = bounces.scan(mail, headers, found.subject)
        found.kind, found.sign, found.failures = report.kind, report.sign, report.failures
        if report.kind:
            found.originals = bounces.originals(mail)
            return
    found.kind, found.sign = kinds.of(headers, found.subject, found.from_address)
    if not found.kind and found.sign:
        found.reports.append("looks_automatic")
    if kinds.is_marked_spam(headers, found.subject):
        found.reports.append("marked_spam")


def _words(found: Read, pieces: list[Piece]) -> None:
    """The writer's own words, what was split off, and the HTML of the former."""
    html = "\n".join(piece.html or f"<pre>{escape(piece.plain)}</pre>" for piece in pieces
                     if piece.html or piece.plain) if any(piece.html for piece in pieces) else ""  # fmt: skip
    rich, root = (None, None) if not html else _of_html(html)
    if root is not None and root.is_cut and "cut_off" not in found.reports:
        found.reports.append("cut_off")
    plain = lines.of_text("\n".join(piece.plain or (_as_text(piece.html) if piece.html else "") for piece in pieces))
    quotes.split(plain)
    chosen = _choose(plain, rich, has_plain=any(piece.plain.strip() for piece in pieces))
    found.text, found.quoted = lines.joined(chosen, own=True), lines.joined(chosen, own=False)
    if not found.text.strip() and (not found.is_reply or not _is_marked(chosen)):
        found.text, found.quoted = found.quoted, ""  # forwarded without a word: then that is what was said
        rich = None
    found.in_context = _in_context(chosen)
    if rich is not None and root is not None and any(line.is_own and not line.is_blank for line in rich):
        kept = between.answered(rich, quotes.is_quote)
        taken = {id(leaf) for line in rich if not line.is_own and id(line) not in kept for leaf in line.leaves}
        found.html = markup.to_html(root, taken)
    elif html and not found.quoted and root is not None:
        found.html = markup.to_html(root, set())


def _in_context(found: list[Line]) -> str:
    """The own words with the quotes that they answer piece by piece; "" where there are none of these."""
    kept = between.answered(found, quotes.is_quote)
    marked = [replace(line, is_own=line.is_own or id(line) in kept) for line in found]
    return lines.joined(marked, own=True) if kept else ""


def _of_html(html: str) -> tuple[list[Line], Node]:
    root = tree(html)
    found = seen.to_lines(root)
    quotes.split(found)
    return found, root


def _as_text(html: str) -> str:
    return "\n".join(line.text for line in seen.to_lines(tree(html)))


def _choose(plain: list[Line], rich: list[Line] | None, *, has_plain: bool) -> list[Line]:
    """The plain text, unless it is a stub, or the markup knows of a quote that the text does not show."""
    if rich is None:
        return plain
    long, short = len(lines.joined(rich, own=True)), len(lines.joined(plain, own=True))
    everything = len(lines.joined(plain, own=False)) + short
    is_stub = (
        not has_plain
        or (everything < 300 and long > 3 * everything and long > 100)
        or (everything < 200 and bool(STUB.search(lines.joined(plain, own=True))) and long > everything)
    )
    if is_stub and long:
        return rich
    knows_more = any(line.mark for line in rich) and all(line.is_own for line in plain)
    return rich if knows_more and long else plain


def _is_marked(found: list[Line]) -> bool:
    """Whether quotes were marked as such, line by line or by markup: then nothing else was said."""
    return any(
        not line.is_own and not line.is_blank and (line.mark or quotes.QUOTED.match(line.text)) for line in found
    )


def _digest(found: Read) -> str:
    """The same for a mail that came by two ways; another for other words under the same Message-ID."""
    words = " ".join(f"{found.from_address} {found.subject} {found.text} {found.quoted}".split())
    contents = "".join(hashlib.sha256(each.data).hexdigest() for each in found.files)
    return hashlib.sha256(f"{words}\0{contents}".encode("utf-8", "replace")).hexdigest()
