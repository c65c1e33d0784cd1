"""Settling payments: what the provider says becomes what our rows say. Monotonic, repeatable, in any order."""

from uuid import UUID

from frontdesk.billing.models import Payment
from frontdesk.billing.providers.protocol import Snapshot


def settle(*, payment: UUID, snapshot: Snapshot) -> Payment:
    """Bring a payment to what a snapshot says, in one transaction under its row's lock (invoice first).

    Success issues the invoice, books it, marks its order paid, keeps the card, and publishes InvoicePaid; failure
    publishes PaymentFailed. A final status never changes. Amounts that differ are refused loudly (ValueError).
    """
    raise NotImplementedError


def settle_free(*, invoice: UUID) -> None:
    """An open invoice on which nothing is due (a coupon or credit covers all) is paid, with all that follows.

    In the caller's transaction; a second time changes nothing. Raises ValueError while something is due.
    """
    raise NotImplementedError


def refresh(*, payment: UUID) -> Payment:
    """Fetch the payment from its provider and settle it; unchanged when the provider is away. Outside transactions."""
    raise NotImplementedError


def sweep(limit: int = 200) -> int:
    """Ask about every payment whose `check_at` has come: repeat the call (same key) or fetch. Returns how many."""
    raise NotImplementedError
