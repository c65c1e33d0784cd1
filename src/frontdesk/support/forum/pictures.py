"""Pictures of posts: made anew from what was uploaded, and shown only while their post is."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet

from frontdesk.core import clock, pictures
from frontdesk.core.errors import NotFound
from frontdesk.core.throttle import Limit, reserve
from frontdesk.support.forum import members, rights, selectors
from frontdesk.support.forum.errors import CommunityPictureRefused
from frontdesk.support.forum.models import Category, Member, Picture, Post
from frontdesk.support.forum.selectors import Reader

FOLDER = "community/"
LARGEST_FILE = 10 * 1024 * 1024
WIDEST, TALLEST = 2400, 6000
TAKEN = ("PNG", "JPEG", "WEBP", "GIF")
SUFFIXES = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp", "GIF": "gif"}
UNSENT = timedelta(days=1)
A_LOOK = 1_000  # files that are compared with rows at once
UPLOADS = Limit("community-pictures", 60, 3600)


def add(*, member: Member, source: IO[bytes]) -> Picture:
    """Keep a picture for a post that is being written; the same file again gives the one that waits.

    Raises CommunityPictureRefused, NameNotChosen, NotAllowed, and TooManyAttempts.
    """
    members.require_name(member)
    rights.may(member, "reply").require()
    reserve(UPLOADS, str(member.pk))
    raw = source.read(LARGEST_FILE + 1)
    digest = hashlib.sha256(raw).digest()
    if held := Picture.objects.filter(uploaded_by=member, source_hash=digest, post=None).first():
        return held
    made = _made_anew(raw)
    name = f"{FOLDER}{secrets.token_urlsafe(24)}-{made.width}x{made.height}.{SUFFIXES[made.format]}"
    stored = default_storage.save(name, ContentFile(made.data))
    try:
        return Picture.objects.create(
            uploaded_by=member,
            file=stored,
            content_type=made.content_type,
            width=made.width,
            height=made.height,
            size=len(made.data),
            source_hash=digest,
            created_at=clock.real_now(),
        )
    except BaseException:
        default_storage.delete(stored)
        raise


def forget_undone(added: Iterable[Picture]) -> None:
    """Delete the files of pictures whose rows went with a transaction that was rolled back."""
    rows = {each.pk: each.file for each in added}
    kept = set(Picture.objects.filter(pk__in=rows).values_list("pk", flat=True))
    for gone in rows.keys() - kept:
        default_storage.delete(rows[gone])


def _made_anew(raw: bytes) -> pictures.Picture:
    if not raw or len(raw) > LARGEST_FILE:
        raise CommunityPictureRefused
    try:
        return pictures.remake(raw, formats=TAKEN, within=(WIDEST, TALLEST), moving=False)
    except pictures.NotAPicture as error:
        raise CommunityPictureRefused from error


def bind(post: Post, addresses: Sequence[str]) -> None:
    """Give a post the pictures that its text shows, of those that its author uploaded for it."""
    names = [FOLDER + address.rpartition("/")[2] for address in addresses]
    if names:
        Picture.objects.filter(file__in=names, uploaded_by=post.author_id, post=None).update(post=post)


def shown(reader: Reader, name: str) -> Picture:
    """The picture behind an address: its post's readers see it, before it is sent who uploaded it. Raises NotFound."""
    rows = Picture.objects.select_related("post__topic__category", "post__topic__author")
    found = rows.filter(file=FOLDER + name).first()
    if found is None or not _may_see(reader, found):
        raise NotFound
    return found


def _may_see(reader: Reader, picture: Picture) -> bool:
    post = picture.post
    if post is None:
        return selectors.is_by(reader, picture.uploaded_by_id) or reader.is_team
    if not selectors.may_read(reader, post.topic) or not selectors.sees(reader, post):
        return False
    if not selectors.reads_words(reader, post):
        return False
    return reader.is_team or selectors.is_by(reader, post.author_id) or _was_seen(picture, post)


def _was_seen(picture: Picture, post: Post) -> bool:
    """Whether the post shows it, or did so to all its readers: what was hidden for a picture stays without it."""
    name = picture.name
    return name in post.text or post.revisions.filter(was_seen=True, text__contains=name).exists()


def is_for_all(post: Post) -> bool:
    """Whether caches between us and readers may keep its pictures."""
    topic = post.topic
    return post.is_visible and topic.hidden_at is None and topic.category.reads == Category.Who.EVERYBODY


def forget_unsent(*, limit: int = 1_000) -> int:
    """Delete uploads that no post showed within a day; returns how many. The worker's sweep."""
    old = Picture.objects.filter(post=None, created_at__lt=clock.real_now() - UNSENT)
    return forget(Picture.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:limit])))


def forget_orphans(*, limit: int = 1_000) -> int:
    """Delete files whose row was never committed: the process died, or the database was lost
    before `forget_undone` could look. A day old at least, since a row may be about to come; returns how many."""
    try:
        names = [f"{FOLDER}{name}" for name in default_storage.listdir(FOLDER)[1]]
    except FileNotFoundError:
        return 0
    gone = 0
    for start in range(0, len(names), A_LOOK):
        some = names[start : start + A_LOOK]
        known = set(Picture.objects.filter(file__in=some).values_list("file", flat=True))
        orphans = [name for name in some if name not in known and _is_old(name)][: limit - gone]
        _delete_files(orphans)
        gone += len(orphans)
    return gone


def _is_old(name: str) -> bool:
    try:
        return default_storage.get_modified_time(name) < clock.real_now() - UNSENT
    except FileNotFoundError:
        return False


@transaction.atomic
def forget(rows: QuerySet[Picture]) -> int:
    """Delete these rows and, with the commit, their files."""
    held = list(rows.select_for_update().values_list("pk", "file"))
    Picture.objects.filter(pk__in=[pk for pk, _file in held]).delete()
    files = [file for _pk, file in held]
    transaction.on_commit(lambda: _delete_files(files))
    return len(held)


def _delete_files(names: Iterable[str]) -> None:
    for name in names:
        default_storage.delete(name)
