"""Pictures of articles: made anew from what was uploaded, so that nothing hidden in a file reaches a reader."""

import hashlib
import secrets
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from frontdesk.core import clock, pictures
from frontdesk.core.actors import Actor
from frontdesk.support.helpcentre import notes
from frontdesk.support.helpcentre.errors import PictureRefused
from frontdesk.support.helpcentre.models import Article, ArticleImage

FOLDER = "help/"
LARGEST_FILE = 10 * 1024 * 1024
WIDEST, TALLEST = 2400, 6000
TAKEN = ("PNG", "JPEG", "WEBP", "GIF")
SUFFIXES = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}


def add(*, actor: Actor, article: Article, source: IO[bytes]) -> ArticleImage:
    """Keep a picture for an article; the same file again gives the picture that is there. Raises PictureRefused."""
    raw = source.read(LARGEST_FILE + 1)
    digest = hashlib.sha256(raw).digest()
    if held := ArticleImage.objects.filter(article=article, source_hash=digest).first():
        return held
    made = make_anew(raw)
    name = f"{FOLDER}{secrets.token_urlsafe(24)}-{made.width}x{made.height}.{SUFFIXES[made.format]}"
    stored = default_storage.save(name, ContentFile(made.data))
    try:
        return _entered(actor, article, stored, made, digest)
    except BaseException:
        default_storage.delete(stored)
        raise


@transaction.atomic
def _entered(actor: Actor, article: Article, stored: str, made: pictures.Picture, digest: bytes) -> ArticleImage:
    image = ArticleImage.objects.create(
        article=article,
        file=stored,
        content_type=made.content_type,
        width=made.width,
        height=made.height,
        size=len(made.data),
        source_hash=digest,
        uploaded_by_id=actor.person,
        created_at=clock.now(),
    )
    notes.about(article, actor=actor, action="article.picture_added", size=image.size)
    return image


def make_anew(raw: bytes) -> pictures.Picture:
    """The same picture without metadata, no larger than pages show it and at rest. Raises PictureRefused."""
    if not raw or len(raw) > LARGEST_FILE:
        raise PictureRefused
    try:
        return pictures.remake(raw, formats=TAKEN, within=(WIDEST, TALLEST), moving=False)
    except pictures.NotAPicture as error:
        raise PictureRefused from error


def named(name: str) -> ArticleImage | None:
    """The picture behind a public address."""
    return ArticleImage.objects.filter(file=FOLDER + name).first()
