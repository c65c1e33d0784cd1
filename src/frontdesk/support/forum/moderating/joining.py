"""Merging and splitting topics. No post is lost or doubled, and each old address leads to where a post stands now.

Moved posts come after those that are there, in the order of their times, with new numbers: numbers are addresses and
marks of what was read, so what stands there keeps its own.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from frontdesk.core import clock, events
from frontdesk.support.forum import adding, counting, holding, rights, searching, selectors, wording
from frontdesk.support.forum.events import AnswerAccepted, AnswerUnaccepted, TopicArranged
from frontdesk.support.forum.models import Duplicate, Member, MovedPost, News, Post, Subscription, Topic
from frontdesk.support.forum.moderating import deciding
from frontdesk.support.forum.moderating.deciding import About
from frontdesk.support.forum.order_errors import NotAllowed, NothingToSplit, TopicsNotMergeable

Kind = Subscription.Kind
STRENGTH = {Kind.READ: 0, Kind.MUTED: 1, Kind.DIGEST: 2, Kind.WATCH: 3}
TRIES = 10


@transaction.atomic
def merge(*, by: Member, topic: Topic, into: Topic, reason: str, seen: str | None = None) -> Topic:
    """Put all posts of `topic` after those of `into` (of a merged one: where it went), and lead its address there.

    Who followed either follows the one that is left, in the stronger way. The accepted answer of `into` stays the
    accepted one; it takes over the other's where it has none. Returns the topic that is left.

    Raises TopicsNotMergeable for a topic with itself and a merged one, NotFound, NotAllowed, ReasonMissing,
    DecidedMeanwhile.
    """
    holding.count_decision(by)
    source, target = _lock_both(topic, into)
    selectors.require_readable(by, source)
    selectors.require_readable(by, target)
    why = deciding.require(by, "merge", source, reason)
    deciding.require(by, "merge", target, reason)
    deciding.require_unchanged(source, seen)
    _require_open(by, source)
    moved = list(Post.objects.filter(topic=source).order_by("created_at", "number"))
    before = target.last_number
    _move(moved, source, target)
    _merge_subscriptions(source, target, before)
    answer = _merge_answers(source, target)
    _merge_marks(source, target)
    data = {"into": target.number, "title": target.title, "posts": len(moved)}
    source.merged_into, source.pinned_at, source.escalate_at = target, None, None
    source.save(update_fields=["merged_into", "pinned_at", "escalate_at"])
    for each in (target, source):
        counting.settle(each)
    if answer is not None:
        _tell_of_answer(source, target, answer)
    for post in moved[:1]:  # it was the first one, which the search knew by its title
        searching.enter(post, target)
    deciding.decide(by, "topic.merged", why, About(source, data=data), tell=source.author)
    return target


def _require_open(by: Member, source: Topic) -> None:
    """A leader does not go round a lock: posts of a locked topic would stand in an open one."""
    if source.locked_at is not None and not rights.is_staff(by):
        raise NotAllowed(why=_("This topic is locked; only the team merges it."))


def _lock_both(topic: Topic, into: Topic) -> tuple[Topic, Topic]:
    """Both rows, locked in the order of their ids, with `into` followed to where it was merged."""
    goal = into.pk
    for _try in range(TRIES):
        goal = _end_of(goal)
        if goal == topic.pk:
            raise TopicsNotMergeable
        with transaction.atomic():
            source, target = adding.lock_both(topic, Topic(pk=goal))
            if source.merged_into_id is not None:
                raise TopicsNotMergeable
            if target.merged_into_id is None:
                return source, target
            transaction.set_rollback(True)  # gives the locks back before others are waited for
    raise TopicsNotMergeable


def _end_of(pk: UUID) -> UUID:
    while True:
        nxt = Topic.objects.filter(pk=pk).values_list("merged_into", flat=True).first()
        if nxt is None:
            return pk
        pk = nxt


def _move(posts: Sequence[Post], source: Topic, target: Topic) -> None:
    MovedPost.objects.bulk_create(MovedPost(topic=source, number=post.number, post=post) for post in posts)
    for place, post in enumerate(posts, start=target.last_number + 1):
        post.topic, post.number = target, place
    Post.objects.bulk_update(posts, ["topic", "number"], batch_size=500)
    target.last_number += len(posts)
    target.save(update_fields=["last_number"])
    News.objects.filter(post__in=posts).update(topic=target)


def _merge_subscriptions(source: Topic, target: Topic, before: int) -> None:
    """Who followed only the source follows the target from now on; who followed both does so in the stronger way,
    unless they chose the weaker one and nothing else.

    Nobody gets mails about what only moved. The source's row stays where there are two: replies by mail find it.
    """
    theirs = {row.member_id: row for row in Subscription.objects.filter(topic=target)}
    for row in Subscription.objects.filter(topic=source).order_by("pk"):
        kept = theirs.get(row.member_id)
        if kept is None and _is_moved(row, target):
            continue
        kept = kept or Subscription.objects.get(topic=target, member=row.member_id)
        is_wished = row.is_chosen or not kept.is_chosen
        if is_wished and STRENGTH[Kind(row.kind)] > STRENGTH[Kind(kept.kind)]:
            kept.kind, kept.is_chosen, kept.mailed_number = row.kind, row.is_chosen, target.last_number
            kept.save(update_fields=["kind", "is_chosen", "mailed_number"])
        row.kind, row.is_chosen = Kind.READ, False
        row.save(update_fields=["kind", "is_chosen"])
    Subscription.objects.filter(topic=target, mailed_number=before).update(mailed_number=target.last_number)


def _is_moved(row: Subscription, target: Topic) -> bool:
    """Let the row be about the target; False when a mark of what was read there, which waits for no topic's lock, came
    between."""
    try:
        with transaction.atomic():
            row_of = Subscription.objects.filter(pk=row.pk)
            row_of.update(topic=target, last_number=0, mailed_number=target.last_number)
    except IntegrityError:
        return False
    return True


def _merge_answers(source: Topic, target: Topic) -> Post | None:
    """Take over or give up the source's accepted answer; returns it, to be told once counts are right."""
    answer = source.accepted
    if answer is None:
        return None
    solved_at = source.solved_at
    source.accepted = source.solved_at = None
    source.save(update_fields=["accepted", "solved_at"])
    if target.accepted_id is None and target.category.asks:
        target.accepted, target.solved_at = answer, solved_at
        target.save(update_fields=["accepted", "solved_at"])
    return answer


def _tell_of_answer(source: Topic, target: Topic, answer: Post) -> None:
    """After the members' rows are locked, as whoever accepts does it: what hears of answers locks others."""
    counting.settle_members([answer.author_id])
    events.publish(AnswerUnaccepted(source.pk, answer.pk))
    if target.accepted_id == answer.pk:
        events.publish(AnswerAccepted(target.pk, answer.pk))


def _merge_marks(source: Topic, target: Topic) -> None:
    """What points at the source points at the target; views add up; the team's conversation comes along."""
    Topic.objects.filter(merged_into=source).update(merged_into=target)
    Duplicate.objects.filter(topic=source).delete()
    Duplicate.objects.filter(of=source).exclude(topic=target).update(of=target)
    Duplicate.objects.filter(topic=target, of=source).delete()
    target.views += source.views
    if target.conversation is None:
        target.conversation = source.conversation
    target.save(update_fields=["views", "conversation"])


@transaction.atomic
def split(
    *, by: Member, topic: Topic, posts: Iterable[UUID], title: str, reason: str, seen: str | None = None
) -> Topic:
    """Let these posts be a topic of their own in the same category; returns it. Its author is that of the first one.

    The topic's first post stays, and so does who follows it; who wrote what was moved follows the new one likewise.
    An accepted answer that goes along solves the new topic, unless it begins it.
    Raises NothingToSplit, PostRefused for its title, NotFound, NotAllowed, ReasonMissing, DecidedMeanwhile.
    """
    holding.count_decision(by)
    current = adding.lock(topic)
    selectors.require_readable(by, current)
    why = deciding.require(by, "split", current, reason)
    deciding.require_unchanged(current, seen)
    named = wording.title_of(title)
    rows = Post.objects.filter(topic=current).select_related("author").order_by("number")
    chosen = list(rows.filter(pk__in=set(posts)))
    if not chosen or chosen[0].number == adding.first_number(current):
        raise NothingToSplit
    answer = next((post for post in chosen if post.pk == current.accepted_id), None)
    made = _like(current, chosen[0], named)
    _move(chosen, current, made)
    _follow_split(current, made, {post.author_id for post in chosen})
    if answer is not None and answer.pk != chosen[0].pk:  # what begins a topic answers nothing
        made.accepted, made.solved_at = answer, current.solved_at
    for each in (made, current):
        counting.settle(each)
    if answer is not None:
        _tell_of_answer(current, made, answer)
    for each in (made, current):
        events.publish(TopicArranged(each.pk))
    searching.enter(chosen[0], made)
    data = {"to": made.number, "title": made.title, "posts": len(chosen)}
    deciding.decide(by, "topic.split", why, About(current, data=data))
    deciding.decide(by, "topic.split", why, About(made, data={"from": current.number}), tell=made.author)
    return made


def _like(topic: Topic, first: Post, title: str) -> Topic:
    """A topic of the same category that this post begins."""
    return Topic.objects.create(
        number=counting.next_number(),
        category=topic.category,
        title=title,
        slug=wording.slug_of(title),
        language=topic.language,
        author=first.author,
        created_at=first.created_at,
        last_post_at=first.created_at,
        hidden_at=None if first.state == Post.State.VISIBLE else clock.now(),
    )


def _follow_split(old: Topic, new: Topic, authors: set[UUID]) -> None:
    rows = Subscription.objects.filter(topic=old, member__in=authors).order_by("pk")
    Subscription.objects.bulk_create(
        Subscription(
            member_id=row.member_id,
            topic=new,
            kind=row.kind,
            is_chosen=row.is_chosen,
            last_number=new.last_number,
            mailed_number=new.last_number,
        )
        for row in rows
    )


def first_moved(topic: Topic) -> Post | None:
    """The first of the posts that once stood in a topic, where it stands now; None when none has moved."""
    found = MovedPost.objects.filter(topic=topic).order_by("number").select_related("post__topic").first()
    return found.post if found else None
