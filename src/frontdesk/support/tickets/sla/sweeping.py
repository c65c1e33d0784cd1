"""What time brings to conversations: deadlines that pass, skills that relax, moments of rules.

Each conversation is looked at in a transaction of its own, under its row's lock, which others skip. `looked_at` says
until when time was seen, in the same transaction as what it did: a crash leaves both or neither.
"""

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from frontdesk.core import clock
from frontdesk.support.tickets.models import Conversation, Rule
from frontdesk.support.tickets.phrases import TARGETS
from frontdesk.support.tickets.routing import giving
from frontdesk.support.tickets.rules import running
from frontdesk.support.tickets.sla import escalating
from frontdesk.support.tickets.sla.keeping import refresh
from frontdesk.support.tickets.sla.loading import changes_of, waits_since
from frontdesk.support.tickets.sla.steps import timed_minutes

log = structlog.get_logger(__name__)
AGAIN = timedelta(minutes=10)  # after a look that failed
MINUTE = timedelta(minutes=1)


def sweep(*, limit: int = 1_000) -> int:
    """Look at conversations whose `next_step_at` has passed: warn, escalate, wake rules; returns how many."""
    looked = 0
    while looked < limit and _look_at_one():
        looked += 1
    return looked


def next_moment() -> datetime | None:
    """When the sweep has something to do next."""
    rows = Conversation.objects.filter(next_step_at__isnull=False).order_by("next_step_at")
    return rows.values_list("next_step_at", flat=True).first()


def look_again_at_all() -> int:
    """Something changed that all deadlines hang on (a calendar, a promise, a rule): the sweep reckons them anew."""
    live = Conversation.objects.filter(status__in=(Conversation.Status.OPEN, Conversation.Status.WAITING))
    return live.update(next_step_at=clock.now())


@transaction.atomic
def _look_at_one() -> bool:
    now = clock.now()
    rows = Conversation.objects.select_for_update(skip_locked=True, of=("self",))
    conversation = rows.filter(next_step_at__lt=now).order_by("next_step_at").first()
    if conversation is None:
        return False
    try:
        with transaction.atomic():
            _look_at(conversation, now)
    except Exception as error:  # noqa: BLE001 - one conversation must not hold up the others
        log.error("conversation_not_swept", conversation=str(conversation.pk), error=type(error).__name__)
        Conversation.objects.filter(pk=conversation.pk).update(next_step_at=now + AGAIN)
    return True


def _look_at(conversation: Conversation, now: datetime) -> None:
    since = conversation.looked_at or conversation.created_at
    refresh(conversation)  # what stands there may be of an older calendar or promise
    for target in TARGETS:
        due_at = getattr(conversation, f"{target}_due_at")
        if due_at and since <= due_at < now:
            escalating.missed(conversation, target=target, due_at=due_at)
    _wake_rules(conversation, now)
    conversation.refresh_from_db()
    if conversation.status == Conversation.Status.OPEN and conversation.is_nobodys:
        giving.give(conversation)
    conversation.looked_at = now
    conversation.save(update_fields=["looked_at"])
    refresh(conversation)


def _wake_rules(conversation: Conversation, now: datetime) -> None:
    minutes = timed_minutes()
    for target in ("first", "next"):
        due_at = getattr(conversation, f"{target}_due_at")
        soon = max(minutes[Rule.Trigger.DUE_SOON], default=0) * MINUTE
        if due_at and soon and now < due_at <= now + soon:
            _wake(conversation, Rule.Trigger.DUE_SOON, f"{target}:{due_at.isoformat()}")
    waiting_since = waits_since(changes_of(conversation))
    least = min(minutes[Rule.Trigger.UNANSWERED], default=None)
    if waiting_since and least is not None and waiting_since + least * MINUTE <= now:
        _wake(conversation, Rule.Trigger.UNANSWERED, waiting_since.isoformat())


def _wake(conversation: Conversation, trigger: str, cause: str) -> None:
    running.wake(conversation=conversation, trigger=trigger, cause=cause)
