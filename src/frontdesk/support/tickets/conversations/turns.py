"""Whose turn it is, on a row that is locked already: the steps behind answering, writing, solving, merging."""

from datetime import datetime, timedelta

from frontdesk.accounts.models import Person
from frontdesk.core import clock, events
from frontdesk.core.actors import Actor
from frontdesk.support.tickets import following
from frontdesk.support.tickets.actors import note
from frontdesk.support.tickets.conversations import adding, waking
from frontdesk.support.tickets.conversations.adding import Speaker
from frontdesk.support.tickets.errors import ConversationClosed
from frontdesk.support.tickets.events import ChatLeft, ConversationAssigned, ConversationReopened, ConversationSolved
from frontdesk.support.tickets.mail import blocking
from frontdesk.support.tickets.models import Conversation, Message, Participant, StateChange

REOPENS_FOR = timedelta(days=14)
Status = Conversation.Status
Kind = StateChange.Kind


def is_closed(conversation: Conversation, now: datetime) -> bool:
    """Whether it takes no more replies, be it that the sweep has not come to it yet."""
    if conversation.status == Status.CLOSED:
        return True
    solved = conversation.solved_at if conversation.status == Status.SOLVED else None
    return solved is not None and solved + REOPENS_FOR <= now


def require_alive(conversation: Conversation) -> None:
    """Raise ConversationClosed for one that takes no more changes."""
    if is_closed(conversation, clock.now()):
        raise ConversationClosed


def to_open(conversation: Conversation, actor: Actor, *, by: Speaker | None = None, at: datetime | None = None) -> bool:
    """It is our turn, since `at` where that was before now; what was solved is reopened. False when it was already."""
    was = conversation.status
    if was == Status.OPEN:
        return False
    _set(conversation, Status.OPEN)
    if was == Status.SOLVED:
        _reopened(conversation, actor, by, at)
    else:
        adding.change(conversation, Kind.RESUMED, actor, at=at)
    return True


def back_to_us(conversation: Conversation, actor: Actor, *, by: Speaker, at: datetime | None = None) -> None:
    """The customer wrote, so it is our turn; the message says it, but for what had been solved."""
    if conversation.status == Status.WAITING:
        _set(conversation, Status.OPEN)
    else:
        to_open(conversation, actor, by=by, at=at)


def out_of_spam(conversation: Conversation, actor: Actor) -> bool:
    """It is for us after all: the times that we promised go on, and mail of its sender, who was blocked with it, comes
    in again. False when it was no spam."""
    if conversation.status != Status.SPAM:
        return False
    to_open(conversation, actor)
    adding.event(conversation, "not_spam", actor)
    requester = requester_of(conversation)
    if requester is not None and blocking.came_with_spam(requester.address):
        let_in(conversation, actor, requester)
    return True


def let_in(conversation: Conversation, actor: Actor, sender: Participant) -> bool:
    """Mail of this address comes in again; False when it was not blocked."""
    if not blocking.unblock(actor=actor, pattern=sender.address):
        return False
    adding.event(conversation, "unblocked", actor, {"address": sender.address})
    return True


def keep_out(conversation: Conversation, actor: Actor, sender: Participant) -> bool:
    """Mail of this address is kept out of sight; False when it was so already."""
    if not blocking.block(actor=actor, pattern=sender.address, reason=conversation.reference):
        return False
    adding.event(conversation, "blocked", actor, {"address": sender.address})
    return True


def requester_of(conversation: Conversation) -> Participant | None:
    """Who asked; None once they were erased."""
    return conversation.participants.filter(role=Participant.Role.REQUESTER).first()


def to_waiting(conversation: Conversation, actor: Actor) -> bool:
    """It is the customer's turn; what was solved is reopened, and spam is none. False when it was theirs already."""
    out_of_spam(conversation, actor)
    was = conversation.status
    if was == Status.WAITING:
        return False
    _set(conversation, Status.WAITING)
    if was == Status.SOLVED:
        _reopened(conversation, actor, None)
    adding.change(conversation, Kind.WAITING, actor)
    return True


def to_solved(
    conversation: Conversation, actor: Actor, *, answer: Message | None = None, by: Speaker | None = None
) -> bool:
    """It is solved: survey and follow-up are on their way; with an `answer` that solves it, in the answer's own mail,
    and after a chat in that of what was said there. False when it was already."""
    if conversation.status == Status.SOLVED:
        return False
    conversation.solved_at = clock.now()
    _set(conversation, Status.SOLVED)
    last = _last_of_chat(conversation, actor, answer)
    adding.change(conversation, Kind.SOLVED, actor)
    solved = adding.event(conversation, "solved", actor, by=by)
    following.begin(conversation, actor=actor, solved=solved, answer=answer, chat=last)
    events.publish(ConversationSolved(conversation.pk))
    return True


def to_spam(conversation: Conversation, actor: Actor) -> None:
    """It is nothing for us."""
    following.drop(conversation)
    _set(conversation, Status.SPAM)
    _leave_chat(conversation, actor)
    adding.change(conversation, Kind.SPAM, actor)
    adding.event(conversation, "spam", actor)


def to_merged(conversation: Conversation, actor: Actor, into: Conversation) -> None:
    """It lives on in another."""
    following.drop(conversation)
    adding.event(conversation, "merged", actor, {"reference": into.reference})
    conversation.merged_into = into
    conversation.save(update_fields=["merged_into"])
    _set(conversation, Status.MERGED)
    _leave_chat(conversation, actor)
    adding.change(conversation, Kind.MERGED, actor)


def to_closed(conversation: Conversation, actor: Actor) -> None:
    """It takes no more replies."""
    following.drop(conversation)
    _set(conversation, Status.CLOSED)
    _leave_chat(conversation, actor)
    adding.change(conversation, Kind.CLOSED, actor)
    adding.event(conversation, "closed", actor)


def give(conversation: Conversation, actor: Actor, to: Person | None, why: str = "") -> None:
    """From now on this agent has it, or nobody."""
    conversation.assignee = to
    conversation.save(update_fields=["assignee"])
    waking.turned(conversation)
    if to:
        adding.event(conversation, "assigned", actor, {"to": to.shown_name, "person": str(to.pk), "why": why})
    else:
        adding.event(conversation, "unassigned", actor)
    note(actor, "conversation.assigned", conversation, {"to": str(to.pk) if to else None, "why": why}, shown=False)
    events.publish(ConversationAssigned(conversation.pk, to.pk if to else None, in_chat=conversation.in_chat))


def release(conversation: Conversation, actor: Actor, gone: Person) -> None:
    """Whoever had it is no longer on the staff: nobody has it, until it is given anew."""
    conversation.assignee = None
    conversation.save(update_fields=["assignee"])
    waking.turned(conversation)
    adding.event(conversation, "left", actor, {"to": gone.shown_name, "person": str(gone.pk)})
    note(actor, "conversation.assigned", conversation, {"to": None, "why": "left"}, shown=False)
    events.publish(ConversationAssigned(conversation.pk, None, in_chat=conversation.in_chat))


def _reopened(conversation: Conversation, actor: Actor, by: Speaker | None, at: datetime | None = None) -> None:
    adding.change(conversation, Kind.REOPENED, actor, at=at)
    adding.event(conversation, "reopened", actor, by=by)
    following.drop(conversation)
    events.publish(ConversationReopened(conversation.pk))


def _last_of_chat(conversation: Conversation, actor: Actor, answer: Message | None) -> Message | None:
    """The line with which a chat ends, on whose mail hangs what was said; None when it was no chat."""
    if not _leave_chat(conversation, actor):
        return None
    return answer or adding.event(conversation, "chat_ended", actor)


def _leave_chat(conversation: Conversation, actor: Actor) -> bool:
    """What is nobody's turn any more is no chat any more. False when it was none."""
    if not conversation.in_chat:
        return False
    conversation.in_chat = False
    conversation.save(update_fields=["in_chat"])
    events.publish(ChatLeft(conversation.pk, conversation.status, actor))
    return True


def _set(conversation: Conversation, status: Conversation.Status) -> None:
    """What was put off until a moment stays so only while it is somebody's turn, and what goes on is not solved."""
    conversation.status = status
    if not conversation.is_live:
        conversation.snoozed_until = None
    if conversation.is_live or status == Status.SPAM:
        conversation.solved_at = None
    conversation.save(update_fields=["status", "snoozed_until", "solved_at"])
    waking.turned(conversation)
