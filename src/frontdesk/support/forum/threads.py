"""A topic's page: twenty numbers a page, so that no page moves and none is counted; what each post shows beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet, Value
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from frontdesk.catalog.models import Product
from frontdesk.support.forum import accepting, experts, following, members, owners, rendering, rights, selectors
from frontdesk.support.forum.models import EditLock, Flag, Member, Post, Reaction, Subscription, Topic
from frontdesk.support.forum.selectors import Reader

A_PAGE = 20
MOST_PAGES = 100_000
SEEN = """
update forum_topic set views = views + 1
 where id = (select id from forum_topic where id = %s for no key update skip locked)
"""


@dataclass(frozen=True)
class Shown:
    """A post with what its reader sees and may do."""

    post: Post
    html: SafeString
    owns: Sequence[str] = ()  # names of products that its author is a verified owner of
    known_for: str = ""  # what its author has answered questions about
    is_team: bool = False
    is_mine: bool = False
    is_liked: bool = False
    is_accepted: bool = False
    may_edit: bool = False
    may_delete: bool = False
    may_like: bool = False
    may_report: bool = False
    has_more: bool = False  # something beyond liking, quoting and reporting may be done by its reader
    has_words: bool = True  # False: its place alone is shown

    @property
    def title(self) -> str:
        """What a screen reader calls it."""
        return _("Post %(number)s by %(name)s") % {"number": self.post.number, "name": self.post.author.shown_name}


@dataclass(frozen=True)
class Thread:
    """One page of a topic. `accepted` stands under the question on the first page, besides in its place."""

    topic: Topic
    posts: Sequence[Shown]
    number: int
    pages: int
    accepted: Shown | None = None
    kind: str = Subscription.Kind.READ
    read: int = 0
    may_reply: bool = False
    why_not: object = ""
    may_accept: bool = False
    first: Shown | None = field(default=None)

    @property
    def range(self) -> range:
        """The numbers of its pages."""
        return range(1, self.pages + 1)


def page_of(number: int) -> int:
    """On which page a post with this number stands."""
    return max(1, -(-number // A_PAGE))


def thread(reader: Reader, topic: Topic, page: int) -> Thread | None:
    """A page of a topic that this reader may read; None when there is none of that number."""
    pages = page_of(topic.last_number)
    if not 1 <= page <= pages:
        return None
    rows = selectors.posts(reader, topic).filter(number__gt=(page - 1) * A_PAGE, number__lte=page * A_PAGE)
    posts = list(_with_all(reader, rows).order_by("number"))
    for post in posts:
        post.topic = topic
    accepted = _accepted(reader, topic, posts) if page == 1 else None
    every = [*posts, *([accepted] if accepted else [])]
    owned, known = badges(topic, every), experts.lines(topic.category, {post.author_id for post in every})
    shown = {post.pk: _shown(reader, topic, post, owned) for post in every}
    shown = {pk: replace(each, known_for=known.get(each.post.author_id, "")) for pk, each in shown.items()}
    followed = _followed(reader.member, topic)
    verdict = rights.may(reader.member, "reply", topic) if reader.member else None
    return Thread(
        topic=topic,
        posts=[shown[post.pk] for post in posts],
        number=page,
        pages=pages,
        accepted=shown[accepted.pk] if accepted else None,
        kind=followed.kind if followed else Subscription.Kind.READ,
        read=followed.last_number if followed else 0,
        may_reply=bool(verdict) if verdict is not None else topic.locked_at is None,
        why_not=verdict.why if verdict is not None else "",
        may_accept=accepting.may_accept(reader, topic),
        first=shown[posts[0].pk] if page == 1 and posts else None,
    )


def _with_all(reader: Reader, rows: QuerySet[Post]) -> QuerySet[Post]:
    """What a page shows of posts, in one query: authors, whether the reader likes them, whether edits are closed."""
    liked = Reaction.objects.filter(post=OuterRef("pk"), member=reader.member)
    closed = EditLock.objects.filter(post=OuterRef("pk"))
    reported = Flag.objects.filter(post=OuterRef("pk"), decided_at=None)
    named = rows.annotate(
        is_liked=Exists(liked) if reader.member else Value(False),
        is_closed=Exists(closed),
        has_reports=Exists(reported) if reader.is_team else Value(False),
    )
    return named.select_related("author__person", "answers__author")


def _accepted(reader: Reader, topic: Topic, posts: Sequence[Post]) -> Post | None:
    """The post that solved it; from the page when it stands there."""
    if topic.accepted_id is None:
        return None
    if found := next((post for post in posts if post.pk == topic.accepted_id), None):
        return found
    rows = Post.objects.filter(pk=topic.accepted_id, state=Post.State.VISIBLE)
    found = _with_all(reader, rows).first()
    if found is not None:
        found.topic = topic
    return found


def _followed(member: Member | None, topic: Topic) -> Subscription | None:
    return member.subscriptions.filter(topic=topic).first() if member else None


def _shown(reader: Reader, topic: Topic, post: Post, owned: dict[UUID, list[str]]) -> Shown:
    is_mine = selectors.is_by(reader, post.author_id)
    is_open = topic.locked_at is None or reader.is_moderator
    is_there = post.state != Post.State.DELETED
    is_others = post.is_visible and not is_mine
    return Shown(
        post=post,
        html=rendering.shown(post.html) if selectors.reads_words(reader, post) else SafeString(),
        owns=owned.get(post.author_id, []),
        is_team=post.is_official or members.is_of_team(post.author),
        is_mine=is_mine,
        is_liked=bool(getattr(post, "is_liked", False)),
        is_accepted=post.pk == topic.accepted_id,
        may_edit=is_open and is_there and (reader.is_team or (is_mine and not getattr(post, "is_closed", False))),
        may_delete=is_open and is_there and is_mine,
        may_like=is_others and reader.member is not None,
        may_report=is_others and reader.person is not None,
        has_more=is_mine or reader.is_moderator,
        has_words=selectors.reads_words(reader, post),
    )


def badges(topic: Topic, posts: Sequence[Post]) -> dict[UUID, list[str]]:
    """Which authors (by member) own the product that the category is about; where it is about none, which they own."""
    people = {post.author.person_id: post.author_id for post in posts if post.author.person_id}
    owned = owners.products_of(list(people))
    if topic.category.product_id:
        wanted = {topic.category.product_id}
        names = {topic.category.product_id: topic.category.product.name if topic.category.product else ""}
    else:
        wanted = {product for products in owned.values() for product in products}
        names = dict(Product.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}
    return {
        people[person]: sorted(names[product] for product in products & wanted if product in names)
        for person, products in owned.items()
    }


def seen(reader: Reader, thread: Thread) -> None:
    """A person looks at a page: the topic was viewed once more (by the first page, the team does not count), and the
    member has read what stands there. Nobody waits for a lock: one view does not matter."""
    if thread.number == 1 and not reader.is_team:
        with connection.cursor() as cursor:
            cursor.execute(SEEN, [thread.topic.pk])
    last = thread.posts[-1].post.number if thread.posts else 0
    if thread.number == thread.pages:
        last = thread.topic.last_number
    if reader.member is not None and last > thread.read:
        following.mark_read(reader.member, thread.topic, last)


def first_unread(reader: Reader, topic: Topic) -> Post | None:
    """The first post that the reader has not read; the last one when there is none."""
    read = following.read_upto(reader.member, [topic]).get(topic.pk, 0)
    rows = selectors.posts(reader, topic).order_by("number")
    return rows.filter(number__gt=read).first() or rows.last()
