"""The one table of what an event in one app makes another do, in the same transaction."""

from collections.abc import Callable
from typing import Any

REACTIONS: list[tuple[type, Callable[[Any], None]]] = []
