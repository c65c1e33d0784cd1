"""The providers' forms: what each posts for a mail. Whatever is missing or odd in it, a mail comes out, or Unknown."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from email.message import Message
from typing import Any

from frontdesk.support.tickets.mail.incoming.reading import charsets, parts
from frontdesk.support.tickets.mail.incoming.reading.headers import decode_words
from frontdesk.support.tickets.mail.incoming.sources.posted import values
from frontdesk.support.tickets.mail.incoming.sources.posted.composing import (
    Part,
    compose,
    from_base64,
    head,
    mailbox,
)
from frontdesk.support.tickets.mail.incoming.sources.posted.forms import Field, Post
from frontdesk.support.tickets.mail.incoming.sources.posted.values import Values
from frontdesk.support.tickets.mail.incoming.storing import NOBODY

HEADERS = ("From", "To", "Cc", "Subject", "Date", "Message-Id", "In-Reply-To", "References", "Reply-To", "Sender")
PEOPLE = ("From", "To", "Cc", "Bcc")


class NoMail(Exception):
    """What was posted is something else: news of mails that were sent, a test of the address, nonsense."""


@dataclass(frozen=True)
class Posted:
    """A mail that was posted. `number` is the provider's own for it, "" where it has none; `is_read` is False for what
    could not be taken apart, and is kept as it was posted."""

    raw: bytes
    envelope_from: str = ""
    envelope_to: str = ""
    number: str = ""
    is_read: bool = True


def mails(provider: str, post: Post) -> list[Posted]:
    """The mails in a post of this provider's. Raises NoMail; else, whatever happens, something is kept."""
    try:
        return list(FORMS[provider](post))
    except NoMail:
        raise
    except Exception:  # noqa: BLE001 - a stranger's mail in a provider's form: whatever is wrong, it must not be lost
        if not post.body.strip():
            raise NoMail from None
        return [Posted(post.body, is_read=False)]


def _postmark(post: Post) -> Iterator[Posted]:
    event = _object(post.body)
    if event.get("RecordType", "Inbound") != "Inbound":
        raise NoMail
    headers = [
        (values.text(each.get("Name")), values.text(each.get("Value"))) for each in values.objects(event.get("Headers"))
    ]
    sender = next((value for name, value in headers[:1] if name.lower() == "return-path"), "")
    raw = values.text(event.get("RawEmail")).encode("utf-8", "replace")
    if not raw.strip():
        _require(event, "From", "FromFull", "Subject", "TextBody", "HtmlBody", "Headers")
        raw = _from_postmark(event, headers[1:] if sender else headers)
    envelope_from = NOBODY if sender.strip() == NOBODY else sender.strip().strip("<>")
    yield Posted(raw, envelope_from, values.text(event.get("OriginalRecipient")), values.text(event.get("MessageID")))


def _from_postmark(event: Values, headers: list[tuple[str, str]]) -> bytes:
    given = {name.lower() for name, _value in headers}
    own = [(name, _people(event.get(f"{name}Full")) or values.text(event.get(name))) for name in PEOPLE]
    own += [(name, values.text(event.get(name.replace("-", "")))) for name in ("Subject", "Date", "Reply-To")]
    block = head([*headers, *((name, value) for name, value in own if value and name.lower() not in given)])
    files = [
        Part(
            values.text(each.get("ContentType")),
            from_base64(values.text(each.get("Content")) or values.text(each.get("Data"))),
            values.text(each.get("Name")),
            values.text(each.get("ContentID")),
        )
        for each in values.objects(event.get("Attachments"))
    ]
    return compose(block, text=_words(event.get("TextBody")), html=_words(event.get("HtmlBody"), "html"), files=files)


def _mailgun(post: Post) -> Iterator[Posted]:
    if post.text("event") not in {"", "inbound"} or not post.fields:
        raise NoMail
    given = post.field("body-mime")
    raw = given.data if given else b""
    if not raw.strip():
        if not any(post.field(name) for name in ("message-headers", "from", "From", "body-plain", "body-html")):
            raise NoMail
        raw = _from_mailgun(post)
    yield Posted(raw, post.text("sender"), post.text("recipient"), post.text("token"))


def _from_mailgun(post: Post) -> bytes:
    """Each header is a field of its own as well: these serve where the list of all cannot be read."""
    pairs = values.pairs(values.loaded(post.text("message-headers")))
    block = head(pairs or [(name, post.text(name)) for name in HEADERS if post.field(name)])
    ids = values.one(values.loaded(post.text("content-id-map")))
    shown = {values.text(field): cid for cid, field in ids.items()}
    files = [_file(each, shown.get(each.name, "")) for each in post.files()]
    return compose(block, text=_field(post, "body-plain"), html=_field(post, "body-html"), files=files)


def _sendgrid(post: Post) -> Iterator[Posted]:
    given = post.field("email")
    raw = given.data if given else b""
    if not raw.strip():
        if not any(post.field(name) for name in ("headers", "from", "text", "html")):
            raise NoMail
        raw = _from_sendgrid(post)
    envelope = values.one(values.loaded(post.text("envelope")))
    yield Posted(raw, values.text(envelope.get("from")), values.text(next(iter(values.many(envelope.get("to"))), "")))


def _from_sendgrid(post: Post) -> bytes:
    listed = post.field("headers")
    fields = [(name, post.text(name.lower())) for name in ("From", "To", "Cc", "Subject") if post.field(name.lower())]
    block = listed.data if listed and listed.data.strip() else head(fields)
    charset = values.one(values.loaded(post.text("charsets")))
    ids = values.one(values.loaded(post.text("attachment-info")))
    files = [_file(each, values.text(values.one(ids.get(each.name)).get("content-id"))) for each in post.files()]
    text = _field(post, "text", charset=values.text(charset.get("text")))
    html = _field(post, "html", charset=values.text(charset.get("html")))
    return compose(block, text=text, html=html, files=files)


def _mailjet(post: Post) -> Iterator[Posted]:
    event = _object(post.body)
    _require(event, "Headers", "From", "Subject", "Text-part", "Html-part")
    block = head(values.pairs(event.get("Headers"))) or head(
        (name, values.text(event.get(name))) for name in ("From", "Subject", "Date") if event.get(name)
    )
    files = [
        _mailjet_file(each, values.text(event.get(values.text(each.get("ContentRef")))))
        for each in values.objects(event.get("Parts"))
        if "Attachment" in values.text(each.get("ContentRef"))
    ]
    raw = compose(block, text=_words(event.get("Text-part")), html=_words(event.get("Html-part"), "html"), files=files)
    yield Posted(raw, values.text(event.get("Sender")), values.text(event.get("Recipient")))


def _mailjet_file(part: Values, content: str) -> Part:
    """Its headers come as they stood in the mail: our reader takes them apart, like any part's."""
    from_headers = {name.lower(): value for name, value in values.pairs(part.get("Headers"))}
    name = _parameter(from_headers.get("content-disposition", ""), "filename")
    name = name or _parameter(from_headers.get("content-type", ""), "name")
    return Part(from_headers.get("content-type", ""), from_base64(content), name, from_headers.get("content-id", ""))


def _mandrill(post: Post) -> Iterator[Posted]:
    yield from _each(values.parsed(post.text("mandrill_events").encode() or b"[]"), _mandrill_mail)


def _mandrill_mail(event: Values) -> Posted:
    if event.get("event", event.get("type")) != "inbound":
        raise NoMail
    mail = values.one(event["msg"])
    raw = values.text(mail.get("raw_msg")).encode("utf-8", "replace")
    if not raw.strip():
        sender = mailbox(values.text(mail.get("from_email")), values.text(mail.get("from_name")))
        own = [("From", sender), ("Subject", values.text(mail.get("subject")))]
        block = head(values.pairs(mail.get("headers")) or own)
        raw = compose(block, text=_words(mail.get("text")), html=_words(mail.get("html"), "html"))
    return Posted(raw, "", values.text(mail.get("email")))


def _sparkpost(post: Post) -> Iterator[Posted]:
    yield from _each(values.parsed(post.body), _sparkpost_mail)


def _sparkpost_mail(event: Values) -> Posted:
    told = values.one(event.get("msys"))
    if "relay_message" not in told:
        raise NoMail
    mail = values.one(told["relay_message"])
    content = values.one(mail["content"])
    text = str(content["email_rfc822"])
    raw = from_base64(text) if content.get("email_rfc822_is_base64") else text.encode("utf-8", "replace")
    return Posted(raw, values.text(mail.get("msg_from")), values.text(mail.get("rcpt_to")))


def _each(events: Any, mail: Callable[[Values], Posted]) -> Iterator[Posted]:
    """The mails of a post that may hold several, and other news; one that is odd does not keep out the others."""
    if not isinstance(events, list):
        raise NoMail
    for event in events:
        try:
            yield mail(values.one(event))
        except NoMail:
            continue
        except Exception:  # noqa: BLE001 - as in `mails`
            yield Posted(json.dumps(event).encode(), is_read=False)


def _object(body: bytes) -> Values:
    found = values.parsed(body)
    if not isinstance(found, dict):
        raise NoMail
    return found


def _require(event: Values, *names: str) -> None:
    if not any(event.get(name) for name in names):
        raise NoMail


def _people(value: Any) -> str:
    """One or several, as a header has them."""
    people = values.objects(value if isinstance(value, list) else [value])
    return ", ".join(mailbox(values.text(each.get("Email")), values.text(each.get("Name"))) for each in people)


def _words(value: Any, kind: str = "plain") -> Part | None:
    said = values.text(value)
    return Part(f"text/{kind}", said.encode("utf-8", "replace")) if said else None


def _field(post: Post, name: str, *, charset: str = "") -> Part | None:
    """A text of the mail; providers make UTF-8 of it, or say what it is."""
    found = post.field(name)
    kind = "text/html" if name.endswith("html") else "text/plain"
    return Part(kind, found.data, charset=charset or "utf-8") if found and found.data else None


def _file(field: Field, content_id: str) -> Part:
    return Part(field.content_type, field.data, field.filename or "", content_id, charset="")


def _parameter(header: str, name: str) -> str:
    """A parameter of a header that came as it stood in a mail."""
    carrier: Message = Message(policy=parts.AS_IT_CAME)
    carrier["content-type"] = " ".join(header.split())
    return charsets.one_line(decode_words(parts.parameter(carrier, name)), 300)


# Those that post everything we need; others would have us fetch it from them.
FORMS: dict[str, Callable[[Post], Iterable[Posted]]] = {
    "mailgun": _mailgun,
    "mailjet": _mailjet,
    "mandrill": _mandrill,
    "postmark": _postmark,
    "sendgrid": _sendgrid,
    "sparkpost": _sparkpost,
}
