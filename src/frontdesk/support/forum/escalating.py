"""A question that nobody answers in time becomes a conversation of the team; its answer can go back into the topic.

`Topic.escalate_at` is when that happens, by plain hours, unless somebody answers before. Locks are taken in one order:
the topic's row, then the conversation's.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.core import audit, clock
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound
from frontdesk.support.forum import adding, members, writing
from frontdesk.support.forum.escalating_errors import NobodyToAnswer
from frontdesk.support.forum.events import (
    AnswerAccepted,
    AnswerUnaccepted,
    Change,
    PostAdded,
    PostChanged,
    TopicArranged,
    TopicBegun,
)
from frontdesk.support.forum.models import Category, Member, News, Post, Topic
from frontdesk.support.forum.moderating import deciding
from frontdesk.support.forum.moderating.deciding import About
from frontdesk.support.forum.notifying import letters, links, telling
from frontdesk.support.tickets.conversations import adding as talk
from frontdesk.support.tickets.conversations.adding import Speaker
from frontdesk.support.tickets.conversations.opening import Matter, Opening, Requester, open_conversation
from frontdesk.support.tickets.conversations.saying import Words
from frontdesk.support.tickets.models import Channel, Conversation, Message

AFTER = timedelta(hours=48)
RECENT = timedelta(days=7)  # how old a topic may be that its category makes a question
AGAIN = timedelta(minutes=10)  # after one that failed
SWEEP = Actor.system("community question without an answer")
TIME = Actor.system("community")
ANSWERED, SOLVED = "forum_answer", "forum_solved"  # lines of `tickets.phrases.EVENTS`
log = structlog.get_logger(__name__)


def begun(event: TopicBegun) -> None:
    """The clock of a question begins."""
    if event.is_visible:
        _start(event.topic)


def changed(event: PostChanged) -> None:
    """It begins as well when a question is shown after a look, or when its only answer is gone; an answer that is shown
    ends it."""
    if event.change in {Change.SHOWN, Change.DELETED, Change.HIDDEN}:
        _start(event.topic)
    if event.change == Change.SHOWN:
        _end(event.post)


def arranged(event: TopicArranged | AnswerUnaccepted) -> None:
    """It begins for what has become a question that nobody answered, by moving, splitting, or taking back what solved
    it."""
    _start(event.topic)


def follow_all(category: Category) -> None:
    """Its topics are questions from now on, or are no more. What was written long ago waits for nobody: it was talk."""
    rows = Topic.objects.filter(category=category, conversation=None)
    if not category.asks:
        rows.exclude(escalate_at=None).update(escalate_at=None)
        return
    now = clock.now()
    rows.filter(escalate_at=None, unanswered_since__gte=now - RECENT).update(escalate_at=now + AFTER)


def _start(topic: UUID) -> None:
    rows = Topic.objects.filter(pk=topic, escalate_at=None, conversation=None, unanswered_since__isnull=False)
    rows.filter(category__asks=True).update(escalate_at=clock.now() + AFTER)


def added(event: PostAdded) -> None:
    """Somebody else's answer ends the clock; where the team has the question already, a line tells it so."""
    if event.is_visible:
        _end(event.post)


def _end(answer: UUID) -> None:
    post = Post.objects.select_related("topic", "author").get(pk=answer)
    if post.author_id == post.topic.author_id:
        return
    Topic.objects.filter(pk=post.topic_id).update(escalate_at=None)
    if post.topic.conversation and (post.is_official or not _has_line(post.topic.conversation, ANSWERED)):
        _line(post.topic, ANSWERED, post.author, post)


def accepted(event: AnswerAccepted) -> None:
    """The team hears that the question is solved."""
    post = Post.objects.select_related("topic__author").get(pk=event.post)
    if post.topic.conversation and not _has_line(post.topic.conversation, SOLVED):
        _line(post.topic, SOLVED, post.topic.author, post)


def _has_line(conversation: UUID, what: str) -> bool:
    return Message.objects.filter(conversation=conversation, kind=Message.Kind.EVENT, data__what=what).exists()


def _line(topic: Topic, what: str, by: Member, post: Post) -> None:
    row = Conversation.objects.filter(pk=topic.conversation).first() if topic.conversation else None
    if row is None:
        return  # erased meanwhile
    speaker = Speaker(by.person_id, by.name or by.handle)
    data = {"url": links.absolute(letters.path_of(topic, post)), "number": post.number}
    talk.event(talk.lock(row), what, TIME, data, by=speaker)


def next_moment() -> datetime | None:
    """When the next question is due."""
    rows = Topic.objects.filter(escalate_at__isnull=False).order_by("escalate_at")
    return rows.values_list("escalate_at", flat=True).first()


def sweep(*, limit: int = 500) -> int:
    """Hand over what is due; returns how many topics were looked at. Two at once take different topics."""
    looked = 0
    while looked < limit and _next():
        looked += 1
    return looked


@transaction.atomic
def _next() -> bool:
    now = clock.now()
    free = Topic.objects.select_for_update(skip_locked=True, of=("self",)).select_related("category", "author__person")
    topic = free.filter(escalate_at__lte=now).order_by("escalate_at").first()
    if topic is None:
        return False
    topic.escalate_at = None
    try:
        with transaction.atomic():
            if _waits(topic):
                _note(topic, _open(topic, SWEEP), SWEEP)
    except Exception as error:  # noqa: BLE001 - one topic must not hold up the others
        log.error("topic_not_escalated", topic=topic.number, error=type(error).__name__)
        topic.escalate_at = now + AGAIN
    topic.save(update_fields=["escalate_at"])
    return True


def _waits(topic: Topic) -> bool:
    """Whether a customer still waits for anybody's answer."""
    if topic.unanswered_since is None or topic.conversation or topic.hidden_at or topic.merged_into_id:
        return False
    return topic.locked_at is None and topic.author.person is not None and not members.is_of_team(topic.author)


@transaction.atomic
def ask_team(*, by: Member, topic: Topic, reason: str, seen: str | None = None) -> Conversation:
    """A moderator hands a topic to the team. Raises NotAllowed, ReasonMissing, DecidedMeanwhile, NobodyToAnswer."""
    current = adding.lock(topic)
    why = deciding.require(by, "escalate", current, reason)
    deciding.require_unchanged(current, seen)
    if current.conversation is None:
        deciding.decide(by, "topic.escalated", why, About(current))
    return hand_over(actor=deciding.actor_of(by, why), topic=current, is_noted=True)


@transaction.atomic
def hand_over(*, actor: Actor, topic: Topic, is_noted: bool = False) -> Conversation:
    """Hand a topic to the team at any time, whatever was answered; the same topic gives the conversation that it has.

    `is_noted`: the audit has it already. Raises NobodyToAnswer for one whose author has no account (imported, erased).
    """
    current = adding.lock(topic)
    found = Conversation.objects.filter(pk=current.conversation).first() if current.conversation else None
    if found is not None:
        return found
    conversation = _open(current, actor)
    if not is_noted:
        _note(current, conversation, actor)
    current.escalate_at = None
    current.save(update_fields=["escalate_at"])
    return conversation


def _open(topic: Topic, actor: Actor) -> Conversation:
    """The conversation of a locked topic: the asker's question, as they wrote it, with the way to the topic."""
    person = topic.author.person
    first = Post.objects.filter(topic=topic).order_by("number").first()
    if person is None or not person.email or first is None:
        raise NobodyToAnswer
    url = links.absolute(letters.path_of(topic))
    language = topic.language or person.language
    requester = Requester(person.email, topic.author.name, person, language, is_proved=True)
    opening = Opening(
        requester=requester,
        subject=topic.title,
        words=Words(f"{first.text}\n\n{url}"),
        channel=Channel.FORUM,
        matter=Matter(product=topic.category.product),
        client_id=topic.pk,
        wants_receipt=False,  # the community tells them
    )
    conversation = open_conversation(actor=actor, opening=opening)
    topic.conversation = conversation.pk
    topic.save(update_fields=["conversation"])
    telling.enter(first, {topic.author_id: News.Kind.ASKED}, at=clock.real_now())
    return conversation


def _note(topic: Topic, conversation: Conversation, actor: Actor) -> None:
    audit.record(
        actor=actor, action="topic.escalated", subject_type="topic", subject=topic.pk, person=topic.author.person_id,
        data={"number": topic.number, "conversation": conversation.reference},
    )  # fmt: skip


def topic_of(conversation: Conversation) -> Topic | None:
    """The topic that a conversation, or one that was merged into it, came from."""
    rows = Topic.objects.select_related("category")
    found = rows.filter(conversation=conversation.pk).first()
    if found is None:
        merged = Conversation.objects.filter(merged_into=conversation.pk).values("pk")
        found = rows.filter(conversation__in=merged).first()
    return found


def suggested(conversation: Conversation) -> str:
    """What the form begins with: the newest answer that an agent gave in the conversation."""
    rows = conversation.messages.filter(kind=Message.Kind.AGENT, redacted_at=None).order_by("-sequence")
    return rows.values_list("text", flat=True).first() or ""


@transaction.atomic
def publish_answer(*, agent: Person, conversation: Conversation, text: str, client_id: UUID) -> Post:
    """Post an answer in the topic that the conversation came from, as the agent's own, marked as the team's.

    The same `client_id` posts it once. Raises NotFound for a conversation of no topic, and what `writing.reply` does.
    """
    topic = topic_of(conversation)
    if topic is None:
        raise NotFound
    return writing.reply(member=members.of(agent), topic=topic, text=text, client_id=client_id)
