"""Drafts: what somebody is writing survives a reload and is there in another browser."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.support.tickets.models import Attachment, Conversation, Draft, Message

LONGEST = 100_000
KINDS = {Message.Kind.AGENT, Message.Kind.NOTE}


@dataclass(frozen=True)
class Writing:
    """What is being written: an answer or a note, its own number, and the files that were uploaded for it."""

    text: str
    kind: str = Message.Kind.AGENT
    client_id: UUID = field(default_factory=uuid4)
    attachments: Sequence[UUID] = ()


def draft_of(person: Person, conversation: Conversation) -> Draft:
    """What the person was writing here, or an empty draft that is not stored."""
    found = Draft.objects.filter(conversation=conversation, person=person).first()
    return found or Draft(conversation=conversation, person=person, text="", changed_at=clock.now())


def files_of(draft: Draft) -> list[Attachment]:
    """The files of a draft that are still there."""
    if not draft.attachments:
        return []
    return list(Attachment.objects.filter(pk__in=draft.attachments, message=None, uploaded_by=draft.person_id))


def save(*, person: Person, conversation: Conversation, writing: Writing) -> bool:
    """Keep what is being written; an empty one is forgotten. False when it was sent meanwhile: a late save of a
    message that stands in the conversation changes nothing."""
    if Message.objects.filter(conversation=conversation, client_id=writing.client_id).exists():
        return False
    if not writing.text.strip() and not writing.attachments:
        forget(person=person, conversation=conversation)
        return True
    draft = Draft(
        conversation=conversation,
        person=person,
        kind=writing.kind if writing.kind in KINDS else Message.Kind.AGENT,
        text=writing.text.replace("\0", "")[:LONGEST],
        client_id=writing.client_id,
        attachments=list(writing.attachments),
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
