"""What members follow, and up to where they have read."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection, transaction

from frontdesk.core.errors import NotFound
from frontdesk.support.forum import adding, selectors
from frontdesk.support.forum.models import Category, Member, Subscription, Topic

Kind = Subscription.Kind
# Reading marks are many and matter little: no lock is waited for, and what was read further before stays.
MARK = """
insert into forum_subscription (member_id, topic_id, kind, is_chosen, last_number, mailed_number)
values (%(member)s, %(topic)s, 'read', false, %(number)s, 0)
on conflict (member_id, topic_id) do update
   set last_number = excluded.last_number where forum_subscription.last_number < excluded.last_number
"""


@transaction.atomic
def follow(*, member: Member, target: Topic | Category, kind: str) -> Subscription:
    """Follow a topic or a category in this way; READ follows it no more, MUTED hides it from lists. Raises NotFound.

    For a topic this stands above how its category is followed: READ and DIGEST mail nothing of it.

    From now on: what was written before is not mailed.
    """
    chosen = Kind(kind)
    if isinstance(target, Category):
        if not selectors.reader_for(member).may_read(target):
            raise NotFound
        row, _made = Subscription.objects.update_or_create(
            member=member, category=target, defaults={"kind": chosen, "is_chosen": True}
        )
        return row
    topic = adding.lock(target)
    selectors.require_readable(member, topic)
    row, made = Subscription.objects.get_or_create(
        member=member, topic=topic,
        defaults={"kind": chosen, "is_chosen": True, "mailed_number": topic.last_number},
    )  # fmt: skip
    if not made and (row.kind != chosen or not row.is_chosen):
        row.kind, row.is_chosen, row.mailed_number = chosen, True, topic.last_number
        row.save(update_fields=["kind", "is_chosen", "mailed_number"])
    return row


def begin(member: Member, topic: Topic, *, read: int = 1) -> None:
    """Who writes in a locked topic follows it by mail from then on, unless they chose otherwise for it; what they wrote
    themselves they have read."""
    row, made = Subscription.objects.get_or_create(
        member=member, topic=topic, defaults={"kind": Kind.WATCH, "last_number": read, "mailed_number": read}
    )
    if made:
        return
    if row.kind == Kind.READ and not row.is_chosen and not has_written(member, topic, before=read):
        row.kind, row.mailed_number = Kind.WATCH, read
    row.last_number = max(row.last_number, read)
    row.save(update_fields=["kind", "last_number", "mailed_number"])


def has_written(member: Member, topic: Topic, *, before: int) -> bool:
    """Whether the member wrote in the topic before this number: who then chose to follow it no more means it."""
    return member.posts.filter(topic=topic, number__lt=before).exists()


def kind_for(member: Member | None, target: Topic | Category) -> str:
    """How a member follows a topic or category; READ when they do not."""
    if member is None:
        return Kind.READ
    rows = member.subscriptions
    own = rows.filter(category=target) if isinstance(target, Category) else rows.filter(topic=target)
    found = own.first()
    return found.kind if found else Kind.READ


def mark_read(member: Member, topic: Topic, number: int) -> None:
    """The member has read up to this post."""
    with connection.cursor() as cursor:
        cursor.execute(MARK, {"member": member.pk, "topic": topic.pk, "number": number})


def read_upto(member: Member | None, topics: Iterable[Topic]) -> dict[UUID, int]:
    """Up to which post the member has read these topics; without those that they never opened."""
    if member is None:
        return {}
    rows = member.subscriptions.filter(topic__in=list(topics))
    return {topic: number for topic, number in rows.values_list("topic", "last_number") if topic is not None}


def muted(member: Member | None) -> tuple[set[UUID], set[UUID]]:
    """The topics and categories that the member does not want to see in lists."""
    if member is None:
        return set(), set()
    rows = list(member.subscriptions.filter(kind=Kind.MUTED).values_list("topic", "category"))
    return {topic for topic, _category in rows if topic}, {category for _topic, category in rows if category}
