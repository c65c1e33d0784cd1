"""Disputes: they suspend on opening, restore when won, take back when lost; a loss after a refund is told."""

from frontdesk.billing.models import Dispute
from frontdesk.billing.providers.protocol import Snapshot


def settle(*, provider: str, snapshot: Snapshot) -> Dispute | None:
    """Open or close a dispute as a snapshot says, in one transaction under the payment's lock. None: not ours."""
    raise NotImplementedError
