"""Canned replies in use: which an agent may take, in the customer's language, with the names filled in."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Q, QuerySet

from frontdesk.accounts.models import Person
from frontdesk.support.texts import in_language
from frontdesk.support.tickets import variables
from frontdesk.support.tickets.inbox.selecting import teams_of
from frontdesk.support.tickets.models import CannedReply, Conversation

MOST = 20


@dataclass(frozen=True)
class ReadyReply:
    """A canned reply as it would be said in one conversation."""

    id: UUID
    title: str
    shortcut: str
    text: str


def ready(*, agent: Person, conversation: Conversation, q: str = "") -> list[ReadyReply]:
    """Those that fit what was typed, the most used first."""
    rows = _open_to(agent, conversation)
    for word in q.replace("\0", "").split()[:5]:
        rows = rows.filter(Q(shortcut__icontains=word) | Q(title__icontains=word))
    fill = variables.filler(conversation=conversation, agent=agent)
    return [_filled(row, conversation, fill) for row in rows.order_by("-uses", "title")[:MOST]]


def take(*, agent: Person, conversation: Conversation, reply: UUID) -> ReadyReply | None:
    """One of them, counted as used."""
    row = _open_to(agent, conversation).filter(pk=reply).first()
    if row is None:
        return None
    CannedReply.objects.filter(pk=row.pk).update(uses=F("uses") + 1)
    return _filled(row, conversation, variables.filler(conversation=conversation, agent=agent))


def _open_to(agent: Person, conversation: Conversation) -> QuerySet[CannedReply]:
    """Everybody's, those of the agent's teams, and those of the team that has the conversation."""
    return CannedReply.objects.filter(
        Q(team=None) | Q(team__in=teams_of(agent)) | Q(team__isnull=False, team=conversation.team_id)
    )


def _filled(row: CannedReply, conversation: Conversation, fill: Callable[[str], str]) -> ReadyReply:
    return ReadyReply(row.pk, row.title, row.shortcut, fill(in_language(row.texts, conversation.language)))
