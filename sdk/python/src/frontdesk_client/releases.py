"""Releases of the product: what is the newest, and fetching it safely."""

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, urlencode, urljoin, urlsplit

from frontdesk_client import documents, jose
from frontdesk_client.errors import DownloadDamaged, NoConnection, ServerAnswerInvalid
from frontdesk_client.keeper import Keeper
from frontdesk_client.keys import FOR_RELEASES
from frontdesk_client.store import unusable
from frontdesk_client.transport import FileReply

RELEASE_TYPE = "frontdesk-release+jwt"
CHUNK = 256 * 1024
SIGNED = ("product", "version", "platform", "channel", "size", "sha256")

Progress = Callable[[int, int], None]
"""Called with (bytes so far, bytes in all)."""


@dataclass(frozen=True, slots=True)
class Release:
    """A release and its one file. ``size`` in bytes, ``sha256`` in hexadecimal, ``url`` signed and short-lived."""

    product: str
    version: str
    platform: str
    channel: str
    notes: str
    published_at: datetime
    filename: str
    size: int
    sha256: str
    url: str
    signature: str


def latest(keeper: Keeper, token: str, platform: str, channel: str) -> Release:
    """The newest release of that platform and channel, with its signature verified."""
    query = urlencode({"platform": platform, "channel": channel})
    path = f"api/v1/releases/{quote(keeper.product, safe='')}/latest?{query}"
    document = keeper.transport.call("GET", path, token=token).document
    texts = {name: documents.text(document, name) for name in Release.__slots__ if name not in {"size", "published_at"}}
    release = Release(
        **texts, size=documents.whole(document, "size"), published_at=documents.moment(document, "published_at")
    )
    verify(keeper, release)
    if (release.product, release.platform, release.channel) != (keeper.product, platform, channel):
        raise DownloadDamaged("It is a release of another product, platform or channel.")
    return release


def verify(keeper: Keeper, release: Release) -> None:
    """Raise ``DownloadDamaged`` unless a release key vouches for exactly this release."""
    try:
        signed = jose.parse(release.signature, typ=RELEASE_TYPE)
        key = keeper.keys(signed.key_id, FOR_RELEASES).find(signed.key_id, FOR_RELEASES)
        if key is None:
            raise jose.JwsInvalid("unknown key")
        payload = signed.verify(key)
        if any(payload.get(name) != getattr(release, name) for name in SIGNED):
            raise jose.JwsInvalid("signed for another release")
    except jose.JwsInvalid as error:
        raise DownloadDamaged("The vendor's signature does not fit it.") from error


def download(keeper: Keeper, release: Release, target: Path, progress: Progress | None) -> Path:
    """Fetch, verify, and only then give the file its name."""
    verify(keeper, release)
    if target.is_dir():
        target = target / (Path(release.filename.replace("\\", "/")).name or "download")
    part = _Part(target, release)
    with unusable(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        part.prepare()
    for _ in range(2):
        if part.size < release.size:
            _fetch(keeper, release, part, progress or _silent)
        with unusable(target):
            if part.is_right():
                part.finish()
                return target
            part.discard()  # a part that was damaged before: once more from the start
    raise DownloadDamaged


class _Part:
    """A download under way: ``<name>.part``, and ``<name>.part.json`` saying of which file it is."""

    def __init__(self, target: Path, release: Release) -> None:
        self._target = target
        self._release = release
        self.path = target.with_name(f"{target.name}.part")
        self._note = target.with_name(f"{target.name}.part.json")
        self.etag = ""

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def prepare(self) -> None:
        """Keep what an earlier try of the same file left; drop anything else."""
        try:
            note = json.loads(self._note.read_text())
            self.etag = str(note["etag"]) if note["sha256"] == self._release.sha256 else ""
        except (OSError, ValueError, KeyError, TypeError):
            self.etag = ""
        if not self.etag or self.size > self._release.size:
            self.discard()

    @contextlib.contextmanager
    def writing(self, etag: str, *, append: bool) -> Iterator[Callable[[bytes], None]]:
        """A function that adds bytes. What goes wrong on the disk must not look like a lost connection."""
        with unusable(self.path):
            self._note.write_text(json.dumps({"etag": etag, "sha256": self._release.sha256}))
            file = self.path.open("ab" if append else "wb", buffering=0)
        self.etag = etag

        def write(chunk: bytes) -> None:
            with unusable(self.path):
                while chunk:
                    chunk = chunk[file.write(chunk) :]

        with file:
            yield write

    def is_right(self) -> bool:
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == self._release.sha256

    def discard(self) -> None:
        self.etag = ""
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)

    def finish(self) -> None:
        self.path.replace(self._target)
        self._note.unlink(missing_ok=True)


def _fetch(keeper: Keeper, release: Release, part: _Part, progress: Progress) -> None:
    """Load what is missing. A connection lost half-way is taken up again as long as there is progress."""
    url = urljoin(keeper.transport.server, release.url)
    if urlsplit(url).scheme not in {"http", "https"}:
        raise ServerAnswerInvalid("The address of the file is not one of the web.")
    while True:
        before = part.size
        try:
            with keeper.transport.follow(url, _range(part)) as reply:
                _receive(keeper, reply, release, part, progress)
            return
        except NoConnection:
            if part.size <= before:
                raise


def _range(part: _Part) -> Mapping[str, str]:
    if part.size and part.etag:
        return {"Range": f"bytes={part.size}-", "If-Range": part.etag}
    return {}


def _receive(keeper: Keeper, reply: FileReply, release: Release, part: _Part, progress: Progress) -> None:
    if reply.status == 416:
        part.discard()
        raise DownloadDamaged("The server's file is shorter than it should be.")
    if reply.status not in {200, 206}:
        keeper.transport.refuse(reply)
    resumed = reply.status == 206
    start = part.size if resumed else 0
    if resumed and not str(reply.headers.get("Content-Range", "")).startswith(f"bytes {start}-"):
        raise ServerAnswerInvalid("It sent another piece of the file than was asked for.")
    etag = _strong(reply.headers.get("ETag")) or (part.etag if resumed else "")
    with part.writing(etag, append=resumed) as write:
        _copy(reply, write, start, release.size, progress)


def _copy(reply: FileReply, write: Callable[[bytes], None], done: int, size: int, progress: Progress) -> None:
    while chunk := reply.read(min(CHUNK, size + 1 - done)):
        write(chunk)
        done += len(chunk)
        if done > size:
            raise DownloadDamaged("It is longer than it should be.")
        progress(done, size)
    if done < size:
        raise NoConnection("The connection ended before the file was complete.")


def _strong(etag: str | None) -> str:
    """Only a strong entity tag may be used with If-Range."""
    return etag if etag and etag.startswith('"') else ""


def _silent(done: int, size: int) -> None:
    """Nobody watches."""
