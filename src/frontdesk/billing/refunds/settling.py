"""Settling refunds: money, credit note, books, licence and devices in one commit."""

from uuid import UUID

from frontdesk.billing.models import Refund
from frontdesk.billing.providers.protocol import Snapshot


def settle(*, refund: UUID, snapshot: Snapshot) -> Refund:
    """Bring a refund to what a snapshot says. Success publishes RefundCompleted. A final status never changes."""
    raise NotImplementedError


def sweep(limit: int = 200) -> int:
    """Finish refunds whose `check_at` has come: repeat the call (same key) or fetch. Returns how many."""
    raise NotImplementedError
