"""Mails about mails that could not be delivered: by the standard (RFC 3464) first, then as programs write them."""

import re
from collections.abc import Iterator

from frontdesk.support.tickets.mail.incoming.reading import parts, words
from frontdesk.support.tickets.mail.incoming.reading.charsets import one_line
from frontdesk.support.tickets.mail.incoming.reading.headers import ADDRESS, Headers, decode_words
from frontdesk.support.tickets.mail.incoming.reading.parts import Mail
from frontdesk.support.tickets.mail.incoming.reading.shapes import Failure

BOUNCE = "bounce"
WORDS, PERHAPS = "sender and words", "words"
STATUSES = {"message/delivery-status", "message/global-delivery-status"}
MOST = 50
SAMPLE = 5_000  # characters of the text in which a reason is looked for
# Nobody else is called so.
DAEMONS = re.compile(
    r"(?:mailer[-_.]?daemon|mail[-_.]?daemon|maildaemon|mdaemon|postmaster|mail[-_.]?delivery(?:[-_.]?(?:sub)?system)?|ndr)"
    r"(?:[-+=][-+=\w]*)?\\?(?:@|$)",
    re.IGNORECASE,
)
SENT_ON = re.compile(r"\s*(?:fwd?|wg|tr|re|aw|i|rv|enc)\s*:", re.IGNORECASE)
DAEMON_NAMES = re.compile(
    r"^\W*(?:mail delivery|mail daemon|mailer.?daemon|mail system|delivery subsystem|e?-?mail administrator|postmaster|"
    r"internet mail delivery|.{0,20}\bmail (?:delivery )?(?:sub)?system)\W*(?:system|subsystem|service)?\W*(?:\(.*)?$",
    re.IGNORECASE,
)
SUBJECT = re.compile(words.anyof(words.FAILED), re.IGNORECASE)
LATE = re.compile(
    r"\b(?:delay(?:ed)?|warning|still (?:being retried|trying)|temporar(?:y|ily)|"
    r"verzöger|retard|will (?:keep|continue) trying)",
    re.IGNORECASE,
)
# What servers answer, which versions, prices and the codes of web pages do not look like.
CODE = re.compile(
    r"\b5[0-5]\d[ -]+#?5\.\d{1,3}\.\d{1,3}\b|#5\.\d{1,3}\.\d{1,3}\b|"
    r"\b(?:smtp|remote|host|server|mailbox|recipient|user|said|responded)\b[^\n]{0,80}\b5[0-5]\d[ -]",
    re.IGNORECASE,
)
MESSAGE_ID = re.compile(r"^[ \t>]*Message-I[dD]:\s*(<[^<>\s]{3,400}>)", re.MULTILINE | re.IGNORECASE)
REPORT = re.compile(r"rfc822;\s*", re.IGNORECASE)
FIELD = re.compile(r"^([A-Za-z][A-Za-z-]{2,40}):[ \t]*(.*(?:\n[ \t]+.*)*)", re.MULTILINE)


class Report:
    """What a bounce says."""

    def __init__(self, kind: str = "", sign: str = "", failures: list[Failure] | None = None) -> None:
        self.kind, self.sign, self.failures = kind, sign, failures or []


def scan(mail: Mail, headers: Headers, subject: str) -> Report:
    """What kind of report this is; an empty one for a mail that is none."""
    is_daemons = _is_from_a_daemon(headers)
    if is_daemons:
        own = list(_own_parts(mail))
        found = _standard([each for each in own if parts.content_type(each) in STATUSES])
        if found is not None:
            return found
        reported = {parts.parameter(mail, "report-type").lower(), *map(parts.content_type, own)}
        for kind, sign in (("disposition-notification", "receipt"), ("feedback-report", "complaint")):
            if reported & {kind, f"message/{kind}"}:
                return Report("auto", sign)
    return _unlike_any_standard(mail, headers, subject, is_daemons=is_daemons)


def _own_parts(mail: Mail) -> Iterator[Mail]:
    """The parts of this mail itself: not those of a mail that lies in it, which may be a report that somebody sends
    on."""
    waiting, seen = [mail], 0
    while waiting and seen < parts.MOST_PARTS:
        part = waiting.pop()
        seen += 1
        yield part
        payload = part.get_payload()
        if isinstance(payload, list) and parts.content_type(part).startswith("multipart/"):
            waiting.extend(each for each in reversed(payload) if isinstance(each, Mail))


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
        if action in {"failed", "failure", "error"}:
            why = one_line(" ".join(filter(None, (group.get("status", ""), group.get("diagnostic-code", "")))), 200)
            named = [_address(recipient), _address(group.get("original-recipient", ""))]
            failures += [Failure(each, why) for each in dict.fromkeys(filter(None, named))] or [Failure("", why)]
    if failures:
        return Report(BOUNCE, "delivery-status", failures[:MOST])
    if "delayed" in actions:
        return Report("auto", "delayed")
    return Report("auto", "delivered") if actions else None


def _address(recipient: str) -> str:
    found = ADDRESS.search(REPORT.sub("", recipient.partition(";")[2] or recipient))
    return found[0].lower() if found else ""


def _groups(statuses: list[Mail]) -> Iterator[dict[str, str]]:
    """The blocks of fields of delivery reports, names in lower case."""
    for part in statuses:
        payload = part.get_payload()
        blocks = (
            [str(each) for each in payload] if isinstance(payload, list) else re.split(r"\n\s*\n", parts.text_of(part))
        )
        for block in blocks[: MOST * 2]:
            yield {
                name.lower(): " ".join(value.split())
                for name, value in FIELD.findall(block[:20_000].replace("\r\n", "\n"))
            }


def _unlike_any_standard(mail: Mail, headers: Headers, subject: str, *, is_daemons: bool) -> Report:
    """By its sender and its words; whoever sends a report on, or asks about one, is not taken for its sender."""
    says_so = bool(SUBJECT.search(subject))
    if "x-failed-recipients" in headers:
        addresses = ADDRESS.findall(headers.first("x-failed-recipients"))
        return Report(BOUNCE, "x-failed-recipients", [Failure(each.lower()) for each in addresses[:MOST]])
    if not is_daemons and not (says_so and _may_be_a_programs(headers, subject)):
        return Report()
    temporary, permanent = _known(mail)
    if permanent:
        sign = "known form" if is_daemons else PERHAPS
        return Report(BOUNCE, sign, [Failure(each) for each in sorted(permanent)[:MOST]])
    if temporary or (is_daemons and LATE.search(subject)):
        return Report("auto", "delayed")
    text = _first_text(mail)[:SAMPLE]
    if is_daemons and (says_so or CODE.search(text)):
        return Report(BOUNCE, WORDS, [Failure(each) for each in _named(text)])
    return Report()


def _is_from_a_daemon(headers: Headers) -> bool:
    """Whether a mail system sent it."""
    path = headers.first("return-path").replace(" ", "")
    if path == "<>" or DAEMONS.match(path.strip("<>") or " ") or headers.word("content-type") == "multipart/report":
        return True
    pairs = headers.addresses("from")
    if any(DAEMONS.match(address) or DAEMON_NAMES.search(name) for name, address in pairs):
        return True
    written = decode_words(headers.first("from"))
    # Some daemons write addresses that are none, of which only the beginning can be told.
    return bool(DAEMONS.match(written.strip(" <>")) or (not pairs and DAEMON_NAMES.search(written)))


def _may_be_a_programs(headers: Headers, subject: str) -> bool:
    """Whether it neither answers nor sends on another mail, as people do who ask about a report."""
    return not SENT_ON.match(subject) and not any(name in headers for name in ("in-reply-to", "references"))


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
    for part in parts.walk(mail):
        if not part.is_multipart() and parts.content_type(part).startswith("text/"):
            return parts.text_of(part)
    return ""


def _named(text: str) -> list[str]:
    """Addresses that stand on a line of their own, or in brackets, before the mail that came back."""
    head = re.split(r"(?i)^-{3,}.*(?:copy|original|header|returned|message)", text, maxsplit=1, flags=re.MULTILINE)[0]
    lines = re.findall(r"(?m)^[ \t]*<?([^\s<>]{1,64}@[^\s<>:;,]{3,250})>?[:;,.]?\s*$", head)
    return [each.lower() for each in dict.fromkeys(lines or ADDRESS.findall(head)) if ADDRESS.fullmatch(each)][:MOST]


def originals(mail: Mail) -> list[str]:
    """Message-IDs of the mails that it is about: in the mail that came back, or where its headers are told."""
    found: list[str] = []
    for part in list(parts.walk(mail))[1:]:
        if part.get("message-id"):
            found += Headers(f"message-id: {part.get('message-id')}".encode("utf-8", "surrogateescape")).ids(
                "message-id"
            )
    for part in parts.walk(mail):
        if not part.is_multipart() and parts.content_type(part).startswith(("text/", "message/")):
            found += MESSAGE_ID.findall(parts.text_of(part))
    return list(dict.fromkeys(found))[:20]
