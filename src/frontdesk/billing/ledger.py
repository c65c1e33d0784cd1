"""Booking. Each event is booked once under its name; the database refuses a booking that does not sum to zero.

| booking | debit (+) | credit (−) |
|---|---|---|
| `invoice:<id>` at issue | receivable (what is paid), credit (what was used) | revenue, tax |
| `payment:<id>` | cash | receivable |
| `refund:<id>` | revenue, tax (what was paid too late: receivable) | cash, credit (what is given back) |
| `refund:<id>:back` (the bank sent it back) | cash | receivable (we owe it) |
| `refund:<id>:good` (it reached the customer otherwise) | receivable | cash, or credit |
| `refund:<id>:bank:<sum>` (of it, the bank has given them that much) | receivable | loss (what a dispute took) |
| `dispute:<id>:opened` / `:won` / `:lost` | disputed / cash / loss | cash / disputed / disputed |
| `credit:<id>` | loss | credit |
"""

from collections.abc import Mapping

from django.db.models import Sum

from frontdesk.billing.models import Account, Invoice, LedgerEntry
from frontdesk.core import clock

TAXED = (Account.REVENUE, Account.TAX)  # what an accountant wants by rate and country


def book(*, booking: str, currency: str, entries: Mapping[Account, int], invoice: Invoice | None = None) -> None:
    """Write a booking (`"payment:<id>"`): account → signed minor units (debit positive), zero amounts left out.

    A second booking of the same name changes nothing. Raises ValueError when the entries do not sum to zero.
    """
    if sum(entries.values()) != 0:
        raise ValueError(f"{booking} does not sum to zero")
    if LedgerEntry.objects.filter(booking=booking).exists():
        return
    now = clock.now()
    # Whoever books the same at this moment waits at the unique key, and then writes nothing.
    LedgerEntry.objects.bulk_create(
        [
            LedgerEntry(
                booking=booking,
                at=now,
                account=account,
                currency=currency,
                amount_minor=minor,
                tax_rate=invoice.tax_rate if invoice and account in TAXED else None,
                tax_country=invoice.tax_country if invoice and account in TAXED else "",
                invoice=invoice,
            )
            for account, minor in entries.items()
            if minor
        ],
        ignore_conflicts=True,
    )


def balances() -> dict[tuple[str, str], int]:
    """(account, currency) → balance."""
    rows = LedgerEntry.objects.order_by().values_list("account", "currency").annotate(total=Sum("amount_minor"))
    return {(account, currency): total for account, currency, total in rows}
