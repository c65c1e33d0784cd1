"""Pictures of articles: made anew from what was uploaded, so that nothing hidden in a file reaches a reader."""

import hashlib
import secrets
import struct
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image, ImageOps

from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.support.helpcentre import notes
from frontdesk.support.helpcentre.errors import PictureRefused
from frontdesk.support.helpcentre.models import Article, ArticleImage

FOLDER = "help/"
LARGEST_FILE = 10 * 1024 * 1024
MOST_PIXELS = 25_000_000
MOST_PIXELS_OF_JPEG = 64_000_000  # which is decoded no larger than needed
WIDEST, TALLEST = 2400, 6000
TAKEN = ("PNG", "JPEG", "WEBP", "GIF")
# What Pillow raises for files that are broken or made to break something.
BROKEN = (
    OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, OverflowError, MemoryError, struct.error,
    zlib.error, AttributeError, ZeroDivisionError, Image.DecompressionBombError, Image.DecompressionBombWarning,
)  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """A picture made anew."""

    content: bytes
    content_type: str
    suffix: str
    width: int
    height: int


def add(*, actor: Actor, article: Article, source: IO[bytes]) -> ArticleImage:
    """Keep a picture for an article; the same file again gives the picture that is there. Raises PictureRefused."""
    raw = source.read(LARGEST_FILE + 1)
    digest = hashlib.sha256(raw).digest()
    if held := ArticleImage.objects.filter(article=article, source_hash=digest).first():
        return held
    made = make_anew(raw)
    name = f"{FOLDER}{secrets.token_urlsafe(24)}-{made.width}x{made.height}.{made.suffix}"
    stored = default_storage.save(name, ContentFile(made.content))
    try:
        return _entered(actor, article, stored, made, digest)
    except BaseException:
        default_storage.delete(stored)
        raise


@transaction.atomic
def _entered(actor: Actor, article: Article, stored: str, made: Picture, digest: bytes) -> ArticleImage:
    image = ArticleImage.objects.create(
        article=article,
        file=stored,
        content_type=made.content_type,
        width=made.width,
        height=made.height,
        size=len(made.content),
        source_hash=digest,
        uploaded_by_id=actor.person,
        created_at=clock.now(),
    )
    notes.about(article, actor=actor, action="article.picture_added", size=image.size)
    return image


def make_anew(raw: bytes) -> Picture:
    """Decode and write anew, without metadata and no larger than pages show it. Raises PictureRefused."""
    if not raw or len(raw) > LARGEST_FILE:
        raise PictureRefused
    try:
        with Image.open(BytesIO(raw), formats=TAKEN) as opened:
            if opened.width * opened.height > (MOST_PIXELS_OF_JPEG if opened.format == "JPEG" else MOST_PIXELS):
                raise PictureRefused
            opened.draft("RGB", (WIDEST, WIDEST))
            return _written(opened)
    except BROKEN as error:
        raise PictureRefused from error


def _written(opened: Image.Image) -> Picture:
    """Photographs stay JPEG; everything else, and each first frame of what moves, becomes PNG or WebP."""
    is_photograph = opened.format in {"JPEG", "MPO"}
    upright = ImageOps.exif_transpose(opened)
    image = upright.convert("RGB" if is_photograph else "RGBA" if _is_see_through(upright) else "RGB")
    image.thumbnail((WIDEST, TALLEST))
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    target = BytesIO()
    kind, suffix = ("JPEG", "jpg") if is_photograph else ("WEBP", "webp") if opened.format == "WEBP" else ("PNG", "png")
    bare.save(target, kind, quality=86, optimize=True)
    return Picture(target.getvalue(), f"image/{kind.lower()}", suffix, bare.width, bare.height)


def _is_see_through(image: Image.Image) -> bool:
    return image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info


def named(name: str) -> ArticleImage | None:
    """The picture behind a public address."""
    return ArticleImage.objects.filter(file=FOLDER + name).first()
