"""What time brings to the community, in one place: what the worker sweeps, and what a demo that travels stops for."""

from datetime import datetime

from frontdesk.support.forum import escalating
from frontdesk.support.forum.notifying import digesting, mailing


def next_moment() -> datetime | None:
    """The earliest moment at which anything is due; None when nothing ever is."""
    found = [escalating.next_moment(), digesting.next_moment()]
    return min((moment for moment in found if moment), default=None)


def sweep() -> int:
    """Do everything that is due, once; returns how much that was."""
    return escalating.sweep() + digesting.send_due() + mailing.send_due()
