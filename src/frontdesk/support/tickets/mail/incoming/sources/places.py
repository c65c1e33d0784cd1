"""How far a polled mailbox was read, and which of its mails we have had: what `imap` knows between two polls."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

import structlog
from django.db import transaction

from frontdesk.core import clock
from frontdesk.support.tickets.mail.incoming import forgetting, storing
from frontdesk.support.tickets.models import ImapFolder, IncomingMail

log = structlog.get_logger(__name__)
SOURCE = "imap"
MOST_MISSED = 100  # more is no matter of single mails


class TooManyMissed(Exception):
    """The server has refused so many mails that passing over yet another would be losing it."""


def of(name: str, validity: int, following: int) -> ImapFolder:
    """How far the folder was read. `following`: the number that the server gives to the next mail.

    One that is new to us begins there: what lies in it was answered long ago, or by somebody else (`keep_old`). Of
    one that the server has numbered anew, everything is looked at that came since we began.
    """
    with transaction.atomic():
        begun = {"validity": validity, "last_uid": following - 1, "old_below": following, "begun_at": clock.real_now()}
        row, made = ImapFolder.objects.select_for_update().get_or_create(name=name, defaults=begun)
        if made:
            log.info("imap_begun", passed_over_below=following)
        elif row.validity != validity:
            log.warning("imap_numbered_anew")
            row.validity, row.last_uid, row.missed, row.old_below = validity, 0, [], following
            row.save()
    return row


def keep(place: ImapFolder, uid: int, found: tuple[bytes, int], *, refused: Sequence[int] = ()) -> bool:
    """Store one mail and note that the folder was read so far, in one commit; True when it was new to us.

    `found` is the mail and, of one that is too large, its size. `refused` came before it and are asked for again each
    time. Raises TooManyMissed, and then nothing has moved.
    """
    with transaction.atomic():
        row = ImapFolder.objects.select_for_update().get(pk=place.pk)
        row.last_uid = max(row.last_uid, uid)
        row.missed = sorted({*row.missed, *refused} - {uid})
        if len(row.missed) > MOST_MISSED:
            raise TooManyMissed(f"it has refused more than {MOST_MISSED} mails")
        row.save()
        is_new = _store(row, uid, found)
    place.last_uid, place.missed = row.last_uid, row.missed
    return is_new


def forget_missed(place: ImapFolder, uids: Iterable[int]) -> None:
    """These are in the mailbox no more: somebody took them out."""
    with transaction.atomic():
        row = ImapFolder.objects.select_for_update().get(pk=place.pk)
        row.missed = sorted({*row.missed} - {*uids})
        row.save(update_fields=["missed"])
    place.missed = row.missed


def keep_old(place: ImapFolder, uid: int, found: tuple[bytes, int]) -> bool:
    """Store a mail that lay there before we came; True when it was new to us. Nobody gets a receipt for it."""
    with transaction.atomic():
        return _store(place, uid, found)


def ours(place: ImapFolder, uids: Iterable[int]) -> list[int]:
    """Those that were taken in, and are ours to mark or to move: what lay there before stays as it is."""
    chosen = list(uids)
    old = {_key(place, uid): uid for uid in chosen if uid < place.old_below}
    kept = IncomingMail.objects.filter(source_key__in=list(old)).values_list("source_key", flat=True) if old else ()
    taken = {old[key] for key in kept if key in old}
    return [uid for uid in chosen if uid >= place.old_below or uid in taken]


def _store(place: ImapFolder, uid: int, found: tuple[bytes, int]) -> bool:
    raw, size = found
    if _had(place, uid, raw):
        return False
    source = storing.HISTORY if uid < place.old_below else SOURCE
    storing.store(raw, source=source, source_key=_key(place, uid), size=size)
    return True


def _had(place: ImapFolder, uid: int, raw: bytes) -> bool:
    """Whether this came in before, under a number of which the server knows nothing any more, be it that it was erased
    since. What lies there under two of its present numbers came twice: the second is kept, and judged as such."""
    mark = sha256(raw).hexdigest()
    keys = IncomingMail.objects.filter(source__in=(SOURCE, storing.HISTORY), sha256=mark).values_list("source_key")
    known = [str(key or "") for (key,) in keys]
    is_copy = any(key.startswith(_key(place, "")) for key in known) and _key(place, uid) not in known
    return (bool(known) and not is_copy) or forgetting.was_erased(mark)


def _key(place: ImapFolder, uid: int | str) -> str:
    return f"imap {place.name} {place.validity} {uid}"
