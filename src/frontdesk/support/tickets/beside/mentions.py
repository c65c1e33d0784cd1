"""Notes that name a colleague, until they have seen them."""

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.support.tickets.models import Conversation, Mention


def see(person: Person, conversation: Conversation) -> int:
    """The person reads the conversation now; returns how many mentions of them were new."""
    rows = Mention.objects.filter(person=person, message__conversation=conversation, seen_at=None)
    return rows.update(seen_at=clock.now())
