"""Reading conversations. Customers reach only theirs; missing and forbidden look alike."""

from uuid import UUID

from django.db.models import QuerySet

from frontdesk.accounts.models import Person
from frontdesk.support.tickets.models import Conversation, Message


def access_conversations(person: Person) -> QuerySet[Conversation]:
    """The conversations that this customer may read: theirs, and those a proved address of theirs takes part in."""
    raise NotImplementedError


def access_conversation(person: Person, conversation_id: UUID) -> Conversation:
    """One of them. Raises ConversationUnknown for another's as for none."""
    raise NotImplementedError


def access_as_guest(conversation_id: UUID, secret: str) -> Conversation:
    """The conversation whose mailed link carries this secret. Raises ConversationUnknown."""
    raise NotImplementedError


def public_messages(conversation: Conversation) -> QuerySet[Message]:
    """What the customer sees of it, in order, with attachments."""
    raise NotImplementedError
