"""Running rules: woken by events through the outbox, by the sweep for what time brings."""

from dataclasses import dataclass
from uuid import UUID

from frontdesk.support.tickets.models import Conversation, Rule

TOPIC = "tickets.rules"


@dataclass(frozen=True)
class Trial:
    """What a rule would have done: how many of last month's conversations it looked at and which it matched."""

    looked_at: int
    matched: list[UUID]


def wake(*, conversation: Conversation, trigger: str, cause: str) -> None:
    """Ask, in the caller's transaction, that the rules of this trigger look at the conversation. `cause` names what
    happened, so that a repeated delivery runs a rule once."""
    raise NotImplementedError


def try_out(rule: Rule) -> Trial:
    """Hold an unsaved rule against the conversations of the last 30 days; changes nothing."""
    raise NotImplementedError
