"""Polling a mailbox (IMAP). How far it was read stands in our database, and moves in the commit that stores a mail:
flags and folders of the server are only told afterwards, so a stop at any moment loses nothing and doubles nothing."""

import hashlib
import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import transaction

from frontdesk.core.alone import alone
from frontdesk.support.tickets.mail.incoming import storing
from frontdesk.support.tickets.models import ImapFolder, IncomingMail

log = structlog.get_logger(__name__)
TIMEOUT = 30
A_POLL = 200  # mails; the next poll goes on
SOURCE = "imap"
NUMBERS = re.compile(rb"\d+")
SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class ImapRefused(Exception):
    """The server said no."""


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


def poll(box: Box) -> int:
    """Take in what is new; returns how many. Raises OSError and imaplib's errors where the server fails."""
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
        server.login(box.user, box.password)
        yield server
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            server.logout()


def _take(server: imaplib.IMAP4, box: Box) -> int:
    _ok(server.select(_quoted(box.folder)))
    place = _place(box, _validity(server))
    fresh = _search(server, f"UID {place.last_uid + 1}:*")
    wanted = [*place.missed, *sorted(uid for uid in fresh if uid > place.last_uid)][:A_POLL]
    taken = sum(_take_one(server, place, uid) for uid in wanted)
    _tell_server(server, box, place)
    return taken


def _validity(server: imaplib.IMAP4) -> int:
    _kind, data = server.response("UIDVALIDITY")
    found = NUMBERS.search(data[0] or b"") if data else None
    if found is None:
        raise ImapRefused("no UIDVALIDITY")
    return int(found[0])


def _place(box: Box, validity: int) -> ImapFolder:
    """How far the folder was read; from the beginning when the server has numbered it anew."""
    with transaction.atomic():
        row, made = ImapFolder.objects.select_for_update().get_or_create(name=box.name, defaults={"validity": validity})
        if not made and row.validity != validity:
            log.warning("imap_numbered_anew")
            row.validity, row.last_uid, row.missed = validity, 0, []
            row.save()
    return row


def _take_one(server: imaplib.IMAP4, place: ImapFolder, uid: int) -> bool:
    """Store one mail and note that the folder was read so far, in one commit; False when there is none."""
    try:
        found = _fetch(server, uid)
    except (imaplib.IMAP4.error, ImapRefused) as error:
        if isinstance(error, imaplib.IMAP4.abort):
            raise  # the connection is gone: nothing is known of this mail
        log.error("imap_mail_missed", uid=uid, error=type(error).__name__)
        _note(place, uid, is_missed=True)
        return False
    with transaction.atomic():
        _note(place, uid, is_missed=False)
        if found is None or _had(found[0]):
            return False
        raw, size = found
        storing.store(raw, source=SOURCE, source_key=f"imap {place.name} {place.validity} {uid}", size=size)
    return True


def _fetch(server: imaplib.IMAP4, uid: int) -> tuple[bytes, int] | None:
    """The mail and its size; only the head of one that is too large; None when somebody has removed it meanwhile."""
    sizes = _ok(server.uid("FETCH", str(uid), "(RFC822.SIZE)"))
    told = next((match for each in sizes if isinstance(each, bytes) and (match := SIZE.search(each))), None)
    if told is None:
        return None
    size = int(told[1])
    part = "BODY.PEEK[]" if size <= storing.MAX_MAIL else f"BODY.PEEK[]<0.{storing.HEAD}>"
    for each in _ok(server.uid("FETCH", str(uid), f"({part})")):
        if isinstance(each, tuple) and len(each) > 1:
            return bytes(each[1]), size if size > storing.MAX_MAIL else 0
    return None


def _had(raw: bytes) -> bool:
    """Whether this came in before under another number of the server's."""
    return IncomingMail.objects.filter(source=SOURCE, sha256=hashlib.sha256(raw).hexdigest()).exists()


def _note(place: ImapFolder, uid: int, *, is_missed: bool) -> None:
    with transaction.atomic():
        row = ImapFolder.objects.select_for_update().get(pk=place.pk)
        row.last_uid = max(row.last_uid, uid)
        others = [each for each in row.missed if each != uid]
        row.missed = [*others, uid][-100:] if is_missed else others
        row.save()
    place.last_uid, place.missed = row.last_uid, row.missed


def _tell_server(server: imaplib.IMAP4, box: Box, place: ImapFolder) -> None:
    """Mark or move what is stored. What a stop left unmarked is done here by the next poll."""
    if not place.last_uid:
        return
    able = b" ".join(each for each in _ok(server.capability()) if isinstance(each, bytes)).upper().split()
    criterion = f"UID 1:{place.last_uid}" if box.done else f"UID 1:{place.last_uid} UNSEEN"
    uids = [str(uid) for uid in _search(server, criterion) if uid <= place.last_uid and uid not in place.missed]
    for start in range(0, len(uids), 100):
        some = ",".join(uids[start : start + 100])
        if not box.done:
            _ok(server.uid("STORE", some, "+FLAGS.SILENT", r"(\Seen)"))
        elif b"MOVE" in able:
            _ok(server.uid("MOVE", some, _quoted(box.done)))
        else:
            _ok(server.uid("COPY", some, _quoted(box.done)))
            _ok(server.uid("STORE", some, "+FLAGS.SILENT", r"(\Deleted)"))
            if b"UIDPLUS" in able:
                _ok(server.uid("EXPUNGE", some))


def _search(server: imaplib.IMAP4, criterion: str) -> list[int]:
    data = _ok(server.uid("SEARCH", *criterion.split(" ")))
    return [int(each) for block in data if isinstance(block, bytes) for each in NUMBERS.findall(block)]


def _ok(answer: tuple[str, Sequence[bytes | tuple[bytes, bytes] | None]]) -> list[bytes | tuple[bytes, bytes] | None]:
    status, data = answer
    if status != "OK":
        raise ImapRefused(status)
    return list(data)


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
