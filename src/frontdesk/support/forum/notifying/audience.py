"""Who is told of a post, and why; each is told once, and nobody of what is their own."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from frontdesk.core import clock
from frontdesk.support.forum import rights
from frontdesk.support.forum.models import Member, News, Post, Subscription, Topic

Kind = News.Kind
Follow = Subscription.Kind
MOST_MENTIONED = 10  # of one post
MOST_OF_ONE = 40  # mentions by one member within an hour that are told
HOUR = timedelta(hours=1)
DECLINED = Q(kind=Follow.DIGEST) | Q(kind=Follow.READ, is_chosen=True)  # of a topic: nothing of it by mail at once


def of(post: Post, *, only_mentions: bool = False) -> dict[UUID, Kind]:
    """Members (by id) with what the post is for them. Whether they may read it is asked when they are told.

    `only_mentions`: of an edited post, those who follow the topic know already.
    """
    found: dict[UUID, Kind] = {}
    if not only_mentions:
        new = Kind.TOPIC if post.number == 1 else Kind.POST
        found |= dict.fromkeys(_watching(post.topic, post.number), new)
        if post.answers is not None and post.answers.author.person_id:
            found[post.answers.author_id] = Kind.ANSWER
    found |= dict.fromkeys(_mentioned(post), Kind.MENTION)
    found.pop(post.author_id, None)
    for hushed in muted(post.topic, found):
        del found[hushed]
    return found


def _watching(topic: Topic, number: int) -> Iterable[UUID]:
    """Who wants each post by mail: of the topic, from when they began to follow it on, or of its category unless they
    chose otherwise for the topic."""
    rows = Subscription.objects.filter(kind=Follow.WATCH, member__person__is_active=True)
    chosen = Subscription.objects.filter(DECLINED | Q(kind=Follow.MUTED), topic=topic).values("member")
    wanted = Q(topic=topic, mailed_number__lt=number) | Q(category=topic.category_id) & ~Q(member__in=chosen)
    return rows.filter(wanted).values_list("member", flat=True)


def _mentioned(post: Post) -> Iterable[UUID]:
    """The first ones that the post names, as long as its author does not name half of the community."""
    handles = post.mentions[:MOST_MENTIONED]
    if not handles:
        return []
    named = Q(handle__in=handles) | Q(former_handles__handle__in=handles)
    rows = Member.objects.filter(named, person__is_active=True).exclude(pk=post.author_id)
    members = list(rows.order_by("pk").values_list("pk", flat=True).distinct())
    return members[: None if rights.is_staff(post.author) else max(0, MOST_OF_ONE - _told_by(post))]


def _told_by(post: Post) -> int:
    since = clock.now() - HOUR
    told = News.objects.filter(kind=Kind.MENTION, post__author=post.author_id, created_at__gt=since)
    return told.exclude(post=post).count()


def muted(topic: Topic, members: Collection[UUID]) -> set[UUID]:
    """Which of these want to hear nothing of the topic: it is muted, or its category is and they do not watch it."""
    rows = Subscription.objects.filter(member__in=list(members))
    of_topic = dict(rows.filter(topic=topic).values_list("member", "kind"))
    of_category = rows.filter(category=topic.category_id, kind=Follow.MUTED).values_list("member", flat=True)
    hushed = {member for member, kind in of_topic.items() if kind == Follow.MUTED}
    return hushed | {member for member in of_category if of_topic.get(member) != Follow.WATCH}


def declines(topic: Topic, member: Member) -> bool:
    """Whether they chose to get no mails about this topic, be it that they are named or answered there."""
    return Subscription.objects.filter(DECLINED, topic=topic, member=member).exists()


def watchers(topic: Topic) -> QuerySet[Subscription]:
    """Who watches the topic itself or its category."""
    return Subscription.objects.filter(Q(topic=topic) | Q(category=topic.category_id), kind=Follow.WATCH)
