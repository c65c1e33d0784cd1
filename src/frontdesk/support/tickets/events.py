"""What happens to conversations. Published inside the transaction, reacted to above (fulfilment) and by this app."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class ConversationOpened:
    """A conversation began. `person` is the customer's uuid, None for a guest."""

    conversation: UUID
    person: UUID | None


@dataclass(frozen=True)
class MessageAdded:
    """A message was added. `kind` is one of `Message.Kind`; `wakes`: it changed whose turn it is."""

    conversation: UUID
    message: UUID
    sequence: int
    kind: str


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
