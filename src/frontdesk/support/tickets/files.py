"""Signed addresses of conversations' files: whoever holds one may fetch that file for a while, and nothing else.

Whether somebody may have a link is decided before one is made (`selectors`). The gateway streams what they name.
"""

import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

from django.core.files.storage import default_storage

from frontdesk.catalog.errors import DownloadExpired
from frontdesk.catalog.files import Source
from frontdesk.core import clock
from frontdesk.core.errors import NotFound
from frontdesk.core.grants import GrantForm
from frontdesk.support.tickets.models import Attachment

PREFIX = "/api/v1/attachments/"
LIFETIME = timedelta(minutes=5)
FORM = GrantForm(b"frontdesk attachment 1\0", struct.Struct(">16sQ"))
# Only what we encoded ourselves is shown by browsers; everything else is saved.
SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


def signed_url(attachment: Attachment, lasts: timedelta = LIFETIME) -> str:
    """The path of a signed address for this file, on this installation: for five minutes, unless the page that shows it
    cannot ask for another."""
    until = int((clock.real_now() + lasts).timestamp())
    return f"{PREFIX}{FORM.seal(attachment.pk.bytes, until)}/{quote(attachment.name, safe='')}"


def locate(token: str, filename: str) -> Source:
    """Where the file lies now. Raises NotFound for a token not made here or a file that is gone, DownloadExpired."""
    number, until = FORM.open(token)
    if datetime.fromtimestamp(until, UTC) <= clock.real_now():
        raise DownloadExpired
    return _source(Attachment.objects.filter(pk=UUID(bytes=number), refused="").first(), filename)


def is_shown(attachment: Attachment) -> bool:
    """Whether pages may show it, instead of a link to save it."""
    return attachment.content_type in SHOWN and attachment.width is not None and not attachment.refused


def _source(row: Attachment | None, filename: str) -> Source:
    if row is None or row.name != filename:
        raise NotFound
    path: Path | None
    shown = is_shown(row)
    kind = row.content_type if shown else "application/octet-stream"
    source = Source(row.name, row.size, row.sha256, None, "", content_type=kind, is_shown=shown)
    try:
        path, address = Path(default_storage.path(row.file)), ""
    except NotImplementedError:
        path, address = None, _elsewhere(row.file, source)
    return Source(row.name, row.size, row.sha256, path, address, content_type=kind, is_shown=shown)


def _elsewhere(file: str, source: Source) -> str:
    """A short-lived signed address in the S3-compatible storage, which serves ranges itself."""
    shown = {"ResponseContentDisposition": source.disposition, "ResponseContentType": source.content_type}
    sign = getattr(default_storage, "url")  # noqa: B009 - only S3Storage's takes these arguments
    return str(sign(file, parameters=shown, expire=int(LIFETIME.total_seconds())))
