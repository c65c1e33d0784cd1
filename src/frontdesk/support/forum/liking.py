"""Liking a post: one's own cannot be liked."""

from django.db import transaction
from django.db.models import F

from frontdesk.core import clock, events
from frontdesk.core.errors import NotFound
from frontdesk.support.forum import adding, counting, holding, members, rights, selectors
from frontdesk.support.forum.events import PostLiked
from frontdesk.support.forum.models import Member, Post, Reaction


@transaction.atomic
def like(*, member: Member, post: Post) -> bool:
    """Like a post; False when the member did already. Raises NotFound, NotAllowed, NameNotChosen, PostingTooFast."""
    members.require_name(member)
    adding.one_at_a_time(member)
    if Reaction.objects.filter(post=post, member=member).exists():
        return False
    holding.count(member, "like")
    current = _locked(member, post)
    rights.may(member, "like", current).require()
    _row, made = Reaction.objects.get_or_create(post=current, member=member, defaults={"created_at": clock.now()})
    return made and _counted(current, 1)


@transaction.atomic
def unlike(*, member: Member, post: Post) -> bool:
    """Like it no more; False when the member did not. Raises NotFound."""
    current = _locked(member, post)
    gone, _kinds = Reaction.objects.filter(post=current, member=member).delete()
    return bool(gone) and _counted(current, -1)


def _locked(member: Member, post: Post) -> Post:
    """The post, its topic's row being locked."""
    topic, current = adding.lock_at(post)
    reader = selectors.require_readable(member, topic)
    if not selectors.sees(reader, current) or current.state != Post.State.VISIBLE:
        raise NotFound
    return current


def _counted(post: Post, change: int) -> bool:
    counting.settle_likes(post)
    Member.objects.filter(pk=post.author_id).update(likes_received=F("likes_received") + change)
    events.publish(PostLiked(post.pk, post.author_id, is_liked=change > 0))
    return True
