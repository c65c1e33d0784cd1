"""Files of conversations: checked by content, images made anew, stored under unguessable names."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet

from frontdesk.core import clock, pictures
from frontdesk.support.tickets import contents, filenames
from frontdesk.support.tickets.contents import Refused
from frontdesk.support.tickets.models import Attachment, Draft, PendingContact

MAX_SIZE = 10_000_000
MAX_COUNT = 20
MAX_SUM = 25_000_000
UNCLAIMED = timedelta(days=1)
FOLDER = "attachments"
_TYPE = re.compile(r"[\w!#$&^.+-]{1,60}/[\w!#$&^.+-]{1,39}", re.ASCII)


class StorageAway(Exception):
    """The storage took no file: it is away or full. The file is not at fault; try again later."""


@dataclass(frozen=True)
class Incoming:
    """A file as it came, of a form or a mail."""

    name: str
    data: bytes
    content_type: str = ""
    content_id: str = ""


@dataclass(frozen=True)
class _Taken:
    name: str
    content_type: str
    data: bytes
    width: int | None = None
    height: int | None = None


def store(
    *, name: str, data: bytes, content_type: str = "", content_id: str = "", uploaded_by: UUID | None = None,
    upload_key: str = "",
) -> Attachment:  # fmt: skip
    """Check the bytes, make images anew (re-encoded, without metadata), write the file and the row (of no message yet).

    What may not be taken gets a row whose `refused` says why, and no file. Never raises for content; StorageAway when
    the storage fails.
    """
    shown = filenames.cleaned(name)
    row = Attachment(
        uploaded_by=uploaded_by, upload_key=upload_key, content_id=_plain_id(content_id), created_at=clock.real_now()
    )
    try:
        taken = _examine(shown, data)
    except Refused as refusal:
        row.name, row.size, row.refused = shown, len(data), refusal.why
        row.content_type = content_type if _TYPE.fullmatch(content_type) else "application/octet-stream"
        row.save(force_insert=True)
        return row
    row.name, row.content_type, row.size = taken.name, taken.content_type, len(taken.data)
    row.width, row.height = taken.width, taken.height
    row.is_inline = bool(row.content_id) and row.width is not None
    row.sha256 = hashlib.sha256(taken.data).hexdigest()
    _write(row, taken.data)
    return row


def store_all(
    files: Sequence[Incoming], *, uploaded_by: UUID | None = None, upload_key: str = ""
) -> list[Attachment]:  # fmt: skip
    """Store the files of one message, in order, within MAX_COUNT and MAX_SUM; what is beyond them is refused."""
    stored: list[Attachment] = []
    room = MAX_SUM
    for number, file in enumerate(files):
        if number >= MAX_COUNT or room < len(file.data) <= MAX_SIZE:
            stored.append(_beyond(file, uploaded_by, upload_key))
            continue
        row = store(
            name=file.name, data=file.data, content_type=file.content_type, content_id=file.content_id,
            uploaded_by=uploaded_by, upload_key=upload_key,
        )  # fmt: skip
        room -= 0 if row.refused else row.size
        stored.append(row)
    return stored


def claim(*, ids: Sequence[UUID], uploaded_by: UUID | None = None, upload_key: str = "") -> list[Attachment]:
    """The files that this person (or guest's form) uploaded for the message they send now. Strangers' are left out.

    Refused ones and what is beyond the caps are left out too; `are_left_out` says whether there were any. Call it in
    the transaction that sends the message.
    """
    if uploaded_by is None and not upload_key:
        return []
    return _within_caps(_unclaimed_of(uploaded_by, upload_key).select_for_update(), ids)


def waiting(*, ids: Sequence[UUID], uploaded_by: UUID | None = None, upload_key: str = "") -> list[Attachment]:
    """What `claim` would give, for a form that is shown once more."""
    if uploaded_by is None and not upload_key:
        return []
    return _within_caps(_unclaimed_of(uploaded_by, upload_key), ids)


def are_left_out(
    *, ids: Sequence[UUID], found: Iterable[Attachment], uploaded_by: UUID | None = None, upload_key: str = ""
) -> bool:
    """Whether a chosen file is not among those that `claim` or `waiting` found: beyond the caps, or gone.

    What went with a message meanwhile is none: the form was pressed twice.
    """
    missing = set(ids) - {row.pk for row in found}
    sent = Attachment.objects.filter(pk__in=missing, message__isnull=False)
    return bool(missing) and sent.filter(uploaded_by=uploaded_by, upload_key=upload_key).count() < len(missing)


@transaction.atomic
def take_back(*, attachment_id: UUID, uploaded_by: UUID | None = None, upload_key: str = "") -> bool:
    """Remove a file again that was uploaded and not sent yet. A stranger's stays."""
    if uploaded_by is None and not upload_key:
        return False
    return forget(_unclaimed_of(uploaded_by, upload_key).filter(pk=attachment_id)) > 0


@transaction.atomic
def forget(rows: QuerySet[Attachment]) -> int:
    """Delete these rows and, with the commit, the files that no other row holds (merged messages share them)."""
    held = list(rows.select_for_update().values_list("pk", "file"))
    Attachment.objects.filter(pk__in=[pk for pk, _file in held]).delete()
    files = {file for _pk, file in held if file}
    transaction.on_commit(lambda: _delete_files(files))
    return len(held)


def forget_unclaimed(*, limit: int = 1_000) -> int:
    """Delete uploads that no message claimed within a day, with their files; returns how many. The worker's sweep.

    A guest's files wait as long as the mailed link does, those of an agent's draft as long as the draft.
    """
    old = Attachment.objects.filter(message=None, created_at__lt=clock.real_now() - UNCLAIMED)
    pending = PendingContact.objects.filter(conversation=None, expires_at__gt=clock.real_now()).exclude(upload_key="")
    drafted = chain.from_iterable(Draft.objects.exclude(attachments=[]).values_list("attachments", flat=True))
    left = old.exclude(upload_key__in=pending.values("upload_key")).exclude(pk__in=list(drafted))
    chosen = left.values_list("pk", flat=True)[:limit]
    return forget(Attachment.objects.filter(pk__in=list(chosen)))


def forget_orphans(*, days: int = 7) -> int:
    """Delete files whose row was never committed (the process died, the transaction failed); returns how many.

    Files lie in a folder for each day, so only those of the last days need looking at, two days old at least.
    """
    gone = 0
    for back in range(2, days + 2):
        folder = _folder(clock.real_now() - timedelta(days=back))
        try:
            names = [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]]
        except FileNotFoundError:
            continue
        known = set(Attachment.objects.filter(file__in=names).values_list("file", flat=True))
        orphans = [name for name in names if name not in known]
        gone += len(orphans)
        _delete_files(orphans)
    return gone


def _unclaimed_of(uploaded_by: UUID | None, upload_key: str) -> QuerySet[Attachment]:
    """What this person or form has uploaded. A person's are theirs alone, whoever knows the form's key."""
    return Attachment.objects.filter(message=None, uploaded_by=uploaded_by, upload_key=upload_key)


def _within_caps(rows: QuerySet[Attachment], ids: Sequence[UUID]) -> list[Attachment]:
    """Those of the rows that were taken, in the order of the ids, as many as a message may carry."""
    found = {row.pk: row for row in rows.filter(pk__in=ids, refused="")}
    chosen: list[Attachment] = []
    room = MAX_SUM
    for row in (found.pop(each) for each in ids if each in found):
        if len(chosen) < MAX_COUNT and row.size <= room:
            chosen.append(row)
            room -= row.size
    return chosen


def _examine(name: str, data: bytes) -> _Taken:
    """What we would store. Raises Refused."""
    if len(data) > MAX_SIZE:
        raise Refused("too_large")
    kind = contents.recognise(data, filenames.extension_of(name))
    if kind != contents.PICTURE:
        return _Taken(filenames.fitting(name, kind), kind, data)
    try:
        picture = pictures.remake(data)
    except pictures.NotAPicture:
        raise Refused("damaged_picture") from None
    if len(picture.data) > MAX_SIZE:
        raise Refused("too_large")
    shown = filenames.fitting(name, picture.content_type)
    return _Taken(shown, picture.content_type, picture.data, picture.width, picture.height)


def _write(row: Attachment, data: bytes) -> None:
    """The file first: a row without one would be a promise that is not kept."""
    try:
        row.file = default_storage.save(f"{_folder(clock.real_now())}/{uuid4().hex}", ContentFile(data))
    except Exception as error:  # each storage has errors of its own
        raise StorageAway from error
    try:
        row.save(force_insert=True)
    except BaseException:
        default_storage.delete(row.file)
        raise


def _beyond(file: Incoming, uploaded_by: UUID | None, upload_key: str) -> Attachment:
    return Attachment.objects.create(
        name=filenames.cleaned(file.name), size=len(file.data), content_type="application/octet-stream",
        refused="too_many", uploaded_by=uploaded_by, upload_key=upload_key, created_at=clock.real_now(),
    )  # fmt: skip


def _folder(moment: datetime) -> str:
    return f"{FOLDER}/{moment:%Y-%m-%d}"


def _delete_files(names: Iterable[str]) -> None:
    """Delete files that no row holds any more."""
    held = set(Attachment.objects.filter(file__in=list(names)).values_list("file", flat=True))
    for name in names:
        if name not in held:
            default_storage.delete(name)


def _plain_id(content_id: str) -> str:
    return "".join(sign for sign in content_id if sign.isprintable())[:200]
