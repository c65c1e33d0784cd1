"""Which open pages hear of what happens to a conversation.

Customers' pages hear of what they may see. Agents' pages have topics of their own, so that a note for the team does not
make itself known to the customer by a page that asks at that moment.
"""

from uuid import UUID

from frontdesk.core.live.topics import Topic
from frontdesk.core.live.waking import wake
from frontdesk.support.tickets.models import Conversation, Message
from frontdesk.support.tickets.selectors import INTERNAL

DESK = Topic("desk")


def talk(conversation: UUID) -> Topic:
    """What its customers see of a conversation."""
    return Topic("conversation", conversation)


def at_desk(conversation: UUID) -> Topic:
    """What agents see of it."""
    return Topic("desk", conversation)


def said(message: Message) -> None:
    """A line was added."""
    number = message.conversation_id
    public = [] if message.kind in INTERNAL else [talk(number)]
    wake(*public, at_desk(number), DESK, kind="message", sequence=message.sequence)


def turned(conversation: Conversation) -> None:
    """Its state is another, or who has it."""
    number = conversation.pk
    wake(talk(number), at_desk(number), DESK, kind="state", sequence=conversation.last_sequence)


def typing(conversation: UUID, *, by_customer: bool) -> None:
    """The other side sees that somebody writes; nothing is kept of it."""
    wake(at_desk(conversation) if by_customer else talk(conversation), kind="typing")


def read(conversation: UUID, *, by_customer: bool, sequence: int) -> None:
    """The other side sees up to where it was read."""
    wake(at_desk(conversation) if by_customer else talk(conversation), kind="read", sequence=sequence)


def customer_came(conversation: UUID) -> None:
    """The customer opened the chat's page, or has left it."""
    wake(at_desk(conversation), kind="presence")


def looked_at(conversation: Conversation) -> None:
    """Somebody at the desk has come to it, or begun or stopped to answer."""
    wake(at_desk(conversation.pk), kind="presence")
