"""What the worker does when rules were woken: each rule of the trigger looks, and acts where all its conditions hold.

A rule runs once for each cause. What it does is one savepoint: a rule that fails leaves nothing but a run that says
why, and the next rule goes on. A rule that cannot be asked (a team in its conditions is gone) matches nothing.
"""

from datetime import datetime, timedelta

import structlog
from django.db import OperationalError, transaction

from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.core.outbox import Delivery
from frontdesk.core.reasons import Refusal
from frontdesk.support.tickets import actions
from frontdesk.support.tickets.conversations import adding
from frontdesk.support.tickets.models import Conversation, Rule, RuleRun
from frontdesk.support.tickets.rules import vocabulary
from frontdesk.support.tickets.rules.running import by_rules
from frontdesk.support.tickets.sla.loading import changes_of, waits_since

log = structlog.get_logger(__name__)
Trigger = Rule.Trigger
ASLEEP = (Conversation.Status.CLOSED, Conversation.Status.SPAM)


def look(delivery: Delivery) -> None:
    """The outbox's handler. Safe to repeat."""
    payload = delivery.payload
    found = Conversation.objects.filter(pk=payload["conversation"]).first()
    if found is None:
        return  # erased meanwhile
    conversation = adding.lock(found)
    trigger, cause = payload["trigger"], payload["cause"]
    if conversation.status in ASLEEP:
        return
    for rule in Rule.objects.filter(is_on=True, trigger=trigger).order_by("position", "title", "id"):
        if _is_time(rule, conversation, cause) and not _ran(rule, conversation, cause) and matches(rule, conversation):
            _run(rule, conversation, cause)


def _ran(rule: Rule, conversation: Conversation, cause: str) -> bool:
    return RuleRun.objects.filter(rule=rule, conversation=conversation, cause=cause).exists()


def matches(rule: Rule, conversation: Conversation) -> bool:
    """Whether all conditions hold now."""
    if vocabulary.check(rule.conditions):
        return False
    return Conversation.objects.filter(vocabulary.query(rule.conditions), pk=conversation.pk).exists()


def _is_time(rule: Rule, conversation: Conversation, cause: str) -> bool:
    """Of triggers that time pulls: whether it still is so, and this rule's minutes have come."""
    if rule.trigger == Trigger.UNANSWERED:
        since = waits_since(changes_of(conversation))
        return since is not None and since.isoformat() == cause and clock.now() - since >= _minutes(rule)
    if rule.trigger in {Trigger.DUE_SOON, Trigger.OVERDUE}:
        target, _colon, moment = cause.partition(":")
        due_at: datetime | None = getattr(conversation, f"{target}_due_at")
        if due_at is None or due_at.isoformat() != moment:
            return False
        return rule.trigger == Trigger.OVERDUE or due_at - clock.now() <= _minutes(rule)
    return True


def _minutes(rule: Rule) -> timedelta:
    return timedelta(minutes=rule.minutes or 0)


def _run(rule: Rule, conversation: Conversation, cause: str) -> None:
    did: list[str] = []
    error = ""
    actor = Actor.system(rule.title)
    try:
        with transaction.atomic(), by_rules(rule.title):
            did = actions.run(actor=actor, conversation=conversation, steps=rule.actions, by_rule=True)
    except OperationalError:
        raise  # the database, not the rule: the outbox tries again
    except Refusal as refusal:
        error = refusal.reason.code
    except Exception as failure:  # noqa: BLE001 - a rule never holds up another, nor a customer
        error = type(failure).__name__
        log.error("rule_failed", rule=str(rule.pk), conversation=str(conversation.pk), error=error)
    RuleRun.objects.create(
        rule=rule, conversation_id=conversation.pk, at=clock.now(), cause=cause, did=did, error=error[:80]
    )
