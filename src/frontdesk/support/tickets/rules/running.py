"""Waking rules: by what happens, through the outbox, and by the sweep for what time brings.

Only the waking stands here, so that every verb can call it; `rules.looking` is what the worker does then.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from frontdesk.core import outbox
from frontdesk.core.actors import Actor, ActorKind
from frontdesk.support.tickets.models import Conversation, Rule

TOPIC = "tickets.rules"
_by_rules: ContextVar[str | None] = ContextVar("by_rules", default=None)


def wake(*, conversation: Conversation, trigger: str, cause: str) -> None:
    """Ask, in the caller's transaction, that the rules of this trigger look at the conversation. `cause` names what
    happened, so that a repeated delivery runs a rule once. What a rule does wakes no rules."""
    if _by_rules.get() is not None or not Rule.objects.filter(is_on=True, trigger=trigger).exists():
        return
    outbox.put(topic=TOPIC, payload={"conversation": str(conversation.pk), "trigger": trigger, "cause": cause[:80]})


def acting_rule(actor: Actor) -> str:
    """The title of the rule that this actor is; "" for whoever else, were it within what a rule does."""
    title = _by_rules.get()
    return title if title and actor.kind == ActorKind.SYSTEM and actor.reason == title else ""


@contextmanager
def by_rules(title: str = "") -> Iterator[None]:
    """While this lasts, a rule of this title acts: nothing that is done wakes another."""
    token = _by_rules.set(title)
    try:
        yield
    finally:
        _by_rules.reset(token)
