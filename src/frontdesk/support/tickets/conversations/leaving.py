"""Somebody leaves the staff: what they had goes to others, so that no customer waits for an answer of nobody's."""

from django.db import transaction

from frontdesk.accounts.events import StaffLeft
from frontdesk.accounts.models import Person
from frontdesk.core.actors import Actor
from frontdesk.support.tickets.conversations import adding, consequences, turns
from frontdesk.support.tickets.models import Conversation

LEFT = Actor.system("left the staff")  # nobody gave it back, so the choice leaves nobody out
LIVE = (Conversation.Status.OPEN, Conversation.Status.WAITING)


@transaction.atomic
def release(event: StaffLeft) -> None:
    """Take their live conversations off them, each with a line that says so, and give anew what is our turn. What is
    solved counts as nobody's once it is reopened."""
    gone = Person.objects.get(pk=event.person)
    theirs = Conversation.objects.filter(assignee=gone, status__in=LIVE).order_by("pk")
    for conversation in theirs:
        current = adding.lock(conversation)
        if current.assignee_id == gone.pk and current.is_live:
            turns.release(current, LEFT, gone)
            consequences.turned(current)
