"""Polling a mailbox (IMAP). How far it was read stands in our database (`places`), and moves in the commit that stores
a mail: flags and folders of the server are only told afterwards, so a stop at any moment loses and doubles nothing."""

import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings

from frontdesk.core.alone import alone
from frontdesk.support.tickets.mail.incoming import storing
from frontdesk.support.tickets.mail.incoming.sources import places
from frontdesk.support.tickets.models import ImapFolder

log = structlog.get_logger(__name__)
TIMEOUT = 30
A_POLL = 200  # mails; the next poll goes on
IN_A_ROW = 20  # mails refused one after the other: it is the server, not the mails
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NUMBERS = re.compile(rb"\d+")
SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class ImapRefused(Exception):
    """The server said no; its text says to what."""


FAILURES = (OSError, imaplib.IMAP4.error, ImapRefused, places.TooManyMissed)  # what a poll may raise


@dataclass(frozen=True)
class Box:
    """Where to poll. `tls`: "imaps" from the start, "imap" by STARTTLS, "imap+plain" not at all (this machine only).

    `done`: the folder that mails are moved to; empty marks them as seen.
    """

    host: str
    port: int
    tls: str
    user: str
    password: str
    folder: str = "INBOX"
    done: str = ""

    @property
    def name(self) -> str:
        """What it is remembered by."""
        return f"{self.user}@{self.host}/{self.folder}"[:250]


def configured() -> Box | None:
    """The mailbox of the settings; None when none is polled."""
    given = settings.MAIL_IMAP
    return Box(**given) if given["host"] else None


def take_history(box: Box, since: datetime | None = None) -> int:
    """Take in what lay in the mailbox before we came (since a day, when given); returns how many. Nobody gets a
    receipt for these. May be repeated: what was taken is passed over. Raises as `poll` does."""
    with _session(box) as server:
        place = _open(server, box)
        lay_there = f"UID 1:{place.old_below - 1}"
        uids = _search(server, lay_there + _since(since)) if place.old_below > 1 else []
        done = set(places.ours(place, uids))
        wanted = sorted(uid for uid in uids if uid < place.old_below and uid not in done)
        found = ((uid, _fetched(server, uid)) for uid in wanted)
        return sum(places.keep_old(place, uid, each) for uid, each in found if each is not None)


def in_words(error: Exception, box: Box) -> str:
    """Why a poll failed, for whoever looks after the installation."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate of {box.host} is not trusted: {error.verify_message}"
    if isinstance(error, ImapRefused | places.TooManyMissed):
        return str(error)
    return f"{box.host} does not answer as it should ({type(error).__name__})"


def poll(box: Box) -> int:
    """Take in what is new; returns how many. Raises FAILURES where the server fails."""
    with alone(f"imap {box.name}") as is_alone:
        if not is_alone:
            return 0
        with _session(box) as server:
            return _take(server, box)


@contextmanager
def _session(box: Box) -> Iterator[imaplib.IMAP4]:
    context = ssl.create_default_context()
    server: imaplib.IMAP4
    if box.tls == "imaps":
        server = imaplib.IMAP4_SSL(box.host, box.port, ssl_context=context, timeout=TIMEOUT)
    else:
        server = imaplib.IMAP4(box.host, box.port, timeout=TIMEOUT)
    try:
        if box.tls == "imap":
            server.starttls(context)
        _sign_in(server, box)
        yield server
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            server.logout()


def _sign_in(server: imaplib.IMAP4, box: Box) -> None:
    try:
        server.login(box.user, box.password)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        raise ImapRefused("it refuses the user or the password") from None


def _open(server: imaplib.IMAP4, box: Box) -> ImapFolder:
    _ok(server.select(_quoted(box.folder)), "the folder")
    validity = _told(server, "UIDVALIDITY")
    if validity is None:
        raise ImapRefused("no UIDVALIDITY")
    following = _told(server, "UIDNEXT") or max(_search(server, "ALL"), default=0) + 1
    return places.of(box.name, validity, following)


def _told(server: imaplib.IMAP4, code: str) -> int | None:
    _kind, data = server.response(code)
    found = NUMBERS.search(data[0] or b"") if data else None
    return int(found[0]) if found else None


def _take(server: imaplib.IMAP4, box: Box) -> int:
    place = _open(server, box)
    try:
        taken = _take_missed(server, place) + _take_new(server, place)
    except (ImapRefused, places.TooManyMissed):
        _tell_server(server, box, place)  # of what is stored
        raise
    _tell_server(server, box, place)
    return taken


def _take_new(server: imaplib.IMAP4, place: ImapFolder) -> int:
    """Store what came since. A mail that is refused is passed over once a later one is given: else it is the server
    that fails, and nothing moves on. Raises ImapRefused, TooManyMissed."""
    taken, refused = 0, list[int]()
    for uid in _new(server, place)[:A_POLL]:
        if (found := _fetched(server, uid)) is not None:
            taken += places.keep(place, uid, found, refused=refused)
            refused = []
            continue
        refused.append(uid)
        if len(refused) >= IN_A_ROW:
            raise ImapRefused(f"it refuses {len(refused)} mails one after the other")
    return taken


def _new(server: imaplib.IMAP4, place: ImapFolder) -> list[int]:
    """What was not looked at yet; of a folder that was numbered anew, what came since we began."""
    first = place.last_uid + 1
    uids = [uid for uid in _search(server, f"UID {first}:*") if uid >= first]
    if first < place.old_below and place.begun_at is not None:
        ours = set(_search(server, f"UID {first}:{place.old_below - 1}{_since(place.begun_at)}"))
        uids = [uid for uid in uids if uid >= place.old_below or uid in ours]
    return sorted(uids)


def _since(moment: datetime | None) -> str:
    """A criterion for what arrived since; servers know only days, each in a time zone of its own."""
    if moment is None:
        return ""
    day = moment - timedelta(days=1)
    return f" SINCE {day.day}-{MONTHS[day.month - 1]}-{day.year}"


def _take_missed(server: imaplib.IMAP4, place: ImapFolder) -> int:
    """Ask once more for what was refused, as far as it is still there."""
    if not place.missed:
        return 0
    there = set(_search(server, "UID " + ",".join(str(uid) for uid in place.missed)))
    if gone := set(place.missed) - there:
        places.forget_missed(place, gone)
    found = ((uid, _fetched(server, uid)) for uid in list(place.missed))
    return sum(places.keep(place, uid, each) for uid, each in found if each is not None)


def _fetched(server: imaplib.IMAP4, uid: int) -> tuple[bytes, int] | None:
    """The mail and its size, as `_fetch`; None, and a line in the log, when this one is refused."""
    try:
        return _fetch(server, uid)
    except imaplib.IMAP4.abort:
        raise  # the connection is gone: nothing is known of this mail
    except (imaplib.IMAP4.error, ImapRefused) as error:
        log.error("imap_mail_missed", uid=uid, error=type(error).__name__)
        return None


def _fetch(server: imaplib.IMAP4, uid: int) -> tuple[bytes, int]:
    """The mail and its size; only the head of one that is too large. Raises ImapRefused, also where the server says
    yes and gives nothing: whether a mail is gone is told by searching alone."""
    sizes = _ok(server.uid("FETCH", str(uid), "(RFC822.SIZE)"))
    told = next((match for each in sizes if isinstance(each, bytes) and (match := SIZE.search(each))), None)
    if told is None:
        raise ImapRefused("it does not tell a mail's size")
    size = int(told[1])
    part = "BODY.PEEK[]" if size <= storing.MAX_MAIL else f"BODY.PEEK[]<0.{storing.HEAD}>"
    for each in _ok(server.uid("FETCH", str(uid), f"({part})")):
        if isinstance(each, tuple) and len(each) > 1:
            return bytes(each[1]), size if size > storing.MAX_MAIL else 0
    if size:
        raise ImapRefused("it gives a mail's size and no mail")
    return b"", 0


def _tell_server(server: imaplib.IMAP4, box: Box, place: ImapFolder) -> None:
    """Mark or move what is stored. What a stop left unmarked is done here by the next poll."""
    if not place.last_uid:
        return
    # Without MOVE and UIDPLUS what was copied stays, marked as deleted: it must not be copied again and again.
    criterion = f"UID 1:{place.last_uid} " + ("UNDELETED" if box.done else "UNSEEN")
    found = [uid for uid in _search(server, criterion) if uid <= place.last_uid and uid not in place.missed]
    uids, able = [str(uid) for uid in places.ours(place, found)], _abilities(server)
    for start in range(0, len(uids), 100):
        some = ",".join(uids[start : start + 100])
        if not box.done:
            _ok(server.uid("STORE", some, "+FLAGS.SILENT", r"(\Seen)"))
        elif b"MOVE" in able:
            _to_folder(server, "MOVE", some, box.done)
        else:
            _to_folder(server, "COPY", some, box.done)
            _ok(server.uid("STORE", some, "+FLAGS.SILENT", r"(\Deleted)"))
            if b"UIDPLUS" in able:
                _ok(server.uid("EXPUNGE", some))


def _to_folder(server: imaplib.IMAP4, command: str, some: str, folder: str) -> None:
    """Move or copy mails; a folder that is not there yet is made. Raises ImapRefused."""
    name = _quoted(folder)
    answer = server.uid(command, some, name)
    if answer[0] != "OK" and server.create(name)[0] == "OK":
        server.subscribe(name)
        log.info("imap_folder_made")
        answer = server.uid(command, some, name)
    _ok(answer, f"to put mails that were taken in into the folder “{folder}”")


def _abilities(server: imaplib.IMAP4) -> list[bytes]:
    return b" ".join(each for each in _ok(server.capability()) if isinstance(each, bytes)).upper().split()


def _search(server: imaplib.IMAP4, criterion: str) -> list[int]:
    data = _ok(server.uid("SEARCH", *criterion.split(" ")))
    return [int(each) for block in data if isinstance(block, bytes) for each in NUMBERS.findall(block)]


def _ok(
    answer: tuple[str, Sequence[bytes | tuple[bytes, bytes] | None]], what: str = "a command"
) -> list[bytes | tuple[bytes, bytes] | None]:
    status, data = answer
    if status != "OK":
        raise ImapRefused(f"it refuses {what} ({status})")
    return list(data)


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
