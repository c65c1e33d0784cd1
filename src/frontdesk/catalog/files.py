"""Signed addresses of files: whoever holds one may fetch that file until it expires, and nothing else.

The token is what was granted and an HMAC of it; nothing is stored. Whether somebody may have a link is decided before
one is made (licensing.downloads); whether the release is still offered is looked up at each request. Real time.
"""

import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

from django.core.files.storage import default_storage
from django.utils.http import content_disposition_header

from frontdesk.catalog.errors import DownloadExpired, DownloadWithdrawn
from frontdesk.catalog.models import ReleaseFile
from frontdesk.core import clock
from frontdesk.core.errors import NotFound
from frontdesk.core.grants import GrantForm

PREFIX = "/api/v1/files/"
LIFETIME = timedelta(hours=6)
REDIRECT_LIFETIME = timedelta(minutes=5)
FORM = GrantForm(b"frontdesk download 1\0", struct.Struct(">16sQc16s"))
NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Grant:
    """What a token allows: one file until a moment, for a person (b"p"), an activation (b"a") or anybody (b"-")."""

    file: UUID
    expires_at: datetime
    kind: bytes
    holder: UUID


@dataclass(frozen=True)
class Source:
    """Where the bytes are: a local path, or an address to be sent to. `is_shown`: browsers may show it (pictures)."""

    filename: str
    size: int
    sha256: str
    path: Path | None
    address: str
    content_type: str = "application/octet-stream"
    is_shown: bool = False

    @property
    def disposition(self) -> str:
        """The Content-Disposition header."""
        return content_disposition_header(as_attachment=not self.is_shown, filename=self.filename) or "inline"


def signed_url(
    file: ReleaseFile, *, person: UUID | None = None, activation: UUID | None = None, expires: timedelta = LIFETIME
) -> str:
    """The path of a signed address for this file, on this installation."""
    kind, holder = (b"p", person) if person else (b"a", activation) if activation else (b"-", NOBODY)
    until = int((clock.real_now() + expires).timestamp())
    token = FORM.seal(file.pk.bytes, until, kind, (holder or NOBODY).bytes)
    return f"{PREFIX}{token}/{quote(file.filename, safe='')}"


def open_token(token: str) -> Grant:
    """What a token grants. Raises NotFound when it was not made here, DownloadExpired when its time is over."""
    file, until, kind, holder = FORM.open(token)
    expires_at = datetime.fromtimestamp(until, UTC)
    if expires_at <= clock.real_now():
        raise DownloadExpired
    return Grant(UUID(bytes=file), expires_at, kind, UUID(bytes=holder))


def locate(grant: Grant, filename: str) -> Source:
    """Where the granted file lies now. Raises NotFound when the name is another, DownloadWithdrawn."""
    file = ReleaseFile.objects.filter(pk=grant.file).select_related("release").first()
    if file is None or file.filename != filename:
        raise NotFound
    if file.release.withdrawn_at or not file.release.published_at:
        raise DownloadWithdrawn
    try:
        path, address = Path(default_storage.path(file.path)), ""
    except NotImplementedError:
        path, address = None, _elsewhere(file)
    return Source(file.filename, file.size, file.sha256, path, address)


def _elsewhere(file: ReleaseFile) -> str:
    """A short-lived signed address in the S3-compatible storage, which serves ranges itself."""
    shown = {
        "ResponseContentDisposition": content_disposition_header(as_attachment=True, filename=file.filename),
        "ResponseContentType": "application/octet-stream",
    }
    sign = getattr(default_storage, "url")  # noqa: B009 - only S3Storage's takes these arguments
    return str(sign(file.path, parameters=shown, expire=int(REDIRECT_LIFETIME.total_seconds())))
