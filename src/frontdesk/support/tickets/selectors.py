"""Reading conversations. Customers reach only theirs; missing and forbidden look alike."""

import hmac
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet

from frontdesk.accounts.models import Person
from frontdesk.accounts.tokens import token_hash
from frontdesk.support.tickets.errors import ConversationUnknown
from frontdesk.support.tickets.models import Conversation, Message, Participant

INTERNAL = (Message.Kind.NOTE, Message.Kind.EVENT)


def access_conversations(person: Person) -> QuerySet[Conversation]:
    """The conversations that this customer may read: theirs, and those a proved address of theirs takes part in."""
    proved = EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True)
    addresses = [address.lower() for address in proved]
    # Read first: with the keys at hand two indexes answer, and no list of all conversations is looked through.
    taking_part = list(Participant.objects.filter(address__in=addresses).values_list("conversation", flat=True))
    return Conversation.objects.filter(Q(person=person) | Q(pk__in=taking_part))


def access_conversation(person: Person, conversation_id: UUID) -> Conversation:
    """One of them; of a merged one where it went. Raises ConversationUnknown for another's as for none."""
    found = access_conversations(person).filter(pk=conversation_id).first()
    if found is None:
        raise ConversationUnknown
    current = arrived(found)
    if current != found and not _reaches(person, current):
        raise ConversationUnknown
    return current


def may_read(person: Person, conversation_id: UUID) -> bool:
    """Whether this customer may read a conversation, and where it went when it was merged."""
    try:
        access_conversation(person, conversation_id)
    except ConversationUnknown:
        return False
    return True


def _reaches(person: Person, conversation: Conversation) -> bool:
    """Whether a conversation is theirs, or they take part in it themselves."""
    reached = access_conversations(person).filter(pk=conversation.pk)
    return reached.exists() or Participant.objects.filter(conversation=conversation, person=person).exists()


def access_as_guest(conversation_id: UUID, secret: str) -> Conversation:
    """The conversation whose mailed link carries this secret; of a merged one where it went. Raises
    ConversationUnknown."""
    return guest(conversation_id, secret).conversation


def guest(conversation_id: UUID, secret: str) -> Participant:
    """Who holds the link with this secret; of a merged conversation, as they take part where it went. Raises
    ConversationUnknown, also when they were taken out there."""
    rows = Participant.objects.filter(conversation=conversation_id, access_hash__isnull=False)
    given = access_hash(secret)
    for row in rows.select_related("conversation").order_by("pk"):
        if hmac.compare_digest(bytes(row.access_hash or b""), given):
            return as_in(arrived(row.conversation), row)
    raise ConversationUnknown


def as_in(conversation: Conversation, participant: Participant) -> Participant:
    """Somebody as they take part in the conversation that theirs was merged into: who is on its own list decides, so
    that nobody comes back who was taken out there. Raises ConversationUnknown."""
    if participant.conversation_id == conversation.pk:
        return participant
    rows = Participant.objects.filter(conversation=conversation).select_related("conversation")
    found = rows.filter(address=participant.address).first()
    if found is None and participant.person_id:
        found = rows.filter(person=participant.person_id).order_by("pk").first()
    if found is None:
        raise ConversationUnknown
    return found


def access_hash(secret: str) -> bytes:
    """What is kept of the secret in a guest's link."""
    return bytes.fromhex(token_hash(secret))


def arrived(conversation: Conversation) -> Conversation:
    """Where a conversation lives on: itself, unless it was merged."""
    while conversation.merged_into is not None:
        conversation = conversation.merged_into
    return conversation


def public_messages(conversation: Conversation) -> QuerySet[Message]:
    """What the customer sees of it, in order, with attachments."""
    shown = Message.objects.filter(conversation=conversation).exclude(kind__in=INTERNAL)
    return shown.order_by("sequence").prefetch_related("attachments")
