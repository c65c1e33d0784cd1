"""Verbs and reads of releases: versions of a product, with a signed file for each platform."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from packaging.version import InvalidVersion, Version

from frontdesk.catalog.errors import ReleaseFileFixed, ReleaseWithoutFiles, SigningKeysMissing
from frontdesk.catalog.models import Channel, Platform, Product, Release, ReleaseFile
from frontdesk.catalog.validation import checked
from frontdesk.core import audit, clock, signing
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound, RequestInvalid

SIGNED_AS = "frontdesk-release+jwt"
CHUNK = 1024 * 1024
FILENAME = re.compile(r"[^\x00-\x1f\x7f/\\]{1,200}")


@dataclass(frozen=True)
class Download:
    """The newest published file of a product for one platform."""

    release: Release
    file: ReleaseFile


def parse_version(text: str) -> Version:
    """A version that can be put in order. Raises RequestInvalid."""
    try:
        return Version(text)
    except InvalidVersion:
        raise RequestInvalid(field="version") from None


@transaction.atomic
def create(
    *,
    actor: Actor,
    product: Product,
    version: str,
    channel: str = Channel.STABLE,
    notes: str = "",
    is_public: bool = True,
) -> Release:
    """A release nobody sees yet. Raises NameTaken, RequestInvalid."""
    parse_version(version)
    release = checked(Release(product=product, version=version, channel=channel, notes=notes, is_public=is_public))
    release.save(force_insert=True)
    _record(actor, "release.created", release, {"product": product.slug, "version": version, "channel": str(channel)})
    return release


@transaction.atomic
def annotate(*, actor: Actor, release: Release, notes: str, is_public: bool) -> Release:
    """Change the notes, and whether a licence is needed to download. Raises RequestInvalid."""
    current = _locked(release)
    if (current.notes, current.is_public) != (notes, is_public):
        current.notes, current.is_public = notes, is_public
        checked(current).save(update_fields=["notes", "is_public"])
        _record(actor, "release.annotated", current, {"is_public": is_public})
    return current


def add_file(
    *, actor: Actor, release: Release, platform: str, source_file: "File[bytes]", filename: str = ""
) -> ReleaseFile:
    """Take in the build for a platform: stored, measured, and signed by the release key.

    A platform may join a published release, but a file is never replaced. The storage may be another machine, so it
    is written before the transaction; if that fails the file is removed again.
    Raises ReleaseFileFixed, RequestInvalid, SigningKeysMissing.
    """
    signer = _signer()
    name = _filename(filename or source_file.name or "")
    if platform not in Platform.values:
        raise RequestInvalid(field="platform")
    if release.files.filter(platform=platform).exists():
        raise ReleaseFileFixed
    size, sha256 = _measure(source_file)
    product = Product.objects.get(pk=release.product_id)
    file = ReleaseFile(id=uuid4(), release=release, platform=platform, filename=name, size=size, sha256=sha256)
    facts = {"product": product.slug, "version": release.version, "platform": platform, "channel": release.channel}
    file.signature = signer.jws({**facts, "size": size, "sha256": sha256}, typ=SIGNED_AS)
    file.path = default_storage.save(f"releases/{product.slug}/{file.id}", File(source_file.file, name=name))
    try:
        with transaction.atomic():
            file.save(force_insert=True)
            data = {"platform": platform, "filename": name, "size": size, "sha256": sha256}
            _record(actor, "release.file_added", release, data)
    except IntegrityError:
        default_storage.delete(file.path)
        raise ReleaseFileFixed from None
    except BaseException:
        default_storage.delete(file.path)
        raise
    return file


def remove_file(*, actor: Actor, file: ReleaseFile) -> None:
    """Take a file back out of a release that was never published. Raises ReleaseFileFixed."""
    with transaction.atomic():
        release = _locked(file.release)
        if release.published_at:
            raise ReleaseFileFixed
        ReleaseFile.objects.filter(pk=file.pk).delete()
        _record(actor, "release.file_removed", release, {"platform": file.platform, "sha256": file.sha256})
        transaction.on_commit(lambda: default_storage.delete(file.path))


@transaction.atomic
def publish(*, actor: Actor, release: Release) -> Release:
    """Offer the release; also puts a withdrawn one back. Raises ReleaseWithoutFiles."""
    current = _locked(release)
    if not current.files.exists():
        raise ReleaseWithoutFiles
    if current.published_at is None or current.withdrawn_at is not None:
        current.published_at, current.withdrawn_at = current.published_at or clock.now(), None
        current.save(update_fields=["published_at", "withdrawn_at"])
        _record(actor, "release.published", current, {"version": current.version})
    return current


@transaction.atomic
def withdraw(*, actor: Actor, release: Release) -> Release:
    """Stop offering the release: links given before stop working too."""
    current = _locked(release)
    if current.withdrawn_at is None:
        current.withdrawn_at = clock.now()
        current.save(update_fields=["withdrawn_at"])
        _record(actor, "release.withdrawn", current, {"version": current.version})
    return current


def latest(product_slug: str, platform: str, channel: str = Channel.STABLE) -> ReleaseFile:
    """The file of the highest published version. Raises NotFound."""
    files = _offered().filter(release__product__slug=product_slug, platform=platform, release__channel=channel)
    best = max(files, key=_order, default=None)
    if best is None:
        raise NotFound
    return best


def downloads(product: Product, channel: str = Channel.STABLE) -> list[Download]:
    """The newest file for each platform, platforms in the order of `Platform`. One query."""
    newest: dict[str, ReleaseFile] = {}
    for file in sorted(_offered().filter(release__product=product, release__channel=channel), key=_order):
        newest[file.platform] = file
    return [Download(newest[p].release, newest[p]) for p in Platform.values if p in newest]


def offered_file(file_id: UUID) -> ReleaseFile:
    """A published file by its id, with release and product. Raises NotFound."""
    file = _offered().filter(pk=file_id).first()
    if file is None:
        raise NotFound
    return file


def _signer() -> signing.Signer:
    try:
        return signing.signer("release")
    except signing.NoKeys:
        raise SigningKeysMissing from None


def _offered() -> QuerySet[ReleaseFile]:
    return ReleaseFile.objects.filter(
        release__published_at__lte=clock.now(), release__withdrawn_at=None
    ).select_related("release__product")


def _order(file: ReleaseFile) -> Version:
    return Version(file.release.version)


def _locked(release: Release) -> Release:
    return Release.objects.select_for_update(of=("self",)).select_related("product").get(pk=release.pk)


def _filename(name: str) -> str:
    base = re.split(r"[/\\]", name)[-1].strip()
    if not FILENAME.fullmatch(base) or base.strip(".") == "":
        raise RequestInvalid(field="filename")
    return base


def _measure(source: "File[bytes]") -> tuple[int, str]:
    """Size and SHA-256, read a piece at a time; the file is then back at its start."""
    digest, size = hashlib.sha256(), 0
    source.seek(0)
    while piece := source.read(CHUNK):
        digest.update(piece)
        size += len(piece)
    source.seek(0)
    if not size:
        raise RequestInvalid(field="source_file")
    return size, digest.hexdigest()


def _record(actor: Actor, action: str, release: Release, data: dict[str, Any]) -> None:
    audit.record(actor=actor, action=action, subject_type="release", subject=release.pk, data=data)
