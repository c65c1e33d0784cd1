"""Giving conversations to agents: when they are opened, when an agent comes online, when a skill relaxes."""

from frontdesk.accounts.models import Person
from frontdesk.support.tickets.models import Conversation


def give(conversation: Conversation) -> bool:
    """Give an unassigned conversation (its row is locked) to whom the choice names; False when nobody can now."""
    raise NotImplementedError


def give_waiting(*, limit: int = 200) -> int:
    """Give what waits unassigned, oldest and most urgent first; returns how many. The worker's sweep."""
    raise NotImplementedError


def stay_online(agent: Person) -> None:
    """Prolong the lease of an agent whose desk is open."""
    raise NotImplementedError


def set_takes_new(agent: Person, *, takes: bool) -> None:
    """The agent takes new conversations, or pauses."""
    raise NotImplementedError
