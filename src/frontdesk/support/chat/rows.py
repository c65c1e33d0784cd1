"""The locked rows that all verbs are made of, and what the worker is to look at next. The conversation goes first."""

from uuid import UUID

from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.support.chat.models import Chat
from frontdesk.support.tickets.actors import note
from frontdesk.support.tickets.conversations import waking
from frontdesk.support.tickets.models import Conversation, Participant


def lock(number: UUID) -> Chat:
    """The chat with its conversation, both fresh and locked. Raises Chat.DoesNotExist."""
    conversation = Conversation.objects.select_for_update(of=("self",)).get(pk=number)
    return locked(conversation)


def locked(conversation: Conversation) -> Chat:
    """The chat of a conversation that is locked already. Raises Chat.DoesNotExist."""
    chat = Chat.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
    chat.conversation = conversation
    return chat


def look_soon(chat: Chat) -> None:
    """Something is different: the sweep thinks anew about what comes next. To be saved by the caller."""
    chat.next_step_at = clock.now()


def finish(chat: Chat, state: Chat.State, *, by: str = "") -> None:
    """The chat is on no more; its row says so, and open pages hear of it."""
    chat.state, chat.ended_by, chat.ended_at = state, by, clock.now()
    chat.next_step_at = None
    chat.save(update_fields=["state", "ended_by", "ended_at", "next_step_at"])
    waking.turned(chat.conversation)


def enter(
    actor: Actor, action: str, chat: Chat, data: dict[str, str | None] | None = None, *, shown: bool = True
) -> None:
    """The audit row of a chat."""
    note(actor, action, chat.conversation, dict(data or {}), shown=shown)


def customer(chat: Chat) -> Participant | None:
    """Who began it; None once they were erased."""
    return Participant.objects.filter(conversation=chat.pk, role=Participant.Role.REQUESTER).first()
