"""Writing in the forum: beginning topics, replying, editing, deleting. Each is one verb, whatever the door."""

from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from frontdesk.core import clock, events
from frontdesk.core.errors import NotFound
from frontdesk.support.forum import adding, counting, following, holding, members, rights, selectors, wording
from frontdesk.support.forum.actors import note
from frontdesk.support.forum.changing import delete, edit
from frontdesk.support.forum.errors import TopicLocked
from frontdesk.support.forum.events import PostAdded, TopicBegun
from frontdesk.support.forum.models import Category, Member, Post, Topic
from frontdesk.support.forum.order_errors import NotAllowed

__all__ = ["begin", "delete", "edit", "reply"]


@transaction.atomic
def begin(
    *,
    member: Member,
    category: Category,
    title: str,
    text: str,
    client_id: UUID,
    language: str = "",
    by_mail: bool = False,
) -> Topic:
    """Begin a topic, which its author follows. The same `client_id` begins it once and answers with what stands there.

    Raises NotFound for a category that is not there for them, NotAllowed for one where they may not begin,
    NameNotChosen, PostRefused, PostedAlready, PostingTooFast.
    """
    members.require_name(member)
    subject = wording.title_of(title)
    body, contents = adding.examined(text)
    adding.one_at_a_time(member, writes=body)
    if found := adding.posted_before(member, client_id, body):
        return found.topic
    _require_beginning(member, category)
    now = clock.now()
    holding.count(member, "topic")
    waits_for = holding.reason_to_wait(member, body, contents, title=subject)
    topic = Topic.objects.create(
        number=counting.next_number(),
        category=category,
        title=subject,
        slug=wording.slug_of(subject),
        language=(language or translation.get_language() or "")[:10],
        author=member,
        created_at=now,
        last_post_at=now,
        hidden_at=now if waits_for else None,
        unanswered_since=now if category.asks and not waits_for else None,
    )
    post = adding.add(topic, member, body, contents, client_id=client_id, waits_for=waits_for, by_mail=by_mail)
    following.begin(member, topic)
    note(member, "topic.begun", topic)
    events.publish(TopicBegun(topic.pk, post.pk, is_visible=not waits_for))
    return topic


def _require_beginning(member: Member, category: Category) -> None:
    reader = selectors.reader_for(member)
    if not reader.may_read(category):
        raise NotFound
    if not reader.may_begin(category):
        raise NotAllowed(why=_("Not everybody begins topics here."))
    rights.may(member, "begin", category).require()


@transaction.atomic
def reply(
    *,
    member: Member,
    topic: Topic,
    text: str,
    client_id: UUID,
    answers: Post | None = None,
    by_mail: bool = False,
) -> Post:
    """Add a reply, in answer to a post when one is named; who replies follows the topic.

    A reply to a merged topic goes to where it was merged. The same `client_id` adds it once. Raises NotFound for a
    topic that is not there for them, TopicLocked, NotAllowed, NameNotChosen, PostRefused, PostedAlready,
    PostingTooFast.
    """
    members.require_name(member)
    body, contents = adding.examined(text)
    adding.one_at_a_time(member, writes=body)
    if found := adding.posted_before(member, client_id, body):
        return found
    holding.count(member, "post")
    current = adding.lock(topic)
    reader = selectors.require_readable(member, current)
    if current.locked_at is not None and not reader.is_moderator:
        raise TopicLocked
    rights.may(member, "reply", current).require()
    waits_for = holding.reason_to_wait(member, body, contents)
    post = adding.add(
        current,
        member,
        body,
        contents,
        client_id=client_id,
        waits_for=waits_for,
        answers=_answered(answers, current),
        by_mail=by_mail,
    )
    following.begin(member, current, read=post.number)
    note(member, "post.added", current, {"post": post.number})
    events.publish(PostAdded(current.pk, post.pk, post.number, is_visible=not waits_for))
    return post


def _answered(post: Post | None, topic: Topic) -> Post | None:
    """The post that is answered, when it stands in this topic."""
    if post is None:
        return None
    return Post.objects.filter(pk=post.pk, topic=topic).first()
