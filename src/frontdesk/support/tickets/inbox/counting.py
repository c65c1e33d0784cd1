"""How much waits in each view: three small queries, whatever lies in the archive."""

from datetime import datetime

from django.db.models import Count, Value

from frontdesk.accounts.models import Person
from frontdesk.support.tickets.inbox.selecting import LIVE, in_view, mentions_of, reminders_of
from frontdesk.support.tickets.models import Conversation

COUNTED = ("mine", "unassigned", "teams", "waiting", "snoozed", "due")


def counts(agent: Person, *, now: datetime) -> dict[str, int]:
    """The numbers beside the views; solved, spam and all have none."""
    live = Conversation.objects.filter(status__in=LIVE)
    found = live.aggregate(**{view: Count("pk", filter=in_view(view, agent, now)) for view in COUNTED})
    mentions = mentions_of(agent).filter(seen_at=None).order_by().values(view=Value("mentions"))
    reminders = reminders_of(agent, now).order_by().values(view=Value("reminders"))
    told = mentions.annotate(n=Count("pk")).union(reminders.annotate(n=Count("pk")), all=True)
    return found | {row["view"]: row["n"] for row in told}
