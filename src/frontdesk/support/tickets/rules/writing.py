"""Writing rules: made switched off, changed, and switched on only by who saw what they would have done."""

import hashlib
import json
from typing import Any
from uuid import UUID

from django.core import signing
from django.db import transaction

from frontdesk.core import audit, clock
from frontdesk.core.actors import Actor
from frontdesk.support.tickets import actions
from frontdesk.support.tickets.errors import RuleNotTried, RuleUnfit
from frontdesk.support.tickets.models import Rule
from frontdesk.support.tickets.rules import vocabulary
from frontdesk.support.tickets.sla.steps import TIMED
from frontdesk.support.tickets.sla.sweeping import look_again_at_all

SALT = "tickets.rules.tried"
TRIED_FOR = 3600  # seconds that a look at the trial counts
CONTENT = ("trigger", "minutes", "conditions", "actions")


def check(rule: Rule) -> list[str]:
    """What is wrong with a rule, in sentences; empty when it can be switched on."""
    return vocabulary.check(rule.conditions) + actions.check(rule.actions, by_rule=True)


@transaction.atomic
def save(*, actor: Actor, rule: Rule) -> Rule:
    """Save it; what it does having changed, it is off until somebody has seen what that would have done.

    Raises RuleUnfit.
    """
    if wrong := check(rule):
        raise RuleUnfit(why=" ".join(wrong))
    before = Rule.objects.select_for_update().filter(pk=rule.pk).first()
    rule.is_on = before is not None and before.is_on and digest(before) == digest(rule)
    rule.changed_at = clock.now()
    rule.save()
    _note(actor, "rule.saved", rule, {name: getattr(rule, name) for name in CONTENT})
    return rule


def digest(rule: Rule) -> str:
    """What the rule does, as a short name: equal when it does the same."""
    content = json.dumps({name: getattr(rule, name) for name in CONTENT}, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def tried(rule: Rule) -> str:
    """A ticket that says: what this rule would have done was shown."""
    return signing.dumps([str(rule.pk), digest(rule)], salt=SALT)


@transaction.atomic
def switch_on(*, actor: Actor, rule: Rule, ticket: str) -> bool:
    """Switch it on. Raises RuleNotTried without a ticket for just this rule as it is now, and RuleUnfit."""
    current = Rule.objects.select_for_update().get(pk=rule.pk)
    if current.is_on:
        return False
    if not _is_ticket(ticket, current.pk, digest(current)):
        raise RuleNotTried
    if wrong := check(current):
        raise RuleUnfit(why=" ".join(wrong))
    _switch(actor, current, on=True)
    return True


@transaction.atomic
def switch_off(*, actor: Actor, rule: Rule) -> bool:
    """Switch it off."""
    current = Rule.objects.select_for_update().get(pk=rule.pk)
    if not current.is_on:
        return False
    _switch(actor, current, on=False)
    return True


@transaction.atomic
def delete(*, actor: Actor, rule: Rule) -> None:
    """Delete it, with the log of its runs; what it did stays in the conversations and the audit."""
    _note(actor, "rule.deleted", rule, {})
    rule.delete()


def _switch(actor: Actor, rule: Rule, *, on: bool) -> None:
    rule.is_on = on
    rule.save(update_fields=["is_on"])
    _note(actor, "rule.switched_on" if on else "rule.switched_off", rule, {})
    if rule.trigger in TIMED:
        look_again_at_all()


def _is_ticket(ticket: str, rule: UUID, content: str) -> bool:
    try:
        found = signing.loads(ticket, salt=SALT, max_age=TRIED_FOR)
    except signing.BadSignature:
        return False
    return bool(found == [str(rule), content])


def _note(actor: Actor, action: str, rule: Rule, data: dict[str, Any]) -> None:
    audit.record(actor=actor, action=action, subject_type="rule", subject=rule.pk, data={"title": rule.title, **data})
