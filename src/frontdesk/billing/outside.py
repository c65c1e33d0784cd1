"""Calling the world outside: never inside a transaction, and at points where a test may let the process die."""

from collections.abc import Callable
from typing import TypeVar

from django.db import connection

T = TypeVar("T")


class InsideTransaction(RuntimeError):
    """A provider was about to be called while a transaction was open."""


def _nothing(point: str) -> None:
    """What happens at a point when no test is watching."""


# Tests put a function here that raises at the points they choose ("before charge", "after charge", …).
at_point: Callable[[str], None] = _nothing


def call(name: str, deed: Callable[[], T]) -> T:
    """Run `deed`, a provider's method. Raises InsideTransaction, and whatever the deed raises."""
    if connection.in_atomic_block:
        raise InsideTransaction(name)
    at_point(f"before {name}")
    result = deed()
    at_point(f"after {name}")
    return result
