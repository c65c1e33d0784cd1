"""What becomes of a mail: its verdict, and why. Only looks; `effects` does what follows."""

import re
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from frontdesk.core import clock
from frontdesk.support.tickets.conversations import turns
from frontdesk.support.tickets.mail import addresses, blocking
from frontdesk.support.tickets.mail.incoming import authenticating, destinations, matching, pool
from frontdesk.support.tickets.mail.incoming.destinations import Place
from frontdesk.support.tickets.mail.incoming.matching import Match
from frontdesk.support.tickets.mail.incoming.reading.bounces import PERHAPS
from frontdesk.support.tickets.mail.incoming.reading.shapes import Read
from frontdesk.support.tickets.mail.incoming.storing import NOBODY
from frontdesk.support.tickets.models import IncomingMail, OutgoingMail, Verdict

UNREAD = {pool.TIMED_OUT: Verdict.TIMED_OUT, pool.CRASHED: Verdict.UNREADABLE, "memory": Verdict.UNREADABLE,
          "error": Verdict.UNREADABLE, "no_mail": Verdict.UNREADABLE}  # fmt: skip
AWAITED = {Verdict.REVIEW, Verdict.DISMISSED}  # a person looks at it, or has
LED = {Verdict.OPENED, Verdict.REPLY, Verdict.POSTED, Verdict.REFUSED}
LOCAL = {"localhost", "127.0.0.1", "[::1]"}
OUR_ID = re.compile(r"<([0-9a-f-]{36})@([^<>@\s]+)>")


@dataclass(frozen=True)
class Judgement:
    """A verdict with its reason; `match` where a conversation fits, `place` where it is for something else, `earlier`
    for what had come before."""

    verdict: Verdict
    detail: str
    authentication: str = ""
    match: Match | None = None
    earlier: IncomingMail | None = None
    place: Place | None = None


def judge(mail: IncomingMail, read: Read) -> Judgement:
    """The verdict on a mail that was read."""
    for report, verdict in UNREAD.items():
        if report in read.reports:
            return Judgement(verdict, ": ".join(read.reports[:2]))
    aside = _ours(read) or _blocked(mail, read)
    if aside:
        return aside
    fresh = _by_nobody(mail, read) or _by_somebody(mail, read)
    return _known(mail, read, fresh) or fresh


def _ours(read: Read) -> Judgement | None:
    """Our own mail that came back, were it by a stranger's hand."""
    if read.kind == "bounce":
        return None
    if addresses.is_ours(read.from_address):
        return Judgement(Verdict.OWN, "from_us")
    return Judgement(Verdict.OWN, "our_id") if _is_our_id(read.internet_id) else None


def _is_our_id(internet_id: str) -> bool:
    host = settings.FRONTDESK_URL.split("://")[1].split(":")[0].lower()
    made = OUR_ID.fullmatch(internet_id.lower())
    if made and made[2] == host and host not in LOCAL and _is_uuid(made[1]):
        return True
    if not internet_id:
        return False
    return OutgoingMail.objects.filter(internet_id=internet_id).exists() or destinations.know(internet_id)


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _blocked(mail: IncomingMail, read: Read) -> Judgement | None:
    address = read.from_address or mail.envelope_from.lower()
    return Judgement(Verdict.BLOCKED, "blocked") if blocking.find(address) else None


def _known(mail: IncomingMail, read: Read, fresh: Judgement) -> Judgement | None:
    """Whether this very mail has been here, and led somewhere, or would end as it did then: one that was kept aside as
    a program's or a list's does not keep out the same words that come by another way. Another's under the same number
    never counts; other words of the same sender under it are for a person to look at."""
    earlier = IncomingMail.objects.exclude(pk=mail.pk).exclude(verdict__in=["", Verdict.DUPLICATE])
    same = Q(sha256=mail.sha256, digest=read.digest)
    if read.internet_id:
        same |= Q(internet_id=read.internet_id, from_address=read.from_address)
    authentication = authenticating.judge(read)
    rows = list(earlier.filter(same).order_by("received_at")[:20])
    for row in rows:
        if row.digest == read.digest and (
            _led_somewhere(row)
            or (row.verdict in AWAITED and row.authentication == authentication)
            or (row.verdict, row.detail) == (fresh.verdict, fresh.detail)
        ):
            return Judgement(Verdict.DUPLICATE, "again", authentication, earlier=row)
    others = [row for row in rows if row.digest != read.digest and row.digest]
    if others and not read.kind:
        return Judgement(Verdict.REVIEW, "other_text", authentication, matching.find(mail, read))
    return None


def _led_somewhere(row: IncomingMail) -> bool:
    return row.message_id is not None or row.verdict in LED


def _by_nobody(mail: IncomingMail, read: Read) -> Judgement | None:
    """Written by programs and lists: never answered."""
    if read.kind == "bounce":
        is_certain = bool(read.failures) and read.sign != PERHAPS
        if is_certain or _is_about_ours(read):
            return Judgement(Verdict.BOUNCE, read.sign)
        return Judgement(Verdict.REVIEW, "looks_returned", authenticating.judge(read), matching.find(mail, read))
    if read.kind == "auto" or (not read.kind and mail.envelope_from == NOBODY):
        known = {"delayed", "delivered", "receipt", "complaint"}
        sign = read.sign if read.kind else "null return path"
        detail = sign if sign in known else f"automatic: {sign}"
        return Judgement(Verdict.AUTO_REPLY, detail, match=matching.find(mail, read))
    if read.kind == "list" and not any(each.lower() in read.sign.lower() for each in settings.MAIL_OWN_LISTS):
        return Judgement(Verdict.LIST, f"list: {read.sign}"[:300])
    return None


def _is_about_ours(read: Read) -> bool:
    """Whether it names a mail that went out from here, of a conversation or of another reader's."""
    named = read.originals[:20]
    return OutgoingMail.objects.filter(internet_id__in=named).exists() or any(map(destinations.know, named))


def _by_somebody(mail: IncomingMail, read: Read) -> Judgement:
    if not read.text.strip() and not read.files and "encrypted" not in read.reports:
        return _empty(read)
    authentication = authenticating.judge(read)
    match = matching.find(mail, read)
    place = None if match and match.by == matching.TOKEN else matching.elsewhere(mail, read)
    if place is not None and (match is None or place.by == destinations.TOKEN):
        return _elsewhere(read, authentication, place)
    doubt = _doubt(read, authentication, match)
    if doubt:
        return Judgement(Verdict.REVIEW, doubt, authentication, match)
    if match is None:
        return Judgement(Verdict.OPENED, "proved", authentication)
    if turns.is_closed(match.conversation, clock.now()):
        return Judgement(Verdict.OPENED, "closed", authentication, match)
    return Judgement(Verdict.REPLY, match.by, authentication, match)


def _elsewhere(read: Read, authentication: str, place: Place) -> Judgement:
    """It is for another reader than the desk, who says what becomes of it: but of nobody's mail, and of no mail that
    its sender's domain disowns. What only refers to a mail of theirs needs no proof, since a person looks at it."""
    doubt = _doubt(read, authentication, None, by=destinations.TOKEN)
    if doubt:
        return Judgement(Verdict.REVIEW, doubt, authentication)
    fate = place.destination.judge(place, read, authentication)
    return Judgement(fate.verdict, fate.detail, authentication, place=place)


def _empty(read: Read) -> Judgement:
    if read.quoted.strip():
        return Judgement(Verdict.EMPTY, "only_a_quote")
    return Judgement(Verdict.EMPTY, "only_a_subject" if read.subject and not read.is_reply else "nothing")


def _doubt(read: Read, authentication: str, match: Match | None, *, by: str = "") -> str:
    """Why a person must look at it first; "" when nobody need. `by` is how it was matched."""
    by = match.by if match else by
    if not read.from_address or read.senders != 1:
        return "no_sender"
    if authentication == authenticating.FAIL:
        return "failed_authentication"
    if match is not None and match.writer is None:
        return "stranger_with_token"
    if authentication == authenticating.NONE and by != matching.TOKEN:
        return "without_token" if by else "unauthenticated"
    signs = ("encrypted", "looks_automatic") if by else ("encrypted", "marked_spam", "looks_automatic")
    return next((each for each in signs if each in read.reports), "")
