"""Lists of topics: which, in which order, and how far somebody has read. Deep pages begin behind a topic, never after
so many rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from frontdesk.support.forum import following, selectors
from frontdesk.support.forum.models import Category, Member, Post, Topic
from frontdesk.support.forum.selectors import Reader

A_PAGE = 30
MOST_PINNED = 10
SHELVES = """
select c.id, counted.topics, counted.posts, last.id
  from unnest(%(categories)s::uuid[]) as c (id)
  cross join lateral (select count(*) as topics, coalesce(sum(post_count), 0) as posts from forum_topic
                       where category_id = c.id and merged_into_id is null and hidden_at is null) as counted
  left join lateral (select id from forum_topic
                      where category_id = c.id and merged_into_id is null and hidden_at is null
                      order by last_post_at desc, id desc limit 1) as last on true
"""


class Tab(StrEnum):
    """Which topics."""

    LATEST = "latest"
    UNANSWERED = "unanswered"
    SOLVED = "solved"
    MINE = "mine"


ORDERED_BY = {
    Tab.LATEST: "last_post_at",
    Tab.UNANSWERED: "unanswered_since",
    Tab.SOLVED: "solved_at",
    Tab.MINE: "last_post_at",
}


@dataclass(frozen=True)
class Line:
    """A topic in a list. `unread`: how many posts are new to the reader; 0 for who never opened it."""

    topic: Topic
    category: Category
    unread: int = 0


@dataclass(frozen=True)
class Listed:
    """A page of a list; `after` is what the next one begins behind, "" for the last."""

    lines: Sequence[Line]
    after: str = ""


@dataclass(frozen=True)
class Shelf:
    """A category on the overview."""

    category: Category
    topics: int
    posts: int
    last: Topic | None


def shelves(reader: Reader, readable: Sequence[Category] | None = None) -> list[Shelf]:
    """The categories that are there for this reader, with what is in them; two queries."""
    shown = selectors.categories(reader) if readable is None else readable
    with connection.cursor() as cursor:
        cursor.execute(SHELVES, {"categories": [each.pk for each in shown]})
        counted = {row[0]: row[1:] for row in cursor.fetchall()}
    last_ids = [last for _topics, _posts, last in counted.values() if last]
    last = Topic.objects.select_related("last_poster", "author").in_bulk(last_ids)
    return [
        Shelf(each, int(topics), int(posts), last.get(pk)) for each in shown for topics, posts, pk in [counted[each.pk]]
    ]


def topics(
    reader: Reader,
    readable: Sequence[Category],
    *,
    tab: Tab = Tab.LATEST,
    category: Category | None = None,
    after: str = "",
    limit: int = A_PAGE,
) -> Listed:
    """A page of topics: of all readable categories, or of one. What somebody muted is left out of `latest`."""
    rows = _chosen(reader, readable, tab, category)
    name = ORDERED_BY[tab]
    if place := _place(after):
        moment, pk = place
        rows = rows.filter(Q(**{f"{name}__lt": moment}) | Q(**{name: moment, "pk__lt": pk}))
        rows = rows.filter(**{f"{name}__lte": moment})  # the same, as the index understands it
    found = list(rows.order_by(f"-{name}", "-pk")[: limit + 1])
    shown = found[:limit]
    more = f"{getattr(shown[-1], name).isoformat()}~{shown[-1].pk}" if len(found) > limit else ""
    return Listed(lines_of(reader.member, shown, readable), more)


def _chosen(reader: Reader, readable: Sequence[Category], tab: Tab, category: Category | None) -> QuerySet[Topic]:
    muted_topics, muted_categories = (
        following.muted(reader.member) if tab == Tab.LATEST and category is None else (set(), set())
    )
    shown = [category] if category else [each for each in readable if each.pk not in muted_categories]
    rows = selectors.topics(reader, shown).select_related("author", "last_poster")
    if category is not None and tab == Tab.LATEST:
        rows = rows.filter(pinned_at=None)
    if muted_topics:
        rows = rows.exclude(pk__in=muted_topics)
    if tab == Tab.UNANSWERED:
        return rows.filter(unanswered_since__isnull=False)
    if tab == Tab.SOLVED:
        return rows.filter(solved_at__isnull=False)
    return _of(reader.member, rows, shown) if tab == Tab.MINE else rows


def _of(member: Member | None, rows: QuerySet[Topic], readable: Sequence[Category]) -> QuerySet[Topic]:
    """Those that the member wrote in; their own that are hidden from others, too."""
    if member is None:
        return rows.none()
    written = Post.objects.filter(author=member).exclude(state=Post.State.DELETED).values("topic")
    hidden = Topic.objects.filter(author=member, category__in=readable, merged_into=None).exclude(hidden_at=None)
    return rows.filter(pk__in=written) | hidden.select_related("author", "last_poster")


def pinned(reader: Reader, category: Category) -> list[Line]:
    """What stands first in a category, whatever is newer."""
    rows = selectors.topics(reader, [category]).select_related("author", "last_poster").exclude(pinned_at=None)
    return lines_of(reader.member, list(rows.order_by("-pinned_at")[:MOST_PINNED]), [category])


def lines_of(member: Member | None, topics: Sequence[Topic], readable: Sequence[Category]) -> list[Line]:
    """Topics as lists show them; one query, however many they are."""
    by_id = {each.pk: each for each in readable}
    read = following.read_upto(member, topics)
    return [
        Line(topic, by_id[topic.category_id], max(0, topic.last_number - read.get(topic.pk, topic.last_number)))
        for topic in topics
    ]


def _place(text: str) -> tuple[datetime, UUID] | None:
    """Behind which topic a page begins; None for nonsense, which begins at the first."""
    moment, _tilde, pk = text.replace(" ", "+")[:100].partition("~")
    try:
        found: tuple[datetime, UUID] = (datetime.fromisoformat(moment), UUID(pk))
    except ValueError:
        return None
    return found if found[0].tzinfo else None


def written_by(reader: Reader, member: Member, readable: Sequence[Category], limit: int = 20) -> list[Post]:
    """The latest posts of a member that this reader sees."""
    rows = Post.objects.filter(author=member, state=Post.State.VISIBLE, **_readable("topic__", readable))
    return list(rows.select_related("topic").order_by("-created_at")[:limit])


def _readable(prefix: str, readable: Sequence[Category]) -> dict[str, Any]:
    return {
        f"{prefix}category__in": [each.pk for each in readable],
        f"{prefix}hidden_at": None,
        f"{prefix}merged_into": None,
    }
