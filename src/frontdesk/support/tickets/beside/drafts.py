"""Drafts: what somebody is writing survives a reload and is there in another browser."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.support.tickets.models import Attachment, Conversation, Draft, Message

LONGEST = 100_000
KINDS = {Message.Kind.AGENT, Message.Kind.NOTE}
CHANGING = ["kind", "text", "client_id", "attachments", "changed_at"]


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
        person=person,
        kind=writing.kind if writing.kind in KINDS else Message.Kind.AGENT,
        text=writing.text.replace("\0", "")[:LONGEST],
        client_id=writing.client_id,
        attachments=list(writing.attachments),
        changed_at=clock.now(),
    )
    _keep(draft, conversation)
    return True


@transaction.atomic
def bring_along(*, source: Conversation, target: Conversation, person: Person | None = None) -> None:
    """What was being written (by this person, or by anybody) in a conversation that was merged goes on in the one that
    it lives on in, below what its writer has there already."""
    rows = Draft.objects.select_for_update().filter(conversation=source)
    for draft in rows.filter(person=person) if person else rows:
        there = Draft.objects.filter(conversation=target, person=draft.person_id).first()
        _keep(_joined(there, draft) if there else draft, target)
        draft.delete()


def _joined(there: Draft, more: Draft) -> Draft:
    """Both in one; a note's words never become an answer, which leaves the house."""
    if there.client_id == more.client_id:
        return more
    texts = [there.text] if more.text.strip() in there.text else [there.text, more.text]
    are_answers = Message.Kind.AGENT == there.kind == more.kind
    return Draft(
        person_id=there.person_id,
        kind=Message.Kind.AGENT if are_answers else Message.Kind.NOTE,
        text="\n\n".join(each for each in texts if each.strip())[:LONGEST],
        client_id=there.client_id,
        attachments=list(dict.fromkeys([*there.attachments, *more.attachments])),
        changed_at=max(there.changed_at, more.changed_at),
    )


def _keep(draft: Draft, conversation: Conversation) -> None:
    """Write it down as the person's only draft there."""
    fields = {name: getattr(draft, name) for name in (*CHANGING, "person_id")}
    Draft.objects.bulk_create(
        [Draft(conversation=conversation, **fields)],
        update_conflicts=True,
        unique_fields=["conversation", "person"],
        update_fields=CHANGING,
    )


def forget(*, person: Person, conversation: Conversation) -> None:
    """There is nothing to keep any more."""
    Draft.objects.filter(conversation=conversation, person=person).delete()


def forget_sent(*, person: Person, conversation: Conversation, message: Message) -> None:
    """It was said: there is no draft of it any more, neither where it was written nor where it came to stand."""
    rows = Draft.objects.filter(person=person)
    rows.filter(Q(conversation=conversation) | Q(client_id=message.client_id)).delete()
