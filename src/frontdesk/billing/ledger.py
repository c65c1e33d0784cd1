"""Booking. Each event is booked once under its name; the database refuses a booking that does not sum to zero."""

from collections.abc import Mapping

from frontdesk.billing.models import Account, Invoice


def book(*, booking: str, currency: str, entries: Mapping[Account, int], invoice: Invoice | None = None) -> None:
    """Write a booking (`"payment:<id>"`): account → signed minor units (debit positive), zero amounts left out.

    A second booking of the same name changes nothing. Raises ValueError when the entries do not sum to zero.
    """
    raise NotImplementedError


def balances() -> dict[tuple[str, str], int]:
    """(account, currency) → balance."""
    raise NotImplementedError
