"""Somebody leaves the staff: what they had goes to others, so that no customer waits for an answer of nobody's.

Whoever takes their role away only says so: the worker takes their conversations off them, each in a transaction of its
own, so that one that fails keeps neither the role nor the other conversations where they are.
"""

from uuid import UUID

from django.db import transaction

from frontdesk.accounts.events import StaffLeft
from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.core import outbox
from frontdesk.core.actors import Actor
from frontdesk.core.outbox import Delivery
from frontdesk.support.tickets.conversations import adding, consequences, turns
from frontdesk.support.tickets.models import Conversation

LEFT = Actor.system("left the staff")  # nobody gave it back, so the choice leaves nobody out
LIVE = (Conversation.Status.OPEN, Conversation.Status.WAITING)
TOPIC = "tickets.left"


def left(event: StaffLeft) -> None:
    """Ask, in the caller's transaction, that what they have be given anew."""
    outbox.put(topic=TOPIC, payload={"person": str(event.person)})


def deliver(delivery: Delivery) -> None:
    """One step of the worker's: which conversations they have, each a message of its own, or one of these."""
    gone = Person.objects.filter(pk=delivery.payload["person"]).first()
    if gone is None or gone.has_role(Role.AGENT):
        return  # erased, or back again
    if "conversation" in delivery.payload:
        release(gone, UUID(delivery.payload["conversation"]))
        return
    theirs = Conversation.objects.filter(assignee=gone, status__in=LIVE).order_by("pk")
    for key in theirs.values_list("pk", flat=True):
        outbox.put(topic=TOPIC, payload={"person": str(gone.pk), "conversation": str(key)})


@transaction.atomic
def release(gone: Person, key: UUID) -> None:
    """Take a live conversation off them, with a line that says so, and give it anew when it is our turn. What is solved
    counts as nobody's once it is reopened."""
    conversation = Conversation.objects.filter(pk=key).first()
    if conversation is None:
        return
    current = adding.lock(conversation)
    if current.assignee_id == gone.pk and current.is_live:
        turns.release(current, LEFT, gone)
        consequences.turned(current)
