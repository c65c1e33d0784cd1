"""Tags of the community's pages: what members are known for, and what may be decided about what a page shows."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import template
from django.db.models import Count

from frontdesk.support.forum import experts, order_deeds, rights, selectors
from frontdesk.support.forum.models import Duplicate, Member, MovedPost, Post, Topic
from frontdesk.support.forum.order_deeds import Deed
from frontdesk.support.forum.selectors import Reader

register = template.Library()


@dataclass(frozen=True)
class Split:
    """A topic that posts were split off to."""

    topic: Topic
    posts: int


@dataclass(frozen=True)
class Kept:
    """What keeping order has done to a topic, and what the reader may do with it."""

    duplicate: Topic | None
    split: list[Split]
    deeds: list[Deed]


@register.simple_tag
def order_menu(post: Post, reader: Reader) -> list[Deed]:
    """The decisions about a post that its reader may take now."""
    return order_deeds.offered(reader.member, post) if reader.is_moderator and reader.member else []


@register.simple_tag
def applying(deeds: Iterable[Deed], post: Post) -> list[Deed]:
    """Those of these decisions that change something about a post as it is."""
    return [deed for deed in deeds if deed.applies(post)]


@register.simple_tag
def order_of(topic: Topic, reader: Reader) -> Kept:
    """The topic's duplicate, what was split off, and the decisions that the reader may take."""
    named = Duplicate.objects.select_related("of__category", "of__author").filter(topic=topic).first()
    member = reader.member
    deeds = order_deeds.offered(member, topic) if member and _keeps(member) else []
    original = named.of if named and selectors.may_read(reader, named.of) else None
    return Kept(original, _split(topic, reader), deeds)


def _keeps(member: Member) -> bool:
    return member.level >= Member.Level.REGULAR or rights.is_staff(member)


def _split(topic: Topic, reader: Reader) -> list[Split]:
    moved = MovedPost.objects.filter(topic=topic).exclude(post__topic=topic).values("post__topic")
    counts = {row["post__topic"]: row["n"] for row in moved.annotate(n=Count("pk")).order_by("post__topic")}
    topics = Topic.objects.select_related("category").filter(pk__in=counts, merged_into=None, hidden_at=None)
    return [Split(each, counts[each.pk]) for each in topics if reader.may_read(each.category)] if counts else []


@register.simple_tag
def member_deeds(reader: Reader | None, member: Member) -> list[Deed]:
    """The decisions about a member that the reader may take now."""
    may = reader is not None and reader.member is not None and reader.is_moderator
    return order_deeds.offered(reader.member, member) if may and reader else []


@register.simple_tag
def expertise_of(member: Member) -> list[str]:
    """What a member is known for, in sentences; nothing for those who do not want it."""
    if not member.shows_expertise or rights.is_staff(member):
        return []
    return [
        experts.words(each.accepted, each.category.product.name if each.category.product else each.category.title)
        for each in experts.of(member)
        if each.accepted and each.category.reads == each.category.Who.EVERYBODY
    ]
