"""What all verbs are made of: the locked row, the next sequence, what matters for times. No rules stand here."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.core import clock, events
from frontdesk.core.actors import Actor, ActorKind
from frontdesk.support.tickets.conversations import waking
from frontdesk.support.tickets.conversations.words import Words
from frontdesk.support.tickets.events import MessageAdded
from frontdesk.support.tickets.models import (
    Attachment,
    Channel,
    Conversation,
    Message,
    Participant,
    ServiceLevel,
    StateChange,
)


@dataclass(frozen=True)
class Speaker:
    """Who says something: a person, or only a name and an address."""

    person: UUID | None = None
    name: str = ""
    address: str = ""

    @classmethod
    def of(cls, person: Person | None) -> "Speaker":
        """Somebody with an account; nobody for None."""
        return cls(person.pk, person.shown_name[:100]) if person else cls()

    @classmethod
    def taking_part(cls, writer: Participant) -> "Speaker":
        """Somebody who takes part."""
        return cls(writer.person_id, writer.name, writer.address)


@dataclass(frozen=True)
class Line:
    """A message that is to be added."""

    kind: str
    channel: str
    words: Words
    speaker: Speaker = field(default_factory=Speaker)
    client_id: UUID = field(default_factory=uuid4)
    data: dict[str, Any] = field(default_factory=dict)
    at: datetime | None = None  # of a copy: when it was said


def lock(conversation: Conversation) -> Conversation:
    """The conversation's row, fresh and locked; of a merged one that of where it went.

    The lock of a merged row is given back at once (with its savepoint), so that nobody holds one row while they wait
    for another: merges, which need two, take them in the order of their ids.
    """
    wanted = conversation.pk
    while True:
        with transaction.atomic():
            row = Conversation.objects.select_for_update().get(pk=wanted)
            if row.merged_into_id is None:
                return row
            transaction.set_rollback(True)
        wanted = row.merged_into_id


def said_before(conversation: Conversation, client_id: UUID) -> Message | None:
    """What stands in the conversation under the sender's own number; asked under the lock, so that two at once see
    each other."""
    return Message.objects.filter(conversation=conversation, client_id=client_id).first()


def add(conversation: Conversation, line: Line) -> Message:
    """Add a message with the next sequence to the locked conversation, claim its files, and tell who listens."""
    now = clock.now()
    conversation.last_sequence += 1
    fields = ["last_sequence"]
    if line.kind != Message.Kind.EVENT:
        conversation.last_message_at = now
        fields.append("last_message_at")
    conversation.save(update_fields=fields)
    message = Message.objects.create(
        conversation=conversation,
        sequence=conversation.last_sequence,
        client_id=line.client_id,
        kind=line.kind,
        channel=line.channel,
        author_id=line.speaker.person,
        author_name=line.speaker.name[:100],
        author_address=line.speaker.address[:254],
        text=_storable(line.words.text),
        html=_storable(line.words.html),
        quoted=_storable(line.words.quoted),
        data=line.data,
        created_at=line.at or now,
    )
    files = [attachment.pk for attachment in line.words.attachments]
    if files:
        Attachment.objects.filter(pk__in=files, message=None).update(message=message)
    waking.said(message)
    events.publish(MessageAdded(conversation.pk, message.pk, message.sequence, message.kind))
    return message


def _storable(text: str) -> str:
    """PostgreSQL's texts hold everything but this one sign."""
    return text.replace("\0", "")


def event(
    conversation: Conversation,
    what: str,
    actor: Actor,
    data: dict[str, Any] | None = None,
    *,
    by: Speaker | None = None,
) -> Message:
    """Add a line about what happened to the locked conversation."""
    speaker = by or _speaker(actor)
    words = Words("")
    line = Line(Message.Kind.EVENT, Channel.DESK, words, speaker, data={"what": what, **(data or {})})
    return add(conversation, line)


def _speaker(actor: Actor) -> Speaker:
    person = Person.objects.filter(pk=actor.person).first() if actor.person else None
    return Speaker.of(person)


def change(
    conversation: Conversation, kind: StateChange.Kind, actor: Actor, *, level: ServiceLevel | None = None
) -> StateChange:
    """Write down what matters for response times."""
    return StateChange.objects.create(
        conversation=conversation, at=clock.now(), kind=kind, level=level, actor=actor.person
    )


def is_by_customer(actor: Actor) -> bool:
    """Whether the customer did it themselves."""
    return actor.kind == ActorKind.CUSTOMER
