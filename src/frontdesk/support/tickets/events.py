"""What happens to conversations. Published inside the transaction, reacted to above (fulfilment) and by this app."""

from dataclasses import dataclass
from uuid import UUID

from frontdesk.core.actors import Actor


@dataclass(frozen=True)
class ConversationOpened:
    """A conversation began. `person` is the customer's uuid, None for a guest."""

    conversation: UUID
    person: UUID | None


@dataclass(frozen=True)
class MessageAdded:
    """A message was added. `kind` is one of `Message.Kind`; `in_chat`: while both sides were there."""

    conversation: UUID
    message: UUID
    sequence: int
    kind: str
    in_chat: bool = False


@dataclass(frozen=True)
class ConversationSolved:
    """An agent (or the customer) said that it is solved."""

    conversation: UUID


@dataclass(frozen=True)
class ConversationReopened:
    """It was solved, and goes on."""

    conversation: UUID


@dataclass(frozen=True)
class ConversationAssigned:
    """Somebody else is to answer now; `assignee` is None when nobody is."""

    conversation: UUID
    assignee: UUID | None
    in_chat: bool = False


@dataclass(frozen=True)
class ChatLeft:
    """A conversation is no chat any more, since it became `status` (solved, merged, spam, closed) by `actor`."""

    conversation: UUID
    status: str
    actor: Actor
