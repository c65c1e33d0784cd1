"""Reading chats. Customers reach only theirs; missing and forbidden look alike."""

from datetime import timedelta
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.support.chat import visitors
from frontdesk.support.chat.errors import ChatUnknown
from frontdesk.support.chat.models import Chat, Visitor
from frontdesk.support.tickets import reading
from frontdesk.support.tickets.models import Message, Participant
from frontdesk.support.tickets.selectors import arrived, as_in

ON = (Chat.State.WAITING, Chat.State.ACTIVE)
TOLD_FOR = timedelta(days=1)  # so long the end of a chat is shown to who was elsewhere; then its transcript has to do


def access_chats(owner: Person | Visitor) -> QuerySet[Chat]:
    """The chats of a person, or of a guest: those begun from the address that they proved, on whichever device.

    Of a guest's none that ended longer ago than their proof lasts: by then the mailbox may be another's.
    """
    rows = Chat.objects.select_related("conversation", "agent", "visitor")
    if isinstance(owner, Person):
        return rows.filter(conversation__person=owner)
    lately = Q(ended_at=None) | Q(ended_at__gt=clock.now() - visitors.LASTS)
    return rows.filter(lately, visitor__address=owner.address) if owner.proved_at else rows.none()


def begun_as_guest(person: Person) -> QuerySet[Chat]:
    """What a person began as a guest from an address of their account's, before there was the account."""
    proved = EmailAddress.objects.filter(user=person, verified=True).values_list(Lower("email"))
    asked = Participant.objects.filter(
        address__in=proved, role=Participant.Role.REQUESTER, proved_at__isnull=False, conversation__person=None
    )
    rows = Chat.objects.select_related("conversation", "agent", "visitor")
    return rows.filter(pk__in=list(asked.values_list("conversation", flat=True)))


def access(owner: Person | Visitor, number: UUID) -> Chat:
    """One of them, or of those begun as a guest. Raises ChatUnknown for another's as for none."""
    found = _first(owner, pk=number)
    if found is None:
        raise ChatUnknown
    return found


def on_of(owner: Person | Visitor) -> Chat | None:
    """The chat that is on."""
    return _first(owner, state__in=ON)


def missed_by(owner: Person | Visitor) -> Chat | None:
    """Their newest chat, where it ended lately and they have neither read our last words in it nor rated it."""
    found = _first(owner)
    if found is None or found.ended_at is None or found.ended_at <= clock.now() - TOLD_FOR:
        return None
    try:
        customer = writer(found)
    except ChatUnknown:
        return None
    is_rated = customer.conversation.surveys.filter(answered_at__isnull=False).exists()
    return found if not is_rated and reading.count_new(customer) else None


def _first(owner: Person | Visitor, **wanted: object) -> Chat | None:
    """The newest of theirs; of those begun as a guest only where there is none."""
    found = access_chats(owner).filter(**wanted).order_by("-began_at").first()
    if found is None and isinstance(owner, Person):
        found = begun_as_guest(owner).filter(**wanted).order_by("-began_at").first()
    return found


def begun_by(owner: Person | Visitor, client_id: UUID) -> Chat | None:
    """The chat that this very post began."""
    said = Message.objects.filter(client_id=client_id, kind=Message.Kind.CUSTOMER).values_list(
        "conversation", flat=True
    )
    return _first(owner, pk__in=list(said))


def writer(chat: Chat) -> Participant:
    """The customer as they take part, for what they say and read. Raises ChatUnknown once they were taken out."""
    role = Participant.Role.REQUESTER
    found = Participant.objects.filter(conversation=chat.pk, role=role).select_related("conversation").first()
    if found is None:
        raise ChatUnknown
    return as_in(arrived(found.conversation), found)
