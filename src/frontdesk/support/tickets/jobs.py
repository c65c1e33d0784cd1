"""What the worker does for conversations. They only sweep rows that carry their own moment."""

from procrastinate.contrib.django import app

from frontdesk.support.tickets.routing import giving
from frontdesk.support.tickets.sla import sweeping


@app.periodic(cron="* * * * * */20")
@app.task(name="tickets.sweep_levels", queueing_lock="tickets.sweep_levels")
def sweep_levels(timestamp: int = 0) -> int:
    """Look at what time brought: deadlines that are near or passed, moments of rules."""
    return sweeping.sweep()


@app.periodic(cron="* * * * * */10")
@app.task(name="tickets.give_waiting", queueing_lock="tickets.give_waiting")
def give_waiting(timestamp: int = 0) -> int:
    """Give what waits unassigned to whoever is there by now."""
    return giving.give_waiting()
