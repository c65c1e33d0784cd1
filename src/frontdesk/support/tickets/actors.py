"""Audit rows of conversations: who did what to which one."""

from typing import Any

from frontdesk.accounts.models import Person
from frontdesk.core import audit
from frontdesk.core.actors import Actor
from frontdesk.support.tickets.models import Conversation


def agent_actor(agent: Person, conversation: Conversation) -> Actor:
    """An agent at work: the conversation is reason enough."""
    return Actor.staff(agent.pk, conversation.reference)


def note(
    actor: Actor,
    action: str,
    conversation: Conversation,
    data: dict[str, Any] | None = None,
    *,
    personal: dict[str, str] | None = None,
    shown: bool = True,
) -> None:
    """A row about a conversation. `shown`: it stands in the history of its customer; what is the desk's own matter
    (notes, tags, who has it) does not."""
    audit.record(
        actor=actor,
        action=action,
        subject_type="conversation",
        subject=conversation.pk,
        person=conversation.person_id if shown else None,
        data={"reference": conversation.reference, **(data or {})},
        personal=personal,
    )
