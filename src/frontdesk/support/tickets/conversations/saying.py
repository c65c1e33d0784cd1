"""Adding to a conversation: the customer's words, the agent's answer, notes, automatic lines, events."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from frontdesk.accounts.models import Person
from frontdesk.core.actors import Actor
from frontdesk.support.tickets.models import Attachment, Conversation, Message, Participant


@dataclass(frozen=True)
class Words:
    """What is said. `text` is plain; `html` is sanitised already; `quoted` was split off a mail."""

    text: str
    html: str = ""
    quoted: str = ""
    attachments: Sequence[Attachment] = ()


def customer_writes(
    *, actor: Actor, conversation: Conversation, writer: Participant, words: Words, channel: str, client_id: UUID
) -> Message:
    """Add the customer's message: it is our turn again, a snooze ends, and within 14 days a solved matter reopens.

    The same `client_id` adds it once and answers with what stands there. Raises ConversationClosed.
    """
    raise NotImplementedError


def agent_answers(
    *,
    agent: Person,
    conversation: Conversation,
    words: Words,
    client_id: UUID,
    seen: int | None = None,
    then: str = Conversation.Status.WAITING,
) -> Message:
    """Add an agent's answer and mail it to all who take part. `then` is WAITING, OPEN or SOLVED.

    `seen`: the last sequence that the agent had read; something newer of a customer's or another agent's raises
    SomebodyAnswered, and nothing is sent. Nobody being assigned, the agent is from now on. Raises ConversationClosed.
    """
    raise NotImplementedError


def add_note(*, agent: Person, conversation: Conversation, text: str, client_id: UUID) -> Message:
    """Add a note that only staff see. @names and @addresses of colleagues become mentions; each is told by mail."""
    raise NotImplementedError


def add_automatic(*, conversation: Conversation, words: Words, client_id: UUID) -> Message:
    """Add an automatic answer (of a rule): mailed as Auto-Submitted, and never counted as a response."""
    raise NotImplementedError


def add_event(*, conversation: Conversation, what: str, actor: Actor, data: dict[str, Any] | None = None) -> Message:
    """Add a line about what happened; `what` is a key of `tickets.phrases.EVENTS`. The row is locked by the caller."""
    raise NotImplementedError
