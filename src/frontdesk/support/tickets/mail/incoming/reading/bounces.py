"""Mails about mails that could not be delivered: by the standard (RFC 3464) first, then as programs write them."""

import re
from collections.abc import Iterator

from frontdesk.support.tickets.mail.incoming.reading import bodies, words
from frontdesk.support.tickets.mail.incoming.reading.bodies import Mail
from frontdesk.support.tickets.mail.incoming.reading.charsets import one_line
from frontdesk.support.tickets.mail.incoming.reading.headers import ADDRESS, Headers, decode_words
from frontdesk.support.tickets.mail.incoming.reading.shapes import Failure

BOUNCE = "bounce"
MOST = 50
DAEMONS = re.compile(
    r"^(?:ndr|mailer[-_.]?daemon|mail[-_.]?daemon|postmaster|mdaemon|maildaemon|mail[-_.]?delivery|"
    r"mmdf|bounces?|daemon|nondelivery|no-?delivery|mailsystem|uucp|smtpd?|mta)(?:[-_.+\w]*)@", re.IGNORECASE
)  # fmt: skip
DAEMON_NAMES = re.compile(
    r"mail delivery|mail daemon|mailer.?daemon|mail system|delivery subsystem|postmaster", re.IGNORECASE
)
SUBJECT = re.compile(words.anyof(words.FAILED), re.IGNORECASE)
LATE = re.compile(
    r"\b(?:delay(?:ed)?|warning|still (?:being retried|trying)|temporar(?:y|ily)|"
    r"verzöger|retard|will (?:keep|continue) trying)",
    re.IGNORECASE,
)
CODE = re.compile(r"\b(?:5[0-5]\d[ -]|5\.\d{1,3}\.\d{1,3}\b)")
MESSAGE_ID = re.compile(r"^[\s>]*Message-I[dD]:\s*(<[^<>\s]{3,400}>)", re.MULTILINE | re.IGNORECASE)
REPORT = re.compile(r"rfc822;\s*", re.IGNORECASE)
FIELD = re.compile(r"^([A-Za-z][A-Za-z-]{2,40}):[ \t]*(.*(?:\n[ \t]+.*)*)", re.MULTILINE)


class Report:
    """What a bounce says."""

    def __init__(self, kind: str = "", sign: str = "", failures: list[Failure] | None = None) -> None:
        self.kind, self.sign, self.failures = kind, sign, failures or []


def scan(mail: Mail, headers: Headers, subject: str) -> Report:
    """What kind of report this is; an empty one for a mail that is none."""
    kind = bodies.content_type(mail)
    parts = list(bodies.walk(mail))
    statuses = [
        each
        for each in parts
        if bodies.content_type(each) in {"message/delivery-status", "message/global-delivery-status"}
    ]
    if statuses:
        found = _standard(statuses)
        if found is not None:
            return found
    report_type = (str(mail.get_param("report-type", "") or "").lower()) if kind == "multipart/report" else ""
    if report_type == "disposition-notification" or any(
        bodies.content_type(each) == "message/disposition-notification" for each in parts
    ):
        return Report("auto", "receipt")
    if report_type == "feedback-report" or any(
        bodies.content_type(each) == "message/feedback-report" for each in parts
    ):
        return Report("auto", "complaint")
    return _unlike_any_standard(mail, headers, subject)


def _standard(statuses: list[Mail]) -> Report | None:
    """What the machine-readable part says; None when it says nothing."""
    failures, actions = [], set()
    for group in _groups(statuses):
        action = re.split(r"[\s;(]", group.get("action", "").lower())[0]
        if not action and group.get("status"):
            action = {"5": "failed", "4": "delayed", "2": "delivered"}.get(group["status"].strip()[:1], "")
        if not action:
            continue
        actions.add(action)
        recipient = group.get("final-recipient") or group.get("original-recipient") or ""
        address = ADDRESS.search(REPORT.sub("", recipient.partition(";")[2] or recipient))
        if action in {"failed", "failure", "error"}:
            why = " ".join(filter(None, (group.get("status", ""), group.get("diagnostic-code", ""))))
            failures.append(Failure(address[0].lower() if address else "", one_line(why, 200)))
    if failures:
        return Report(BOUNCE, "delivery-status", failures[:MOST])
    if "delayed" in actions:
        return Report("auto", "delayed")
    return Report("auto", "delivered") if actions else None


def _groups(statuses: list[Mail]) -> Iterator[dict[str, str]]:
    """The blocks of fields of delivery reports, names in lower case."""
    for part in statuses:
        payload = part.get_payload()
        blocks = (
            [str(each) for each in payload] if isinstance(payload, list) else re.split(r"\n\s*\n", bodies.text_of(part))
        )
        for block in blocks[: MOST * 2]:
            yield {
                name.lower(): " ".join(value.split())
                for name, value in FIELD.findall(block[:20_000].replace("\r\n", "\n"))
            }


def _unlike_any_standard(mail: Mail, headers: Headers, subject: str) -> Report:
    strong = _is_from_a_daemon(headers)
    says_so = bool(SUBJECT.search(subject))
    if "x-failed-recipients" in headers:
        addresses = ADDRESS.findall(headers.first("x-failed-recipients"))
        return Report(BOUNCE, "x-failed-recipients", [Failure(each.lower()) for each in addresses[:MOST]])
    if not strong and not says_so:
        return Report()
    temporary, permanent = _known(mail)
    if permanent:
        return Report(BOUNCE, "known form", [Failure(each) for each in sorted(permanent)[:MOST]])
    if temporary or (strong and LATE.search(subject)):
        return Report("auto", "delayed")
    text = _first_text(mail)
    if strong and (says_so or CODE.search(text[:5_000])):
        found = _named(text[:5_000])
        return Report(BOUNCE, "sender and words", [Failure(each) for each in found])
    return Report()


def _is_from_a_daemon(headers: Headers) -> bool:
    """Whether a mail system sent it."""
    path = headers.first("return-path").replace(" ", "")
    if path == "<>" or DAEMONS.match(path.strip("<>") + "@") or headers.word("content-type") == "multipart/report":
        return True
    pairs = headers.addresses("from")
    if any(DAEMONS.match(address) or DAEMON_NAMES.search(name) for name, address in pairs):
        return True
    written = decode_words(headers.first("from"))
    return bool(DAEMON_NAMES.search(written) or DAEMONS.match(written.strip(" <") + "@"))


def _known(mail: Mail) -> tuple[set[str], set[str]]:
    """Addresses that fail for now, and for good, in the forms that Mailman's people have collected."""
    from flufl.bounce import all_failures  # noqa: PLC0415 - most mails need it not

    try:
        temporary, permanent = all_failures(mail)
    except Exception:  # noqa: BLE001 - it reads what strangers send
        return set(), set()
    return ({each.decode("ascii", "replace").lower() for each in temporary},
            {each.decode("ascii", "replace").lower() for each in permanent})  # fmt: skip


def _first_text(mail: Mail) -> str:
    for part in bodies.walk(mail):
        if not part.is_multipart() and bodies.content_type(part).startswith("text/"):
            return bodies.text_of(part)
    return ""


def _named(text: str) -> list[str]:
    """Addresses that stand on a line of their own, or in brackets, before the mail that came back."""
    head = re.split(r"(?i)^-{3,}.*(?:copy|original|header|returned|message)", text, maxsplit=1, flags=re.MULTILINE)[0]
    lines = re.findall(r"(?m)^\s*<?([^\s<>]{1,64}@[^\s<>:;,]{3,250})>?[:;,.]?\s*$", head)
    return [each.lower() for each in dict.fromkeys(lines or ADDRESS.findall(head)) if ADDRESS.fullmatch(each)][:MOST]


def originals(mail: Mail) -> list[str]:
    """Message-IDs of the mails that it is about: in the mail that came back, or where its headers are told."""
    found: list[str] = []
    for part in list(bodies.walk(mail))[1:]:
        if part.get("message-id"):
            found += Headers(f"message-id: {part.get('message-id')}".encode("utf-8", "surrogateescape")).ids(
                "message-id"
            )
    for part in bodies.walk(mail):
        if not part.is_multipart() and bodies.content_type(part).startswith(("text/", "message/")):
            found += MESSAGE_ID.findall(bodies.text_of(part))
    return list(dict.fromkeys(found))[:20]
