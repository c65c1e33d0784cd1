"""Notes that name a colleague, until they have seen them."""

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.support.tickets.models import Conversation, Mention, Message


def see(person: Person, conversation: Conversation) -> int:
    """The person reads the conversation now; returns how many mentions of them were new."""
    rows = Mention.objects.filter(person=person, message__conversation=conversation, seen_at=None)
    return rows.update(seen_at=clock.now())


def bring_along(*, source: Conversation, target: Conversation) -> None:
    """Notes of a merged conversation stand in the other now: whoever they name finds and clears them there."""
    for mention in Mention.objects.filter(message__conversation=source).select_related("message"):
        there = Message.objects.filter(conversation=target, client_id=mention.message.client_id).first()
        if there is None:
            continue
        if Mention.objects.filter(message=there, person=mention.person_id).exists():
            mention.delete()
        else:
            mention.message = there
            mention.save(update_fields=["message"])
