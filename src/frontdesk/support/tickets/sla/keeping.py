"""The service level of a conversation: set, reckoned anew after each change, told to customers and agents."""

from dataclasses import dataclass
from datetime import datetime

from frontdesk.core.actors import Actor
from frontdesk.support.tickets.models import Conversation, ServiceLevel
from frontdesk.support.tickets.sla.reckoning import Clock


@dataclass(frozen=True)
class Expectation:
    """What a customer is told before sending: by when somebody answers, and what the promise is."""

    level: str
    minutes: int | None
    answer_by: datetime | None
    is_open_now: bool
    opens_at: datetime | None


def set_level(*, actor: Actor, conversation: Conversation, level: ServiceLevel) -> bool:
    """From here on this level applies. Called by fulfilment when a conversation is opened or handed over."""
    raise NotImplementedError


def refresh(conversation: Conversation) -> None:
    """Reckon the deadlines anew and write the cache on the row, which the caller has locked."""
    raise NotImplementedError


def clocks(conversation: Conversation) -> dict[str, Clock]:
    """The arithmetic as it stands now, for the agent's page."""
    raise NotImplementedError


def expectation(level: ServiceLevel | None = None) -> Expectation:
    """What a customer of this level (the default one when None) can expect who writes now."""
    raise NotImplementedError


def sweep(*, limit: int = 1_000) -> int:
    """Look at conversations whose `next_step_at` has come: warn, escalate, wake rules; returns how many."""
    raise NotImplementedError
