"""Reading chats. Customers reach only theirs; missing and forbidden look alike."""

from uuid import UUID

from django.db.models import QuerySet

from frontdesk.accounts.models import Person
from frontdesk.support.chat.errors import ChatUnknown
from frontdesk.support.chat.models import Chat, Visitor
from frontdesk.support.tickets.models import Message, Participant
from frontdesk.support.tickets.selectors import arrived, as_in

ON = (Chat.State.WAITING, Chat.State.ACTIVE)


def access_chats(owner: Person | Visitor) -> QuerySet[Chat]:
    """The chats of a person, or of a guest: those begun from the address that they proved, on whichever device."""
    rows = Chat.objects.select_related("conversation", "agent", "visitor")
    if isinstance(owner, Person):
        return rows.filter(conversation__person=owner)
    return rows.filter(visitor__address=owner.address) if owner.proved_at else rows.none()


def access(owner: Person | Visitor, number: UUID) -> Chat:
    """One of them. Raises ChatUnknown for another's as for none."""
    found = access_chats(owner).filter(pk=number).first()
    if found is None:
        raise ChatUnknown
    return found


def on_of(owner: Person | Visitor) -> Chat | None:
    """The chat that is on."""
    return access_chats(owner).filter(state__in=ON).order_by("-began_at").first()


def begun_by(owner: Person | Visitor, client_id: UUID) -> Chat | None:
    """The chat that this very post began."""
    said = Message.objects.filter(client_id=client_id, kind=Message.Kind.CUSTOMER).values_list(
        "conversation", flat=True
    )
    return access_chats(owner).filter(pk__in=list(said)).first()


def writer(chat: Chat) -> Participant:
    """The customer as they take part, for what they say and read. Raises ChatUnknown once they were taken out."""
    role = Participant.Role.REQUESTER
    found = Participant.objects.filter(conversation=chat.pk, role=role).select_related("conversation").first()
    if found is None:
        raise ChatUnknown
    return as_in(arrived(found.conversation), found)
