"""Trying a rule on last month's conversations before it may be switched on; nothing is changed by it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from frontdesk.core import clock
from frontdesk.support.tickets.models import Conversation, Rule, StateChange
from frontdesk.support.tickets.rules import vocabulary

MONTH = timedelta(days=30)
SHOWN = 20
Trigger = Rule.Trigger
Kind = StateChange.Kind
KINDS = {
    Trigger.OPENED: Kind.OPENED,
    Trigger.CUSTOMER_WROTE: Kind.CUSTOMER_WROTE,
    Trigger.ANSWERED: Kind.ANSWERED,
    Trigger.SOLVED: Kind.SOLVED,
    Trigger.REOPENED: Kind.REOPENED,
}
ENDS_WAITING = (Kind.ANSWERED, Kind.WAITING, Kind.SOLVED, Kind.CLOSED, Kind.MERGED, Kind.SPAM)


@dataclass(frozen=True)
class Trial:
    """What a rule would have done: how many of last month's conversations it looked at, how many and which matched.

    `matched` are the newest of them; conditions are asked of the conversations as they are now.
    """

    looked_at: int
    count: int
    matched: list[UUID]


def try_out(rule: Rule) -> Trial:
    """Hold an unsaved rule against the conversations of the last 30 days; changes nothing."""
    rows = Conversation.objects.filter(_woken(rule, clock.now() - MONTH)).exclude(status=Conversation.Status.SPAM)
    rows = rows.order_by()
    looked_at = rows.count()
    found = rows.filter(vocabulary.query(rule.conditions))
    newest = found.order_by("-created_at", "-id").values_list("pk", flat=True)[:SHOWN]
    return Trial(looked_at, found.count(), list(newest))


def _woken(rule: Rule, since: datetime) -> Q:
    """The conversations at which the trigger made the rule look."""
    if kind := KINDS.get(Trigger(rule.trigger)):
        return Q(pk__in=_changes(since).filter(kind=kind).values("conversation"))
    if rule.trigger == Trigger.UNANSWERED:
        return Q(pk__in=_waited_longer(since, timedelta(minutes=rule.minutes or 0)))
    # By when it was due is not kept once it is answered: what was missed stands for what was due soon, too.
    return Q(Q(first_met=False) | Q(next_met=False), last_message_at__gte=since)


def _changes(since: datetime) -> QuerySet[StateChange]:
    return StateChange.objects.filter(at__gte=since)


def _waited_longer(since: datetime, minutes: timedelta) -> QuerySet[StateChange, object]:
    ended = StateChange.objects.filter(
        conversation=OuterRef("conversation"),
        kind__in=ENDS_WAITING,
        at__gte=OuterRef("at"),
        at__lt=OuterRef("at") + minutes,
    )
    asked = _changes(since).filter(kind__in=(Kind.OPENED, Kind.CUSTOMER_WROTE), at__lte=clock.now() - minutes)
    return asked.filter(~Exists(ended)).annotate(found=F("conversation")).values("found")
