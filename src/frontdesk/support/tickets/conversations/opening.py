"""Opening a conversation, whatever the door."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from frontdesk.accounts.models import Person
from frontdesk.catalog.models import Product
from frontdesk.core.actors import Actor
from frontdesk.support.tickets.conversations.saying import Words
from frontdesk.support.tickets.models import Area, Conversation


@dataclass(frozen=True)
class Requester:
    """Who asks. `person` when they are known; `is_proved` when the address was shown to be theirs."""

    address: str
    name: str = ""
    person: Person | None = None
    language: str = ""
    is_proved: bool = False


@dataclass(frozen=True)
class Matter:
    """What it is about, as far as the door knows. `license` and `activation` are numbers of licensing's."""

    area: Area | None = None
    product: Product | None = None
    license: UUID | None = None
    activation: UUID | None = None
    reason_code: str = ""
    plan_name: str = ""


@dataclass(frozen=True)
class Opening:
    """Everything a new conversation begins with. `copies` are addresses that get what the requester gets."""

    requester: Requester
    subject: str
    words: Words
    channel: str
    matter: Matter = field(default_factory=Matter)
    copies: Sequence[str] = ()
    client_id: UUID = field(default_factory=uuid4)
    continues: Conversation | None = None


def open_conversation(*, actor: Actor, opening: Opening) -> Conversation:
    """Open it with its first message, give it to a team and an agent, promise a time, and send the receipt by mail.

    Posting the same `client_id` of the same requester twice opens it once. Publishes ConversationOpened (fulfilment
    sets the service level in the same transaction) and MessageAdded.
    """
    raise NotImplementedError
