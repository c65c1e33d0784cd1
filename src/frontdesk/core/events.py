"""Domain events: frozen dataclasses, published inside the transaction; reactions run in it and roll back with it."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

E = TypeVar("E")
_reactions: dict[type, list[Callable[[Any], None]]] = defaultdict(list)


def react(event: type[E], reaction: Callable[[E], None]) -> None:
    """Run `reaction` whenever an event of this class is published. Called once, when the apps are ready."""
    if reaction not in _reactions[event]:
        _reactions[event].append(reaction)


def publish(event: object) -> None:
    """Run every reaction to the event, here and now; what they raise, the publisher's transaction rolls back with."""
    for reaction in _reactions[type(event)]:
        reaction(event)
