"""Saying which answer solved a question: its asker may, and the team."""

from django.db import transaction
from django.utils.translation import gettext as _

from frontdesk.core import clock, events
from frontdesk.support.forum import adding, counting, rights, selectors
from frontdesk.support.forum.actors import note
from frontdesk.support.forum.errors import TopicLocked
from frontdesk.support.forum.events import AnswerAccepted, AnswerUnaccepted
from frontdesk.support.forum.models import Member, Post, Topic
from frontdesk.support.forum.order_errors import NotAllowed


@transaction.atomic
def accept(*, member: Member, post: Post) -> Topic:
    """Say that a post solves its topic, instead of the one that did so far; safe to repeat.

    Raises NotFound, NotAllowed for whoever may not say so, for what is no question, and for its first post,
    TopicLocked.
    """
    topic, current = _locked(member, post)
    if topic.accepted_id == current.pk:
        return topic
    if not topic.category.asks or current.number == adding.first_number(topic):
        raise NotAllowed(why=_("Only an answer to a question can be accepted."))
    if current.state != Post.State.VISIBLE:
        raise NotAllowed(why=_("This post is not shown."))
    former = topic.accepted
    topic.accepted, topic.solved_at = current, clock.now()
    topic.save(update_fields=["accepted", "solved_at"])
    counting.settle(topic)
    counting.settle_members([current.author_id, *([former.author_id] if former else [])])
    note(member, "answer.accepted", topic, {"post": current.number})
    if former is not None:
        events.publish(AnswerUnaccepted(topic.pk, former.pk))
    events.publish(AnswerAccepted(topic.pk, current.pk))
    return topic


@transaction.atomic
def unaccept(*, member: Member, topic: Topic) -> Topic:
    """Say that the topic is not solved after all; safe to repeat. Raises NotFound, NotAllowed, TopicLocked."""
    current = adding.lock(topic)
    _require_say(member, current)
    former = current.accepted
    if former is None:
        return current
    current.accepted = current.solved_at = None
    current.save(update_fields=["accepted", "solved_at"])
    counting.settle(current)
    counting.settle_members([former.author_id])
    note(member, "answer.unaccepted", current, {"post": former.number})
    events.publish(AnswerUnaccepted(current.pk, former.pk))
    return current


def may_accept(reader: selectors.Reader, topic: Topic) -> bool:
    """Whether this reader has a say in what solved the topic; pages show the buttons by it."""
    if not topic.category.asks or reader.member is None:
        return False
    return reader.is_team or (topic.author_id == reader.member.pk and topic.locked_at is None)


def _locked(member: Member, post: Post) -> tuple[Topic, Post]:
    topic, current = adding.lock_at(post)
    _require_say(member, topic)
    return topic, current


def _require_say(member: Member, topic: Topic) -> None:
    reader = selectors.require_readable(member, topic)
    if topic.locked_at is not None and not reader.is_team:
        raise TopicLocked
    rights.may(member, "accept", topic).require()
