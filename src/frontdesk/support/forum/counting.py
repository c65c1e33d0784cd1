"""Counts and marks of topics and members: kept by the verbs under the topic's lock, reckoned anew by `recount`."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, F

from frontdesk.support.forum.models import Category, Member, Post, Reaction, Topic

KEPT = ("post_count", "last_post_at", "last_poster", "unanswered_since", "accepted", "solved_at")
VISIBLE = Post.State.VISIBLE
BATCH = 500
# The rows are locked in the order in which whoever needs two takes them, by a statement of its own: what came while it
# waited is seen by the next.
LOCK_TOPICS = "select from forum_topic where category_id = %(category)s order by id for no key update"
SETTLE_QUESTIONS = """
update forum_topic t set unanswered_since = case when %(asks)s and t.merged_into_id is null and t.hidden_at is null
       and t.solved_at is null and not exists (
           select from forum_post p where p.topic_id = t.id and p.state = 'visible' and p.author_id <> t.author_id)
       then t.created_at end
 where t.category_id = %(category)s
"""


def added(topic: Topic, post: Post) -> None:
    """A visible post was added at the end of the locked topic: the common case costs no counting."""
    topic.post_count += 1
    topic.last_post_at, topic.last_poster = post.created_at, post.author
    if post.author_id != topic.author_id:
        topic.unanswered_since = None
    topic.save(update_fields=["post_count", "last_post_at", "last_poster", "unanswered_since"])
    Member.objects.filter(pk=post.author_id).update(post_count=F("post_count") + 1)


def settle(topic: Topic) -> None:
    """Reckon the locked topic anew, from its posts. An answer that is not seen any more solves nothing."""
    visible = Post.objects.filter(topic=topic, state=VISIBLE)
    last = visible.select_related("author").order_by("-created_at", "-number").first()
    topic.post_count = visible.count()
    topic.last_post_at = last.created_at if last else topic.created_at
    topic.last_poster = last.author if last else None
    if topic.accepted_id and not visible.filter(pk=topic.accepted_id).exists():
        topic.accepted = topic.solved_at = None
    topic.unanswered_since = topic.created_at if _waits_for_answer(topic) else None
    topic.save(update_fields=KEPT)


def settle_questions(category: Category) -> None:
    """Reckon anew which topics of a category wait for an answer, once it asks or does so no more; two statements."""
    values: dict[str, Any] = {"asks": category.asks, "category": category.pk}
    with connection.cursor() as cursor:
        cursor.execute(LOCK_TOPICS, values)
        cursor.execute(SETTLE_QUESTIONS, values)


def _waits_for_answer(topic: Topic) -> bool:
    """Whether a question stands there to which nobody else has written anything that is seen."""
    is_open = topic.category.asks and topic.merged_into_id is None and topic.hidden_at is None
    if not is_open or topic.solved_at is not None:
        return False
    return not Post.objects.filter(topic=topic, state=VISIBLE).exclude(author=topic.author_id).exists()


def settle_members(changed: Iterable[UUID]) -> None:
    """Reckon these members anew; in the order of their ids, so that two at once never wait for each other."""
    for pk in sorted(set(changed)):
        member = Member.objects.select_for_update(no_key=True).get(pk=pk)
        visible = Post.objects.filter(author=member, state=VISIBLE)
        member.post_count = visible.count()
        member.likes_received = Reaction.objects.filter(post__author=member, post__state=VISIBLE).count()
        member.accepted_count = accepted_of(member)
        member.save(update_fields=["post_count", "likes_received", "accepted_count"])


def accepted_of(member: Member) -> int:
    """How many topics of others this member has solved."""
    return Topic.objects.filter(accepted__author=member, merged_into=None).exclude(author=member).count()


def settle_likes(post: Post) -> None:
    """Count the likes of a post of a locked topic."""
    post.like_count = Reaction.objects.filter(post=post).count()
    post.save(update_fields=["like_count"])


def recount() -> int:
    """Reckon everything anew, topic by topic; returns how many topics had other counts than their posts say."""
    wrong, after = 0, 0
    while True:
        numbers = Topic.objects.filter(number__gt=after).order_by("number").values_list("number", flat=True)[:BATCH]
        for number in numbers:
            wrong += _recount_topic(number)
            after = number
        if not numbers:
            break
    for pk in Member.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            settle_members([pk])
    return wrong


@transaction.atomic
def _recount_topic(number: int) -> bool:
    topic = Topic.objects.select_for_update(of=("self",)).select_related("category").get(number=number)
    before = [getattr(topic, name) for name in KEPT]
    settle(topic)
    likes = Post.objects.filter(topic=topic).annotate(counted=Count("reactions")).exclude(like_count=F("counted"))
    for post in likes:
        settle_likes(post)
    return before != [getattr(topic, name) for name in KEPT]


def next_number() -> int:
    """The number of a new topic. Numbers of what was rolled back are never used."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval('forum_topic_number')")
        (number,) = cursor.fetchone()
    return int(number)
