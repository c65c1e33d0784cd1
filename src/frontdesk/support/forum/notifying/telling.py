"""From what happened to what is new for whom: behind the commit, by the outbox, so that posting waits for nobody."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from frontdesk.core import clock, outbox
from frontdesk.core.outbox import Delivery
from frontdesk.support.forum.events import AnswerAccepted, Change, PostAdded, PostChanged, TopicBegun
from frontdesk.support.forum.models import Member, News, Post
from frontdesk.support.forum.notifying import audience
from frontdesk.support.forum.notifying.audience import Kind

TOPIC = "forum.news"
AT_ONCE = 500
ASKS_TWICE = {Kind.ACCEPTED, Kind.ASKED}


def begun(event: TopicBegun) -> None:
    """A topic was begun."""
    if event.is_visible:
        _put(event.post)


def added(event: PostAdded) -> None:
    """A post was added."""
    if event.is_visible:
        _put(event.post)


def changed(event: PostChanged) -> None:
    """A post that waited is shown; or an edited one may name somebody else."""
    if event.change == Change.SHOWN:
        _put(event.post)
    elif event.change == Change.EDITED:
        _put(event.post, what="edited")


def accepted(event: AnswerAccepted) -> None:
    """An answer was accepted."""
    _put(event.post, what=Kind.ACCEPTED)


def _put(post: UUID, what: str = "") -> None:
    outbox.put(topic=TOPIC, payload={"post": str(post), "what": what})


def tell(delivery: Delivery) -> None:
    """Enter what is new for whom. Safe to repeat: nobody is told twice of one post."""
    rows = Post.objects.select_related("topic__category", "author__person", "answers__author")
    post = rows.filter(pk=delivery.payload["post"]).first()
    if post is None or not is_seen(post):
        return
    what = delivery.payload["what"]
    if what == Kind.ACCEPTED:
        if post.topic.accepted_id == post.pk:
            enter(post, _author(post), at=clock.real_now())
    else:
        enter(post, audience.of(post, only_mentions=what == "edited"), at=clock.real_now())


def is_seen(post: Post) -> bool:
    """Whether it is there for its readers."""
    topic = post.topic
    return post.state == Post.State.VISIBLE and topic.hidden_at is None and topic.merged_into_id is None


def _author(post: Post) -> dict[UUID, Kind]:
    """Who wrote the accepted answer, unless they accepted it themselves, being the one who asked."""
    told = {post.author_id: Kind.ACCEPTED} if post.author_id != post.topic.author_id else {}
    return {} if audience.muted(post.topic, told) else told


def enter(post: Post, told: Mapping[UUID, Kind], *, at: datetime) -> None:
    """Write the news, to be mailed from `at` (real time) on."""
    members = list(told)
    for begin in range(0, len(members), AT_ONCE):
        some = Member.objects.filter(pk__in=members[begin : begin + AT_ONCE], person__is_active=True)
        News.objects.bulk_create(
            (
                News(member_id=pk, topic=post.topic, post=post, kind=told[pk], created_at=clock.now(), mail_at=at)
                for pk in some.values_list("pk", flat=True)
            ),
            ignore_conflicts=True,
        )
