"""The community in the documented form, as `import` takes it: what everybody of its readers can see, as a stream."""

import hashlib
from collections.abc import Iterator
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from frontdesk.support.forum.importing.shapes import (
    AcceptedLine,
    AnyLine,
    CategoryLine,
    LikeLine,
    PersonLine,
    PostLine,
    TopicLine,
)
from frontdesk.support.forum.models import Category, Member, Post, Reaction, Topic

CHUNK = 500
VISIBLE = Post.State.VISIBLE


def lines(*, with_addresses: bool = False) -> Iterator[AnyLine]:
    """Every line, in an order in which nothing names what comes later.

    What waits, is hidden or deleted stays here, and so does a topic whose first post cannot be seen. Of addresses only
    the SHA-256 goes along, unless `with_addresses`.
    """
    for category in Category.objects.select_related("product").order_by("position", "slug"):
        yield _category(category)
    for member in _members():
        yield _person(member, with_addresses=with_addresses)
    for topic in _topics().iterator(chunk_size=CHUNK):
        yield from _of_topic(topic)
    likes = Reaction.objects.filter(post__in=_posts()).select_related("post", "member").order_by("pk")
    for like in likes.iterator(chunk_size=CHUNK):
        yield LikeLine(post=_id(like.post), person=_id(like.member), at=like.created_at)


def _id(row: Category | Member | Topic | Post) -> str:
    """What it was called where it came from, else our own number."""
    return row.external_id or str(row.pk)


def _topics() -> QuerySet[Topic]:
    first = Post.objects.filter(topic=OuterRef("pk")).order_by("number").values("state")[:1]
    rows = Topic.objects.filter(hidden_at=None, merged_into=None).alias(first=Subquery(first)).filter(first=VISIBLE)
    return rows.select_related("category", "author", "accepted").order_by("number")


def _posts() -> QuerySet[Post]:
    return Post.objects.filter(state=VISIBLE, topic__in=_topics().order_by().values("pk"))


def _members() -> Iterator[Member]:
    likes = Reaction.objects.filter(post__in=_posts()).values("member")
    found = Member.objects.filter(Q(pk__in=_posts().values("author")) | Q(pk__in=likes))
    return found.select_related("person").order_by("joined_at", "pk").iterator(chunk_size=CHUNK)


def _category(row: Category) -> CategoryLine:
    return CategoryLine(
        id=_id(row), slug=row.slug, titles=row.titles, abouts=row.abouts, asks=row.asks, position=row.position,
        product=row.product.slug if row.product else "", reads=row.reads, begins=row.begins,  # type: ignore[arg-type] # its choices
    )  # fmt: skip


def _person(row: Member, *, with_addresses: bool) -> PersonLine:
    address = row.person.email.lower() if row.person else ""
    return PersonLine(
        id=_id(row), handle=row.handle, name=row.name, about=row.about, joined_at=row.joined_at,
        level=min(row.level, Member.Level.REGULAR), email=address if with_addresses else "",
        email_sha256="" if with_addresses or not address else hashlib.sha256(address.encode()).hexdigest(),
    )  # fmt: skip


def _of_topic(topic: Topic) -> Iterator[AnyLine]:
    """The topic, its replies and what solved it."""
    posts = Post.objects.filter(topic=topic, state=VISIBLE).select_related("author", "answers").order_by("number")
    first: UUID | None = None
    for post in posts.iterator(chunk_size=CHUNK):
        if first is None:
            yield _topic(topic, post)
            first = post.pk
        else:
            yield _post(topic, post)
    solved = topic.accepted
    if first and solved and _goes_along(solved, topic) and topic.solved_at is not None:
        yield AcceptedLine(topic=_id(topic), post=_id(solved), at=topic.solved_at)


def _goes_along(post: Post, topic: Topic) -> bool:
    return post.state == VISIBLE and post.topic_id == topic.pk


def _topic(topic: Topic, post: Post) -> TopicLine:
    return TopicLine(
        id=_id(topic), author=_id(post.author), created_at=topic.created_at, text=post.text, edited_at=post.edited_at,
        is_official=post.is_official, category=_id(topic.category), title=topic.title, post=_id(post),
        language=topic.language, locked=topic.locked_at is not None, pinned=topic.pinned_at is not None,
        views=topic.views, address=f"/community/t/{topic.number}/{topic.slug}/",
    )  # fmt: skip


def _post(topic: Topic, post: Post) -> PostLine:
    answered = post.answers if post.answers and _goes_along(post.answers, topic) else None
    return PostLine(
        id=_id(post), author=_id(post.author), created_at=post.created_at, text=post.text, edited_at=post.edited_at,
        is_official=post.is_official, topic=_id(topic), answers=_id(answered) if answered else "",
    )  # fmt: skip
