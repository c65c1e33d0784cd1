"""The sweep: takes subscriptions whose moment has come, one step each. Many workers may run it at once."""

from uuid import UUID


def sweep(limit: int = 500) -> int:
    """Do one step for each due subscription (oldest first), each in transactions of its own; returns how many."""
    raise NotImplementedError


def step(subscription: UUID) -> bool:
    """Do what is due on one subscription. False when nothing is (somebody else did it). Safe to repeat."""
    raise NotImplementedError
