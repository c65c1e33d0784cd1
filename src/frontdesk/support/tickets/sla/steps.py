"""When time itself will do something to a conversation next: a deadline, a rule's moment, a skill that relaxes."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from frontdesk.support.tickets.models import Conversation, Rule
from frontdesk.support.tickets.sla.book import Change, Clock
from frontdesk.support.tickets.sla.loading import waits_since

ANSWERS = ("first", "next")
TIMED = (Rule.Trigger.UNANSWERED, Rule.Trigger.DUE_SOON)
Moments = Mapping[str, Sequence[int]]  # of each timed trigger, the minutes that rules ask for


def next_step(conversation: Conversation, clocks: Mapping[str, Clock], changes: Sequence[Change]) -> datetime | None:
    """The first moment since the sweep's last look at which there is something to do; None when there is none."""
    since = conversation.looked_at or conversation.created_at
    moments = _moments(conversation, clocks, waits_since(changes))
    return min((moment for moment in moments if moment >= since), default=None)


def _moments(
    conversation: Conversation, clocks: Mapping[str, Clock], waiting_since: datetime | None
) -> Iterator[datetime]:
    if waiting_since and (moment := relaxes_at(conversation, waiting_since)):
        yield moment
    yield from (each.due_at for each in clocks.values() if each.due_at)
    minutes = timed_minutes()
    for target in ANSWERS:
        if due_at := clocks[target].due_at:
            yield from (due_at - timedelta(minutes=each) for each in minutes[Rule.Trigger.DUE_SOON])
    if waiting_since:
        yield from (waiting_since + timedelta(minutes=each) for each in minutes[Rule.Trigger.UNANSWERED])


def relaxes_at(conversation: Conversation, waiting_since: datetime) -> datetime | None:
    """When the skill of its area is asked for no more, while nobody has it."""
    area = conversation.area
    if conversation.assignee_id or area is None or area.skill_id is None:
        return None
    return waiting_since + timedelta(minutes=area.relax_minutes)


def timed_minutes() -> dict[str, list[int]]:
    """The minutes that the rules which are on ask for, by trigger."""
    rows = Rule.objects.filter(is_on=True, trigger__in=TIMED, minutes__isnull=False)
    found = rows.values_list("trigger", "minutes").distinct()
    return {trigger: [minutes for kind, minutes in found if kind == trigger and minutes] for trigger in TIMED}
