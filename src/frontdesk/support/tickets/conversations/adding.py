"""What all verbs are made of: the locked row, the next sequence, what matters for times. No rules stand here."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from frontdesk.accounts.models import Person
from frontdesk.core import clock, events
from frontdesk.core.actors import Actor, ActorKind
from frontdesk.support.tickets.conversations import waking
from frontdesk.support.tickets.conversations.words import Words
from frontdesk.support.tickets.errors import SentAlready
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
from frontdesk.support.tickets.rules import running

UNKEPT = re.compile("[\0\u202a-\u202e\u2066-\u2069]")


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


def same_said_before(conversation: Conversation, kind: str, words: Words, client_id: UUID) -> Message | None:
    """What stands in the conversation under the sender's own number, when it is what they send now.

    Raises SentAlready when it is something else: a form that was sent, changed by somebody who went back, and sent once
    more. Of what was blacked out nobody knows what it said.
    """
    found = said_before(conversation, client_id)
    if found is None or found.redacted_at:
        return found
    if found.kind != kind or _seen(found.text) != _seen(words.text) or _brings_more(found, words):
        raise SentAlready(sequence=found.sequence)
    return found


def _seen(text: str) -> str:
    """A text as it is compared: browsers differ in line breaks."""
    return " ".join(_storable(text).split())


def _brings_more(message: Message, words: Words) -> bool:
    """Whether there is a file that the message has not: what it has may have been uploaded twice."""
    sent = set(message.attachments.values_list("sha256", flat=True)) if words.attachments else set()
    return any(each.sha256 not in sent for each in words.attachments)


def add(conversation: Conversation, line: Line) -> Message:
    """Add a message with the next sequence to the locked conversation, claim its files, and tell who listens."""
    now = clock.now()
    conversation.last_sequence = _next_sequence(conversation)
    if line.kind != Message.Kind.EVENT:
        conversation.last_message_at = now
        conversation.save(update_fields=["last_message_at"])
    message = Message.objects.create(
        conversation=conversation,
        sequence=conversation.last_sequence,
        client_id=line.client_id,
        kind=line.kind,
        channel=line.channel,
        author_id=line.speaker.person,
        author_name=_storable(line.speaker.name)[:100],
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
    said = MessageAdded(conversation.pk, message.pk, message.sequence, message.kind, in_chat=conversation.in_chat)
    events.publish(said)
    return message


def _next_sequence(conversation: Conversation) -> int:
    """Taken in the database: what reacts to a verb may have added lines by another instance of the locked row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update tickets_conversation set last_sequence = last_sequence + 1 where id = %s returning last_sequence",
            [conversation.pk],
        )
        (sequence,) = cursor.fetchone()
    return int(sequence)


def _storable(text: str) -> str:
    """Without the sign that PostgreSQL's texts cannot hold, and those that turn the reading direction of what stands
    around them: pages and mails show words in the direction that they have."""
    return UNKEPT.sub("", text)


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
    if rule := running.acting_rule(actor):
        data = {"rule": rule, **(data or {})}
    line = Line(Message.Kind.EVENT, Channel.DESK, words, speaker, data={"what": what, **(data or {})})
    return add(conversation, line)


def _speaker(actor: Actor) -> Speaker:
    person = Person.objects.filter(pk=actor.person).first() if actor.person else None
    return Speaker.of(person)


def change(
    conversation: Conversation,
    kind: StateChange.Kind,
    actor: Actor,
    *,
    level: ServiceLevel | None = None,
    at: datetime | None = None,
) -> StateChange:
    """Write down what matters for response times; `at` is when it happened, where that was before now."""
    return StateChange.objects.create(
        conversation=conversation, at=at or clock.now(), kind=kind, level=level, actor=actor.person
    )


def is_by_customer(actor: Actor) -> bool:
    """Whether the customer did it themselves."""
    return actor.kind == ActorKind.CUSTOMER
