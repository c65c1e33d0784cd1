"""The inbox of webhooks: checked, kept under their own id; then the object is fetched anew and settled."""

from collections.abc import Mapping
from datetime import datetime


def receive(*, provider: str, headers: Mapping[str, str], raw: bytes) -> int:
    """Keep the events of a webhook; returns how many are new. Raises NotAuthentic, KeyError (no such provider)."""
    raise NotImplementedError


def process_due(limit: int = 200) -> int:
    """Fetch and settle what events speak of; a failing one is tried again with growing pauses. Outside transactions."""
    raise NotImplementedError


def replay(*, since: datetime | None = None, event_id: str = "") -> int:
    """Process kept events once more (harmless: only the state now counts); returns how many."""
    raise NotImplementedError
