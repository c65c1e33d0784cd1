"""Audit rows of conversations: who did what to which one."""

from typing import Any

from frontdesk.core import audit
from frontdesk.core.actors import Actor
from frontdesk.support.tickets.models import Conversation


def note(
    actor: Actor,
    action: str,
    conversation: Conversation,
    data: dict[str, Any] | None = None,
    personal: dict[str, str] | None = None,
) -> None:
    """A row about a conversation; it stands in the history of its customer."""
    audit.record(
        actor=actor,
        action=action,
        subject_type="conversation",
        subject=conversation.pk,
        person=conversation.person_id,
        data=data,
        personal=personal,
    )
