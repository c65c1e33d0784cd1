"""What customers have read of their conversations, and what is new to them."""

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef, Q, QuerySet

from frontdesk.accounts.models import Person
from frontdesk.support.tickets.models import Conversation, Message, Participant
from frontdesk.support.tickets.selectors import access_conversations

PUBLIC = (Message.Kind.CUSTOMER, Message.Kind.AGENT, Message.Kind.AUTOMATIC)
# Answers of ours; what their own mailbox answered by itself is not (`Message.is_theirs`).
OURS = Q(kind=Message.Kind.AGENT) | Q(kind=Message.Kind.AUTOMATIC) & ~Q(data__has_key="received")
# Answers that are worth coming for: not what a chat says by itself (that nobody is there, say).
ANSWERS = OURS & ~Q(data__has_key="chat")
HIDDEN = (Conversation.Status.SPAM, Conversation.Status.MERGED)


def participant_of(person: Person, conversation: Conversation) -> Participant:
    """How a customer takes part in a conversation that they may read; whoever does not yet does from now on."""
    proved = EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True)
    mine = {person.email.lower(), *(address.lower() for address in proved)}
    rows = list(Participant.objects.filter(conversation=conversation).order_by("pk"))
    found = next((row for row in rows if row.person_id == person.pk), None)
    found = found or next((row for row in rows if row.address in mine), None)
    if found is not None:
        return found
    row, _made = Participant.objects.get_or_create(
        conversation=conversation,
        address=person.email.lower(),
        defaults={"role": Participant.Role.COPY, "name": person.name, "person": person},
    )
    return row


def mark_read(participant: Participant, sequence: int) -> None:
    """They have seen everything up to this message."""
    Participant.objects.filter(pk=participant.pk, last_read_sequence__lt=sequence).update(last_read_sequence=sequence)


def count_new(participant: Participant) -> int:
    """How many answers of ours they have not seen."""
    new = Message.objects.filter(OURS, conversation=participant.conversation_id)
    return new.filter(sequence__gt=participant.last_read_sequence).count()


def listed(person: Person) -> QuerySet[Conversation]:
    """A customer's conversations with `is_unread`, those with the newest message in front."""
    return _shown(person).annotate(is_unread=_unread(person))


def unread(person: Person) -> QuerySet[Conversation]:
    """This customer's own with an answer of ours that they have not seen; in one query, for pages that show much."""
    own = Conversation.objects.filter(person=person).exclude(status__in=HIDDEN)
    return own.filter(_unread(person)).order_by("-last_message_at", "-pk")


def _shown(person: Person) -> QuerySet[Conversation]:
    return access_conversations(person).exclude(status__in=HIDDEN).order_by("-last_message_at", "-pk")


def _unread(person: Person) -> Exists:
    new = Message.objects.filter(
        ANSWERS, conversation=OuterRef(OuterRef("pk")), sequence__gt=OuterRef("last_read_sequence")
    )
    return Exists(Participant.objects.filter(Exists(new), conversation=OuterRef("pk"), person=person))
