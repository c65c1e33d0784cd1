"""Drafts: what somebody is writing survives a reload and is there in another browser."""

from collections.abc import Sequence
from uuid import UUID

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.support.tickets.models import Conversation, Draft, Message

LONGEST = 100_000
KINDS = {Message.Kind.AGENT, Message.Kind.NOTE}


def draft_of(person: Person, conversation: Conversation) -> Draft:
    """What the person was writing here, or an empty draft that is not stored."""
    found = Draft.objects.filter(conversation=conversation, person=person).first()
    return found or Draft(conversation=conversation, person=person, text="", changed_at=clock.now())


def save(
    *,
    person: Person,
    conversation: Conversation,
    kind: str,
    text: str,
    client_id: UUID,
    attachments: Sequence[UUID] = (),
) -> bool:
    """Keep what is being written; an empty one is forgotten. False when it was sent meanwhile: a late save of a
    message that stands in the conversation changes nothing."""
    if Message.objects.filter(conversation=conversation, client_id=client_id).exists():
        return False
    if not text.strip() and not attachments:
        forget(person=person, conversation=conversation)
        return True
    draft = Draft(
        conversation=conversation,
        person=person,
        kind=kind if kind in KINDS else Message.Kind.AGENT,
        text=text.replace("\0", "")[:LONGEST],
        client_id=client_id,
        attachments=list(attachments),
        changed_at=clock.now(),
    )
    changing = ["kind", "text", "client_id", "attachments", "changed_at"]
    Draft.objects.bulk_create(
        [draft], update_conflicts=True, unique_fields=["conversation", "person"], update_fields=changing
    )
    return True


def forget(*, person: Person, conversation: Conversation) -> None:
    """There is nothing to keep any more."""
    Draft.objects.filter(conversation=conversation, person=person).delete()
