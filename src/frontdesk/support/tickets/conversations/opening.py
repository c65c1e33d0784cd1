"""Opening a conversation, whatever the door."""

import base64
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from allauth.account.models import EmailAddress
from django.db import connection, transaction
from django.utils import translation

from frontdesk.accounts.messages.sending import new_reference
from frontdesk.accounts.models import Person
from frontdesk.catalog.models import Product
from frontdesk.core import clock, events
from frontdesk.core.actors import Actor
from frontdesk.support.tickets.actors import note
from frontdesk.support.tickets.conversations import adding, consequences
from frontdesk.support.tickets.conversations.adding import Line, Speaker
from frontdesk.support.tickets.conversations.saying import Words
from frontdesk.support.tickets.events import ConversationOpened
from frontdesk.support.tickets.mail.outgoing import sending
from frontdesk.support.tickets.models import Area, Channel, Conversation, Message, Participant, StateChange

SUBJECT = 200
COPIES = 20  # addresses beside the requester's: more is a list, not a conversation


@dataclass(frozen=True)
class Requester:
    """Who asks. `person` when they are known; `is_proved` when the address was shown to be theirs."""

    address: str
    name: str = ""
    person: Person | None = None
    language: str = ""
    is_proved: bool = False


@dataclass(frozen=True)
class Matter:
    """What it is about, as far as the door knows. `license` and `activation` are numbers of licensing's."""

    area: Area | None = None
    product: Product | None = None
    license: UUID | None = None
    activation: UUID | None = None
    reason_code: str = ""
    plan_name: str = ""


@dataclass(frozen=True)
class Opening:
    """Everything a new conversation begins with. `copies` are addresses that get what the requester gets; `data` is
    what the door knows of the first message (`authentication` of a mail); `wants_receipt` is False for what was written
    long ago; `at` is when it reached us, where that was before now. `in_chat`: both sides are there, so that nothing is
    mailed until they leave the chat."""

    requester: Requester
    subject: str
    words: Words
    channel: str
    matter: Matter = field(default_factory=Matter)
    copies: Sequence[str] = ()
    client_id: UUID = field(default_factory=uuid4)
    continues: Conversation | None = None
    data: Mapping[str, str] = field(default_factory=dict)
    wants_receipt: bool = True
    in_chat: bool = False
    at: datetime | None = None


@transaction.atomic
def open_conversation(*, actor: Actor, opening: Opening) -> Conversation:
    """Open it with its first message, give it to a team and an agent, promise a time, and send the receipt by mail.

    Posting the same `client_id` of the same requester twice opens it once; a form with other words raises SentAlready.
    Publishes ConversationOpened (fulfilment sets the service level in the same transaction) and MessageAdded.
    """
    person = _person_of(opening.requester)
    if found := _opened_before(opening, person):
        if opening.channel != Channel.MAIL:  # a mail has its own number, and is perhaps read otherwise when replayed
            adding.same_said_before(found, Message.Kind.CUSTOMER, opening.words, opening.client_id)
        return found
    conversation = begin(opening, person)
    _take_part(conversation, opening, person)
    speaker = Speaker(person.pk if person else None, _name(opening.requester, person), _address(opening.requester))
    data = dict(opening.data)
    line = Line(Message.Kind.CUSTOMER, opening.channel, opening.words, speaker, opening.client_id, data, opening.at)
    announce(conversation, actor)
    message = adding.add(conversation, line)
    note(actor, "conversation.opened", conversation, {"channel": opening.channel})
    conversation.refresh_from_db()
    consequences.opened(conversation, message)
    if opening.wants_receipt and not opening.in_chat:
        sending.send_receipt(conversation, message)
    return conversation


def announce(conversation: Conversation, actor: Actor) -> None:
    """Say that it began, be it before now: to the service level's arithmetic, and to who listens."""
    adding.change(conversation, StateChange.Kind.OPENED, actor, at=conversation.created_at)
    events.publish(ConversationOpened(conversation.pk, conversation.person_id))


def begin(opening: Opening, person: Person | None) -> Conversation:
    """The row of a new conversation."""
    now, matter = opening.at or clock.now(), opening.matter
    area = matter.area or Area.objects.filter(reason_codes__contains=[matter.reason_code]).first()
    language = (person.language if person else "") or opening.requester.language or translation.get_language() or ""
    return Conversation.objects.create(
        **fresh_names(),
        subject=_line(opening.subject)[:SUBJECT],
        channel=opening.channel,
        person=person,
        language=language[:10],
        area=area,
        product=matter.product,
        license=matter.license,
        activation=matter.activation,
        reason_code=matter.reason_code[:80],
        plan_name=matter.plan_name[:200],
        team=area.team if area else None,
        created_at=now,
        last_message_at=now,
        last_customer_at=now,
        continues=opening.continues,
        in_chat=opening.in_chat,
    )


def fresh_names() -> dict[str, str]:
    """What a new conversation is called by: the reference for people, the token in the address for replies."""
    return {"reference": _new_reference(), "reply_token": _new_reply_token()}


def _new_reply_token() -> str:
    """128 random bits in letters that survive a mail server's lower case."""
    return base64.b32encode(os.urandom(16)).decode().rstrip("=").lower()


def _new_reference() -> str:
    """What people quote. Forty-five random bits meet another's rarely; never twice in a row."""
    while True:
        reference = new_reference()
        if not Conversation.objects.filter(reference=reference).exists():
            return reference


def _opened_before(opening: Opening, person: Person | None) -> Conversation | None:
    """The conversation that this very post opened. Two at once wait for each other here."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"opening {opening.client_id}"])
    posted = Conversation.objects.filter(
        messages__client_id=opening.client_id, messages__kind=Message.Kind.CUSTOMER
    ).order_by("created_at")
    # One after the other, since each has an index, and both at once would read every conversation.
    found = posted.filter(participants__address=_address(opening.requester)).first()
    return found or (posted.filter(person=person).first() if person else None)


def _person_of(requester: Requester) -> Person | None:
    """Who it is: as the door says, or whose confirmed address it is when the door proved that it is theirs."""
    if requester.person or not requester.is_proved:
        return requester.person
    owned = EmailAddress.objects.filter(email__iexact=requester.address.strip(), verified=True)
    return Person.objects.filter(pk__in=owned.values("user"), is_active=True).first()


def _take_part(conversation: Conversation, opening: Opening, person: Person | None) -> None:
    requester, address = opening.requester, _address(opening.requester)
    Participant.objects.create(
        conversation=conversation,
        address=address,
        name=_name(requester, person),
        person=person,
        proved_at=clock.now() if requester.is_proved else None,
    )
    others = dict.fromkeys(copy.strip().lower() for copy in opening.copies)
    Participant.objects.bulk_create(
        Participant(conversation=conversation, address=copy, role=Participant.Role.COPY)
        for copy in list(others)[:COPIES]
        if copy and copy != address and len(copy) <= 254
    )


def _address(requester: Requester) -> str:
    return requester.address.strip().lower()[:254]


def _name(requester: Requester, person: Person | None) -> str:
    return _line(requester.name or (person.name if person else ""))[:100]


def _line(text: str) -> str:
    return " ".join(adding.UNKEPT.sub("", text).split())
