"""What time brings to conversations, in one place: what the worker sweeps, and what a demo that travels stops for."""

from datetime import datetime

from frontdesk.support.tickets import following
from frontdesk.support.tickets.conversations import sweeping as conversations
from frontdesk.support.tickets.conversations.turns import REOPENS_FOR
from frontdesk.support.tickets.models import Conversation
from frontdesk.support.tickets.sla import sweeping as levels


def next_moment() -> datetime | None:
    """The earliest moment at which anything is due; past when something waits already, None when nothing ever is."""
    snoozed = Conversation.objects.filter(snoozed_until__isnull=False).order_by("snoozed_until")
    solved = Conversation.objects.filter(status=Conversation.Status.SOLVED).order_by("solved_at")
    closes = solved.values_list("solved_at", flat=True).first()
    found = [
        levels.next_moment(),
        snoozed.values_list("snoozed_until", flat=True).first(),
        following.waiting().values_list("due_at", flat=True).first(),
        closes + REOPENS_FOR if closes else None,
    ]
    return min((moment for moment in found if moment), default=None)


def sweep() -> int:
    """Do everything that is due, once; returns how much that was."""
    return levels.sweep() + conversations.wake_snoozed() + following.send_due() + conversations.close_old()
