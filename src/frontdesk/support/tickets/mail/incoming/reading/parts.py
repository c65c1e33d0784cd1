"""One part of a mail, asked for what it is and holds: never raises, whatever its headers say."""

import email
import re
from collections.abc import Iterator
from email import policy
from email.message import Message
from typing import Any

from frontdesk.support.tickets.mail.incoming.reading import charsets
from frontdesk.support.tickets.mail.incoming.reading.headers import decode_words

Mail = Message


class _AsItCame(policy.Compat32):
    """Python's oldest policy, which leaves bytes that are no ASCII in headers for us to decode."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        """The header as it came."""
        return value


AS_IT_CAME = _AsItCame()
MOST_PARTS = 300
DEEPEST = 25


def parse(raw: bytes) -> Mail | None:
    """The mail's structure; None for one that Python's parser cannot take."""
    try:
        return email.message_from_bytes(raw, policy=AS_IT_CAME)
    except Exception:  # noqa: BLE001 - whatever it stumbles over, the mail is read without it
        return None


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


def text_of(part: Mail, longest: int = charsets.LONGEST) -> str:
    """Its bytes as text, whatever charset it claims."""
    return charsets.decode(content_of(part), parameter(part, "charset"), longest)


def parameter(part: Mail, name: str, header: str = "content-type") -> str:
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
    found = parameter(part, "filename", "content-disposition") or parameter(part, "name")
    shown = charsets.one_line(decode_words(found), 400)
    return re.split(r"[/\\]", shown)[-1].strip(" .")[-200:]


def _undo_surrogates(text: str) -> str:
    return charsets.decode(text.encode("utf-8", "surrogateescape")) if not text.isascii() else text


def disposition_of(part: Mail) -> str:
    try:
        return (part.get_content_disposition() or "")[:20]
    except Exception:  # noqa: BLE001 - as above
        return ""


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
