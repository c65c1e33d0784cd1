"""What time brings: what was solved long ago is closed, what was put off comes back. The worker's sweeps."""

from django.db import transaction

from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.support.tickets.actors import note
from frontdesk.support.tickets.conversations import adding, consequences, turns
from frontdesk.support.tickets.models import Conversation

SWEEP = Actor.system("sweep")
Status = Conversation.Status


def close_old(*, limit: int = 1_000) -> int:
    """Close what was solved 14 days ago; returns how many. The worker's sweep."""
    due = clock.now() - turns.REOPENS_FOR
    found = Conversation.objects.filter(status=Status.SOLVED, solved_at__lte=due).order_by("solved_at")
    return sum(_close(each) for each in found[:limit])


@transaction.atomic
def _close(conversation: Conversation) -> bool:
    current = _free(conversation)
    if current is None or current.status != Status.SOLVED or not turns.is_closed(current, clock.now()):
        return False
    turns.to_closed(current, SWEEP)
    note(SWEEP, "conversation.closed", current)
    consequences.turned(current)
    return True


def wake_snoozed(*, limit: int = 1_000) -> int:
    """Bring back what was put off until now; returns how many. The worker's sweep."""
    found = Conversation.objects.filter(snoozed_until__lte=clock.now()).order_by("snoozed_until")
    return sum(_wake(each) for each in found[:limit])


@transaction.atomic
def _wake(conversation: Conversation) -> bool:
    current = _free(conversation)
    if current is None or current.snoozed_until is None or current.snoozed_until > clock.now():
        return False
    current.snoozed_until = None
    current.save(update_fields=["snoozed_until"])
    adding.event(current, "unsnoozed", SWEEP)
    if current.status == Status.WAITING:
        turns.to_open(current, SWEEP)
    consequences.turned(current)
    return True


def _free(conversation: Conversation) -> Conversation | None:
    """The row, locked; None when somebody else works on it: the next sweep comes soon."""
    return Conversation.objects.select_for_update(skip_locked=True).filter(pk=conversation.pk).first()
