"""What is looked at once something was posted: traces of new members, floods of theirs, edit wars."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_noop

from frontdesk.core import clock
from frontdesk.support.forum import rights
from frontdesk.support.forum.events import Change, PostAdded, PostChanged, TopicBegun
from frontdesk.support.forum.holding import reading
from frontdesk.support.forum.holding.waiting import TRACED, current_rules, digest_of
from frontdesk.support.forum.models import Member, Post, Revision, Trace
from frontdesk.support.forum.moderating import people, posts

WAR = timedelta(hours=1)
MOST_EDITS = 5  # by others than the author within that time
KEPT = timedelta(days=2)
FLOOD = gettext_noop("Several of your posts wait for a look; a moderator looks at them first.")
EDITS = gettext_noop("It was edited many times within an hour; only moderators edit it now.")


def begun(event: TopicBegun) -> None:
    """A topic's first post is looked at like any other."""
    _posted(event.post)


def added(event: PostAdded) -> None:
    """Remember what a new member wrote, and stop floods."""
    _posted(event.post)


def changed(event: PostChanged) -> None:
    """Remember what a new member writes into a post of theirs, and close the editing of a post that many edit."""
    if event.change != Change.EDITED:
        return
    _edited(event.post)
    recent = Revision.objects.filter(post=event.post, until__gt=clock.now() - WAR)
    if recent.exclude(editor=F("post__author")).count() > MOST_EDITS:
        posts.close_edits(by=None, post=Post.objects.select_related("topic").get(pk=event.post), reason=EDITS)


def _edited(pk: UUID) -> None:
    """Whoever is named in an edit for the first time is told as by a new post; the others were."""
    post = Post.objects.select_related("author__person").get(pk=pk)
    last = Revision.objects.filter(post=post).order_by("until").last()
    if last is not None and last.editor_id == post.author_id and _is_traced(post.author):
        _remember(post, named_before=reading.mentions(reading.plain(last.text)))


def _posted(pk: UUID) -> None:
    post = Post.objects.select_related("author__person").get(pk=pk)
    if not _is_traced(post.author):
        return
    _remember(post)
    if post.state == Post.State.WAITING and post.author.level == Member.Level.NEW:
        _stop_flood(post.author)


def _is_traced(member: Member) -> bool:
    return member.level <= TRACED and not rights.is_staff(member)


def _remember(post: Post, *, named_before: Collection[str] = ()) -> None:
    names = set(post.mentions) - {post.author.handle, *named_before}
    keys = [(Trace.Kind.MENTION, name) for name in sorted(names)]
    if digest := digest_of(post.text):
        keys.append((Trace.Kind.WORDS, digest))
    now = clock.now()
    Trace.objects.bulk_create(Trace(member=post.author, kind=kind, key=key, created_at=now) for kind, key in keys)


def _stop_flood(member: Member) -> None:
    """So many waiting posts of one newcomer silence them until somebody looks."""
    waiting = Post.objects.filter(author=member, state=Post.State.WAITING).count()
    if waiting >= current_rules().flood_count:
        people.silence(by=None, member=member, reason=FLOOD)


def forget_old(*, limit: int = 10_000) -> int:
    """Delete traces that are two days old; returns how many. The worker's sweep."""
    old = Trace.objects.filter(created_at__lt=clock.now() - KEPT).values("pk")[:limit]
    return Trace.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()[0]
