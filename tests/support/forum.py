"""Makers of what a community is made of, for tests: categories, members, topics and posts; many at once for speed."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import uuid4

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.support.forum import members, rendering, searching, writing
from frontdesk.support.forum.models import Category, Member, Post, Topic
from tests import people

TITLE = "It does not start after the update"
TEXT = "Since the **update** it says *code 7*. What helps?"


def category(slug: str = "questions", **values: Any) -> Category:
    """A part of the forum that everybody reads, unless told otherwise."""
    found = Category.objects.filter(slug=slug).first()
    titles = {"en": slug.capitalize(), "de": f"{slug.capitalize()} (de)"}
    return found or Category.objects.create(**{"slug": slug, "titles": titles, **values})


def member(email: str = "ada@example.org", name: str = "Ada", handle: str = "", **values: Any) -> Member:
    """Somebody who has chosen their name (`name` is that of the account, too); the account is made if there is none.

    They are known for a while, so that nothing of theirs waits for a look: level=Member.Level.NEW is a newcomer.
    """
    person = Person.objects.filter(email=email).first() or people.customer(email, name)
    made = members.of(person)
    if made.agreed_at is None:
        made = members.introduce(member=made, name=name, handle=handle or made.handle)
        values = {"level": Member.Level.REGULAR, **values}
    if values:
        Member.objects.filter(pk=made.pk).update(**values)
        made.refresh_from_db()
    return made


def team(email: str = "kim@halcyon.example", name: str = "Kim Reyes", **values: Any) -> Member:
    """Somebody of the vendor's team, who needs no introduction."""
    from frontdesk.accounts.roles import Role
    from tests.support import desk

    found = Person.objects.filter(email=email).first()
    return members.of(found or desk.agent(email, name, values.pop("role", Role.AGENT)))


def topic(
    by: Member | None = None, title: str = TITLE, text: str = TEXT, category_: Category | None = None, **values: Any
) -> Topic:
    """A topic that somebody began."""
    values = {"client_id": uuid4(), "language": "en", **values}
    return writing.begin(member=by or member(), category=category_ or category(), title=title, text=text, **values)


def reply(topic: Topic, by: Member | None = None, text: str = "Please try a restart.", **values: Any) -> Post:
    """A reply."""
    values = {"client_id": uuid4(), **values}
    return writing.reply(member=by or member("bea@example.org", "Bea"), topic=topic, text=text, **values)


def many(
    topics: int, replies: int, authors: Sequence[Member], categories: Sequence[Category], *, word: str = "update"
) -> list[Topic]:
    """Topics with as many replies each, as rows, without the verbs: newest last; with counts and the search's words."""
    now, first = clock.now(), (Topic.objects.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    rows = list[Topic]()
    for place in range(topics):
        at = now - timedelta(minutes=10 * (topics - place))
        author = authors[place % len(authors)]
        rows.append(
            Topic(
                number=first + place,
                category=categories[place % len(categories)],
                title=f"Question {place} about the {word}",
                slug=f"question-{place}",
                language="en",
                author=author,
                created_at=at,
                last_number=replies + 1,
                post_count=replies + 1,
                last_post_at=at + timedelta(seconds=replies),
                last_poster=authors[(place + replies) % len(authors)],
                unanswered_since=None if replies else at,
                solved_at=at if place % 3 == 0 and replies else None,
            )
        )
    Topic.objects.bulk_create(rows, batch_size=1_000)
    posts = [_post(topic, place, number, authors) for place, topic in enumerate(rows) for number in range(replies + 1)]
    Post.objects.bulk_create(posts, batch_size=2_000)
    solved = [topic for topic in rows if topic.solved_at]
    firsts = {post.topic_id: post for post in posts if post.number == 2}
    for topic in solved:
        topic.accepted = firsts[topic.pk]
    Topic.objects.bulk_update(solved, ["accepted"], batch_size=1_000)
    searching.enter_many(rows)
    return rows


@cache
def _html(text: str) -> str:
    return rendering.to_html(text)


def _post(topic: Topic, place: int, number: int, authors: Sequence[Member]) -> Post:
    text = (
        f"Answer {number % 7} in **case {place % 29}**: try `step {place % 17}`, then look at the settings page again."
    )
    return Post(
        topic=topic,
        number=number + 1,
        author=authors[(place + number) % len(authors)],
        client_id=uuid4(),
        text=text,
        html=_html(text),
        created_at=topic.created_at + timedelta(seconds=number),
    )
