"""Halcyon's community: taken in as any vendor's forum of before would be, then brought to life."""

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction
from django.db.models import F

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.project.demo.sources import read
from frontdesk.support.forum import claiming, escalating, importing, writing
from frontdesk.support.forum.importing.shapes import (
    AcceptedLine,
    AnyLine,
    CategoryLine,
    LikeLine,
    PersonLine,
    PostLine,
    TopicLine,
    write,
)
from frontdesk.support.forum.models import Flag, Member, Post, Subscription, Topic

ACTOR = Actor.system("demo")
STAFF = "@halcyon.example"
JOINED = timedelta(days=90)
Row = dict[str, Any]


@transaction.atomic
def build_community() -> None:
    """Make the community, unless there are topics already."""
    if Topic.objects.exists():
        return
    told, now = read("community"), clock.now()
    text = b"".join(write(line) for line in _lines(told, now))
    done = importing.import_file(actor=ACTOR, source=io.BytesIO(text))
    if done.wrong:
        raise SystemExit(f"frontdesk: the demo's community is not as it should be: {done.why}")
    _claim([row["email"] for row in told["members"] if "email" in row])
    _hand_over(told["topics"])
    _wait(told["waiting"])
    _flag(told["flags"])


def _lines(told: Row, now: datetime) -> Iterator[AnyLine]:
    for place, row in enumerate(told["categories"]):
        yield CategoryLine(id=row["slug"], position=place, **row)
    staff = {row["handle"] for row in told["members"] if row.get("email", "").endswith(STAFF)}
    for row in told["members"]:
        yield PersonLine(id=row["handle"], joined_at=now - JOINED, **row)
    for number, row in enumerate(sorted(told["topics"], key=lambda each: -each["days"]), 1):
        yield from _topic(row, f"t{number}", now - timedelta(days=row["days"]), staff)


def _topic(row: Row, key: str, at: datetime, staff: set[str]) -> Iterator[AnyLine]:
    yield TopicLine(
        id=key, author=row["by"], created_at=at, text=row["text"].strip(), is_official=row["by"] in staff,
        category=row["in"], title=row["title"], post=f"{key}p1", language=row["language"],
        pinned=row.get("pinned", False), views=int(row["days"] * 9) + 12,
    )  # fmt: skip
    for place, reply in enumerate(row["replies"], 1):
        yield PostLine(
            id=f"{key}r{place}", topic=key, author=reply["by"], created_at=at + timedelta(hours=reply["after"]),
            text=reply["text"], is_official=reply["by"] in staff,
        )  # fmt: skip
        for liker in reply.get("likes", ()):
            yield LikeLine(post=f"{key}r{place}", person=liker, at=at + timedelta(hours=reply["after"] + 2))
    if solved := row.get("solved"):
        reply = row["replies"][solved - 1]
        yield AcceptedLine(topic=key, post=f"{key}r{solved}", at=at + timedelta(hours=reply["after"] + 1))


def _claim(addresses: list[str]) -> None:
    """Those with an account have their posts; they follow what they began."""
    for person in Person.objects.filter(email__in=addresses).order_by("email"):
        claiming.claim(person)
    own = Topic.objects.filter(author__person__isnull=False)
    Subscription.objects.bulk_create(
        Subscription(
            member_id=topic.author_id, topic=topic, kind=Subscription.Kind.WATCH, last_number=topic.last_number,
            mailed_number=topic.last_number,
        )
        for topic in own
    )  # fmt: skip
    waiting = Topic.objects.filter(unanswered_since__isnull=False, conversation=None)
    waiting.update(escalate_at=F("created_at") + escalating.AFTER)


def _hand_over(rows: list[Row]) -> None:
    """The team has what nobody answered in two days."""
    titles = [row["title"] for row in rows if row.get("escalated")]
    for topic in Topic.objects.filter(title__in=titles):
        escalating.hand_over(actor=ACTOR, topic=topic)


def _wait(rows: list[Row]) -> None:
    """What waits for a moderator."""
    for row in rows:
        member = Member.objects.get(handle=row["by"])
        topic = Topic.objects.get(title=row["topic"])
        number = uuid5(NAMESPACE_URL, f"demo community {row['by']} {row['topic']}")
        writing.reply(member=member, topic=topic, text=row["text"], client_id=number)


def _flag(rows: list[Row]) -> None:
    """What members reported."""
    for row in rows:
        member = Member.objects.get(handle=row["by"])
        flag = Flag(member=member, kind=row["kind"], words=row["words"], created_at=clock.now())
        if "profile" in row:
            flag.profile = Member.objects.get(handle=row["profile"])
        else:
            flag.post = Post.objects.get(topic__title=row["topic"], number=row["post"])
        flag.save()
