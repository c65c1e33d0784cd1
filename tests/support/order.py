"""A community for tests of its order: members of each level, a category, topics and posts, as rows."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.accounts.services.staff import make_staff
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.support.forum import counting
from frontdesk.support.forum.models import Category, Member, Post, Topic
from tests import people

Level = Member.Level


def member(handle: str = "ada", level: int = Level.BASIC, **values: Any) -> Member:
    """Somebody who takes part and has been there for a while."""
    person = values.pop("person", None) or people.customer(f"{handle}@example.org", handle.title())
    long_ago = clock.now() - timedelta(days=30)
    values = {"joined_at": long_ago, "agreed_at": long_ago, **values}
    return Member.objects.create(person=person, handle=handle, name=handle.title(), level=level, **values)


def imported(handle: str) -> Member:
    """A member without an account, whom nobody writes to."""
    return Member.objects.create(handle=handle, name=handle.title(), level=Level.BASIC, joined_at=clock.now())


def moderator(handle: str = "kim", role: Role = Role.AGENT) -> Member:
    """Somebody on the team."""
    person = people.customer(f"{handle}@halcyon.example", handle.title())
    make_staff(actor=Actor.system(), person=person, role=role)
    person.refresh_from_db()
    return member(handle, person=person)


def person_of(who: Member) -> Person:
    """The member's account."""
    assert who.person is not None
    return who.person


def category(slug: str = "studio", **values: Any) -> Category:
    """A part of the forum that everybody reads."""
    found = Category.objects.filter(slug=slug).first()
    return found or Category.objects.create(slug=slug, titles={"en": slug.title()}, **values)


def topic(
    author: Member, title: str = "No sound", text: str = "Since today there is no sound.", **values: Any
) -> Topic:
    """A topic with its first post."""
    now = values.pop("created_at", None) or clock.now()
    made = Topic.objects.create(
        number=counting.next_number(), category=values.pop("category", None) or category(), title=title, slug="a-topic",
        author=author, created_at=now, last_post_at=now, **values,
    )  # fmt: skip
    post(made, author, text, created_at=now)
    return made


def post(topic: Topic, author: Member, text: str = "Try the other socket.", **values: Any) -> Post:
    """The topic's next post."""
    topic.refresh_from_db()
    values = {"created_at": clock.now(), "client_id": uuid4(), "html": f"<p>{text}</p>", **values}
    made = Post.objects.create(topic=topic, number=topic.last_number + 1, author=author, text=text, **values)
    topic.last_number, topic.last_post_at, topic.last_poster = made.number, made.created_at, author
    topic.post_count += made.state == Post.State.VISIBLE
    topic.save()
    return made
