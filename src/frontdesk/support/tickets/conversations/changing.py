"""Whose turn it is and who has it: solve, reopen, wait, snooze, assign, tag, prioritise, mark as spam.

Each returns False when there was nothing to change, writes an event line, an audit row and a StateChange where times
depend on it. Raises ConversationClosed where the conversation takes no changes any more.
"""

import re
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.support.tickets.actors import note
from frontdesk.support.tickets.conversations import adding, consequences, turns
from frontdesk.support.tickets.conversations.adding import Speaker
from frontdesk.support.tickets.conversations.sweeping import close_old, wake_snoozed
from frontdesk.support.tickets.errors import ConversationClosed
from frontdesk.support.tickets.models import Area, Conversation, Participant, StateChange, Team

__all__ = [
    "assign",
    "change_tags",
    "close_old",
    "hand_to_team",
    "mark_spam",
    "reopen",
    "set_area",
    "set_language",
    "set_priority",
    "set_waiting",
    "snooze",
    "solve",
    "still_fails",
    "unblock_sender",
    "wake_snoozed",
]

Status = Conversation.Status
Kind = StateChange.Kind
MAX_TAGS = 30


@transaction.atomic
def solve(*, actor: Actor, conversation: Conversation, by: Participant | None = None) -> bool:
    """It is solved: the survey and the follow-up after three days are on their way; `by` whom, where somebody who takes
    part says so. Publishes ConversationSolved."""
    current = _alive(conversation)
    if not turns.to_solved(current, actor, by=Speaker.taking_part(by) if by else None):
        return False
    note(actor, "conversation.solved", current)
    consequences.turned(current, "solved")
    return True


@transaction.atomic
def reopen(*, actor: Actor, conversation: Conversation) -> bool:
    """It goes on: the follow-up is dropped. Publishes ConversationReopened. Also takes back that something is spam,
    and that its sender was blocked with it."""
    current = _alive(conversation)
    was = current.status
    if was not in {Status.SOLVED, Status.SPAM}:
        return False
    if not turns.out_of_spam(current, actor):
        turns.to_open(current, actor)
    note(actor, "conversation.reopened", current)
    consequences.turned(current, "reopened" if was == Status.SOLVED else "")
    return True


@transaction.atomic
def still_fails(*, actor: Actor, conversation: Conversation, by: Participant) -> bool:
    """Somebody who takes part says that it is not solved: it is our turn, and they wait for an answer from now on, as
    if they had written. Publishes ConversationReopened; raises ConversationClosed after 14 days."""
    current = adding.lock(conversation)
    turns.require_alive(current)
    if current.status != Status.SOLVED:
        return False
    turns.to_open(current, actor, by=Speaker.taking_part(by))
    adding.change(current, Kind.CUSTOMER_WROTE, actor)
    current.last_customer_at = clock.now()
    current.save(update_fields=["last_customer_at"])
    note(actor, "conversation.reopened", current)
    consequences.turned(current, "reopened")
    return True


@transaction.atomic
def set_waiting(*, actor: Actor, conversation: Conversation, waiting: bool) -> bool:
    """It is the customer's turn, or ours again; what was spam is none."""
    current = _alive(conversation)
    was_spam = turns.out_of_spam(current, actor)
    turned = turns.to_waiting(current, actor) if waiting else turns.to_open(current, actor)
    if not (turned or was_spam):
        return False
    what = "waiting" if waiting else "resumed"
    adding.event(current, what, actor)
    note(actor, f"conversation.{what}", current, shown=False)
    consequences.turned(current)
    return True


@transaction.atomic
def snooze(*, actor: Actor, conversation: Conversation, until: datetime | None) -> bool:
    """Put off until a moment, or back at once. The customer's answer ends it earlier.

    What waits for the customer is ours again when the moment comes. Raises ValueError for a moment that has passed.
    """
    current = _alive(conversation)
    if until is not None and until <= clock.now():
        raise ValueError("put off until a moment that has passed")
    if current.snoozed_until == until or not current.is_live:
        return False
    current.snoozed_until = until
    current.save(update_fields=["snoozed_until"])
    if until:
        adding.event(current, "snoozed", actor, {"until": until.isoformat()})
    else:
        adding.event(current, "unsnoozed", actor)
    note(actor, "conversation.snoozed", current, {"until": until.isoformat() if until else ""}, shown=False)
    consequences.turned(current)
    return True


@transaction.atomic
def assign(*, actor: Actor, conversation: Conversation, to: Person | None, why: str = "") -> bool:
    """Give it to an agent, or to nobody. `why` explains a choice of the routing. Publishes ConversationAssigned."""
    current = _alive(conversation)
    if current.assignee_id == (to.pk if to else None):
        return False
    turns.give(current, actor, to, why)
    consequences.turned(current)
    return True


@transaction.atomic
def hand_to_team(*, actor: Actor, conversation: Conversation, team: Team | None) -> bool:
    """Move it to another team's inbox; whoever had it has it no more, unless they are on that team too."""
    current = _alive(conversation)
    if current.team_id == (team.pk if team else None):
        return False
    current.team = team
    current.save(update_fields=["team"])
    adding.event(current, "team", actor, {"to": team.name if team else ""})
    note(actor, "conversation.team", current, {"to": team.slug if team else None}, shown=False)
    stays = team is None or team.agents.filter(person=current.assignee_id).exists()
    if current.assignee_id and not stays:
        turns.give(current, actor, None)
    consequences.turned(current)
    return True


@transaction.atomic
def set_area(*, actor: Actor, conversation: Conversation, area: Area | None) -> bool:
    """Say what it is about."""
    current = _alive(conversation)
    if current.area_id == (area.pk if area else None):
        return False
    current.area = area
    current.save(update_fields=["area"])
    adding.event(current, "area", actor, {"to": area.slug if area else ""})
    note(actor, "conversation.area", current, {"to": area.slug if area else None}, shown=False)
    consequences.turned(current)
    return True


@transaction.atomic
def set_language(*, actor: Actor, conversation: Conversation, language: str) -> bool:
    """Say which language the customer speaks: automatic mails, ready replies and the choice of an agent go by it.
    Raises ValueError for one that the vendor does not speak."""
    current = _alive(conversation)
    if language not in dict(settings.LANGUAGES):
        raise ValueError("no language of ours")
    if current.language == language:
        return False
    current.language = language
    current.save(update_fields=["language"])
    adding.event(current, "language", actor, {"to": language})
    note(actor, "conversation.language", current, {"to": language}, shown=False)
    consequences.turned(current)
    return True


@transaction.atomic
def set_priority(*, actor: Actor, conversation: Conversation, priority: int) -> bool:
    """Say how urgent it is. Raises ValueError for a number that means nothing."""
    current = _alive(conversation)
    wanted = Conversation.Priority(priority)
    if current.priority == wanted:
        return False
    current.priority = wanted
    current.save(update_fields=["priority"])
    adding.event(current, "priority", actor, {"to": int(wanted)})
    note(actor, "conversation.priority", current, {"to": int(wanted)}, shown=False)
    consequences.turned(current)
    return True


@transaction.atomic
def change_tags(
    *, actor: Actor, conversation: Conversation, add: Iterable[str] = (), remove: Iterable[str] = ()
) -> bool:
    """Add and take away tags (lower case, words joined by hyphens)."""
    current = _alive(conversation)
    gone = {clean_tag(tag) for tag in remove}
    tags = [tag for tag in current.tags if tag not in gone]
    tags += [tag for tag in dict.fromkeys(clean_tag(tag) for tag in add) if tag and tag not in tags]
    tags = tags[:MAX_TAGS]
    if tags == current.tags:
        return False
    data = {"added": sorted(set(tags) - set(current.tags)), "removed": sorted(set(current.tags) - set(tags))}
    current.tags = tags
    current.save(update_fields=["tags"])
    adding.event(current, "tags", actor, data)
    # Tags are free text: the audit, which nobody can erase, counts them.
    note(actor, "conversation.tags", current, {name: len(each) for name, each in data.items()}, shown=False)
    return True


def clean_tag(text: str) -> str:
    """A tag as it is kept."""
    return re.sub(r"[^\w]+", "-", text.strip().lower()).strip("-")[:40]


@transaction.atomic
def mark_spam(*, actor: Actor, conversation: Conversation, block: bool = False) -> bool:
    """It is spam; `block` also keeps the sender's mails out of sight, until somebody says that it is no spam."""
    current = _alive(conversation)
    was_spam = current.status == Status.SPAM
    if not was_spam:
        turns.to_spam(current, actor)
    requester = turns.requester_of(current) if block else None
    blocked = requester is not None and turns.keep_out(current, actor, requester)
    if was_spam and not blocked:
        return False
    note(actor, "conversation.spam", current, {"blocked": blocked}, shown=False)
    consequences.turned(current)
    return True


@transaction.atomic
def unblock_sender(*, actor: Actor, conversation: Conversation) -> bool:
    """Let the customer's mails in again, whatever became of the conversation. False when their address was not
    blocked; a domain that is blocked as a whole stays so."""
    current = adding.lock(conversation)
    requester = turns.requester_of(current)
    return requester is not None and turns.let_in(current, actor, requester)


def _alive(conversation: Conversation) -> Conversation:
    current = adding.lock(conversation)
    if current.status == Status.CLOSED:
        raise ConversationClosed
    return current
