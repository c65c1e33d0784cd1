"""The ledger's export, against bookings written out by hand."""

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import pytest

from frontdesk.billing import accounting
from frontdesk.billing.models import Account, LedgerEntry

pytestmark = pytest.mark.django_db


def book(booking: str, at: datetime, currency: str = "EUR", **amounts: int) -> None:
    """One booking; revenue and tax carry the rate."""
    rows: list[dict[str, Any]] = [{"account": name, "amount_minor": minor} for name, minor in amounts.items()]
    assert sum(amounts.values()) == 0
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            booking=booking, at=at, currency=currency, **row,
            tax_rate=1900 if row["account"] in {"revenue", "tax"} else None,
            tax_country="DE" if row["account"] in {"revenue", "tax"} else "",
        )
        for row in rows
    )  # fmt: skip


def march(day: int, hour: int = 12) -> datetime:
    return datetime(2027, 3, day, hour, tzinfo=UTC)


@pytest.fixture
def books() -> None:
    book("invoice:1", march(1), receivable=3995, revenue=-3357, tax=-638)
    book("payment:1", march(1), cash=3995, receivable=-3995)
    book("invoice:2", march(1, 23), receivable=3995, revenue=-3357, tax=-638)
    book("refund:1", march(2, 0), cash=-1000, revenue=840, tax=160)
    book("invoice:3", march(2), currency="JPY", receivable=5000, revenue=-5000)


def test_days_accounts_and_rates_are_added_up(books: None) -> None:
    found = {
        (row.day.day, row.account, row.currency): (row.bookings, row.debit_minor, row.credit_minor, row.tax_rate)
        for row in accounting.by_day(date(2027, 3, 1), date(2027, 3, 2))
    }
    assert found == {
        (1, Account.RECEIVABLE, "EUR"): (3, 7990, 3995, None),
        (1, Account.CASH, "EUR"): (1, 3995, 0, None),
        (1, Account.REVENUE, "EUR"): (2, 0, 6714, 1900),
        (1, Account.TAX, "EUR"): (2, 0, 1276, 1900),
        (2, Account.CASH, "EUR"): (1, 0, 1000, None),
        (2, Account.REVENUE, "EUR"): (1, 840, 0, 1900),
        (2, Account.TAX, "EUR"): (1, 160, 0, 1900),
        (2, Account.RECEIVABLE, "JPY"): (1, 5000, 0, None),
        (2, Account.REVENUE, "JPY"): (1, 0, 5000, 1900),
    }


def test_both_days_are_included_and_no_more(books: None) -> None:
    assert {row.day for row in accounting.by_day(date(2027, 3, 2), date(2027, 3, 2))} == {date(2027, 3, 2)}
    assert accounting.by_day(date(2027, 3, 3), date(2027, 4, 1)) == []


def test_the_csv_balances_in_major_units(books: None) -> None:
    rows = list(csv.DictReader(io.StringIO(accounting.ledger_csv(date(2027, 3, 1), date(2027, 3, 2)))))
    assert rows[0] == {
        "day": "2027-03-01", "account": "cash", "currency": "EUR", "tax_country": "", "tax_percent": "",
        "bookings": "1", "debit": "39.95", "credit": "0.00",
    }  # fmt: skip
    assert [row["debit"] for row in rows if row["currency"] == "JPY"] == ["5000", "0"]
    for currency in ("EUR", "JPY"):
        mine = [row for row in rows if row["currency"] == currency]
        assert sum(float(row["debit"]) for row in mine) == pytest.approx(sum(float(row["credit"]) for row in mine))
    assert {row["tax_percent"] for row in rows if row["account"] == "tax"} == {"19.00"}
