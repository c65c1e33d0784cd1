"""What somebody may read. What is restricted, hidden or gone is "not found" for all others, everywhere."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.core.errors import NotFound
from frontdesk.support.forum import members, owners, rights
from frontdesk.support.forum.models import Category, Flag, Member, Post, Topic

Who = Category.Who
State = Post.State
SEEN_BY_ALL = (State.VISIBLE, State.DELETED)  # of a deleted one its place alone


@dataclass(frozen=True)
class Reader:
    """Somebody who reads: a guest, a person, a member, one of the team. Moderators (the team, and leaders) see what is
    hidden."""

    person: Person | None = None
    member: Member | None = None
    is_team: bool = False
    is_moderator: bool = False

    @cached_property
    def products(self) -> frozenset[UUID]:
        """What they own; asked once, and only where a category is for owners."""
        if self.person is None:
            return frozenset()
        return owners.products_of([self.person.pk]).get(self.person.pk, frozenset())

    def may_read(self, category: Category) -> bool:
        """Whether this category is there for them."""
        return self._is(category.reads, category)

    def may_begin(self, category: Category) -> bool:
        """Whether they may begin topics there, by the category's rules (`rights` knows the member's own)."""
        return self.may_read(category) and self._is(category.begins, category)

    def _is(self, who: str, category: Category) -> bool:
        if who == Who.EVERYBODY or self.is_team:
            return True
        return who == Who.OWNERS and category.product_id is not None and category.product_id in self.products


GUEST = Reader()


def reader_of(user: Person | AnonymousUser | None) -> Reader:
    """Who reads; one query for a person, none for a guest."""
    if not isinstance(user, Person) or not user.is_active:
        return GUEST
    return _reader(user, members.known(user))


def reader_for(member: Member) -> Reader:
    """A member as a reader, for mails and verbs."""
    if member.person is None or not member.person.is_active:
        return Reader(member=member)
    return _reader(member.person, member)


def _reader(person: Person, member: Member | None) -> Reader:
    is_team = person.has_role(Role.AGENT)
    return Reader(person, member, is_team, is_team or rights.is_leader(member))


def categories(reader: Reader) -> list[Category]:
    """The categories that are there for this reader, in their order."""
    return [category for category in Category.objects.select_related("product") if reader.may_read(category)]


def category(reader: Reader, slug: str) -> Category:
    """A category. Raises NotFound."""
    found = Category.objects.select_related("product").filter(slug=slug).first()
    if found is None or not reader.may_read(found):
        raise NotFound
    return found


def topics(reader: Reader, readable: Collection[Category] | None = None) -> QuerySet[Topic]:
    """The topics that lists show: in these (or all) categories that the reader may read, neither hidden nor merged."""
    shown = categories(reader) if readable is None else readable
    return Topic.objects.filter(category__in=[each.pk for each in shown], merged_into=None, hidden_at=None)


def topic(reader: Reader, number: int) -> Topic:
    """A topic by the number in its address, merged or not. Raises NotFound."""
    rows = Topic.objects.select_related("category__product", "author__person", "merged_into")
    found = rows.filter(number=number).first()
    if found is None or not may_read(reader, found):
        raise NotFound
    return found


def may_read(reader: Reader, topic: Topic) -> bool:
    """Whether a topic is there for this reader; a hidden one is for its author and moderators."""
    if not reader.may_read(topic.category):
        return False
    return topic.hidden_at is None or reader.is_moderator or is_by(reader, topic.author_id)


def posts(reader: Reader, topic: Topic) -> QuerySet[Post]:
    """The posts of a topic that the reader sees; those that wait or are hidden are for their authors and moderators."""
    rows = Post.objects.filter(topic=topic)
    if reader.is_team:
        return rows
    if reader.is_moderator:
        return rows.exclude(pk__in=_private(rows))
    seen = Q(state__in=SEEN_BY_ALL)
    if reader.member is not None:
        seen |= Q(author=reader.member)
    return rows.filter(seen)


def post(reader: Reader, pk: UUID) -> Post:
    """A post that the reader sees, with its topic. Raises NotFound."""
    rows = Post.objects.select_related("topic__category__product", "author__person", "topic__author")
    found = rows.filter(pk=pk).first()
    if found is None or not may_read(reader, found.topic) or not sees(reader, found):
        raise NotFound
    return found


def sees(reader: Reader, post: Post) -> bool:
    """Whether a post of a topic that they read is there for them."""
    if post.state in SEEN_BY_ALL or reader.is_team or is_by(reader, post.author_id):
        return True
    return reader.is_moderator and not _private(Post.objects.filter(pk=post.pk)).exists()


def reads_words(reader: Reader, post: Post) -> bool:
    """Whether what a post says is for them, and not its place alone; asked of a post that they see."""
    return post.state != State.DELETED or reader.is_team


def _private(rows: QuerySet[Post]) -> QuerySet[Post]:
    """What only the team moderates: posts that are not shown, and were reported for showing what is private."""
    return rows.filter(flags__kind=Flag.Kind.PRIVATE).exclude(state__in=SEEN_BY_ALL)


def is_by(reader: Reader, author: UUID) -> bool:
    """Whether the reader wrote it."""
    return reader.member is not None and reader.member.pk == author


def require_readable(member: Member, topic: Topic) -> Reader:
    """The member as a reader of this topic. Raises NotFound."""
    reader = reader_for(member)
    if not may_read(reader, topic):
        raise NotFound
    return reader


def public_addresses() -> Iterator[tuple[int, str, datetime]]:
    """Number, slug and last change of every topic that everybody may read, the latest first."""
    rows = topics(GUEST).order_by("-last_post_at", "-pk").values_list("number", "slug", "last_post_at")
    return rows.iterator(chunk_size=2_000)


def public_categories() -> Sequence[Category]:
    """Those that everybody may read: what search engines, feeds and the sitemap know."""
    return categories(GUEST)
