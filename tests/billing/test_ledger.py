"""The books: each booking sums to zero, is made once, and stays; issued invoices stay too."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from frontdesk.accounts.models import Person
from frontdesk.billing import ledger
from frontdesk.billing.models import Account, Invoice, LedgerEntry
from tests.support import bills, money
from tests.support.bank import Bank
from tests.support.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_booking_is_made_once(ada: Person) -> None:
    for minor in (100, 100, 200):
        ledger.book(booking="payment:1", currency="EUR", entries={Account.CASH: minor, Account.RECEIVABLE: -minor})
    assert ledger.balances() == {(Account.CASH, "EUR"): 100, (Account.RECEIVABLE, "EUR"): -100}


def test_made_at_once_it_is_made_once(ada: Person) -> None:
    entries = {Account.CASH: 100, Account.RECEIVABLE: -100}
    at_once(*[lambda: ledger.book(booking="payment:1", currency="EUR", entries=entries)] * 6)
    assert LedgerEntry.objects.count() == 2


def test_nothing_is_booked_for_nothing(ada: Person) -> None:
    ledger.book(booking="invoice:1", currency="EUR", entries={Account.CASH: 0, Account.REVENUE: 0})
    assert not LedgerEntry.objects.exists()


def test_what_does_not_sum_to_zero_is_refused_here_and_by_the_database(ada: Person) -> None:
    with pytest.raises(ValueError, match="sum to zero"):
        ledger.book(booking="payment:1", currency="EUR", entries={Account.CASH: 100, Account.RECEIVABLE: -99})
    row = {"booking": "payment:1", "at": "2026-11-01T00:00Z", "account": Account.CASH, "amount_minor": 100}
    with pytest.raises(IntegrityError, match="does not sum to zero in EUR"), transaction.atomic():
        LedgerEntry.objects.create(currency="EUR", **row)
    mixed = [("EUR", Account.CASH, 100), ("USD", Account.RECEIVABLE, -100)]  # together zero, in no currency zero
    lines = [LedgerEntry(currency=c, **row | {"account": a, "amount_minor": m}) for c, a, m in mixed]
    with pytest.raises(IntegrityError, match="does not sum to zero"):
        LedgerEntry.objects.bulk_create(lines)
    with pytest.raises(IntegrityError, match="billing_entry_not_zero"):
        LedgerEntry.objects.create(currency="EUR", **row | {"amount_minor": 0})
    assert not LedgerEntry.objects.exists()


def test_a_booking_cannot_be_added_to_later(ada: Person) -> None:
    ledger.book(booking="payment:1", currency="EUR", entries={Account.CASH: 100, Account.RECEIVABLE: -100})
    more = {"booking": "payment:1", "at": "2026-11-01T00:00Z", "currency": "EUR", "amount_minor": 5}
    with pytest.raises(IntegrityError, match="does not sum to zero"):
        LedgerEntry.objects.create(account=Account.TAX, **more)


def test_entries_are_never_changed_or_deleted(ada: Person) -> None:
    ledger.book(booking="payment:1", currency="EUR", entries={Account.CASH: 100, Account.RECEIVABLE: -100})
    for statement in ("update billing_ledgerentry set amount_minor = 1", "delete from billing_ledgerentry"):
        with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
            cursor.execute(statement)
    assert LedgerEntry.objects.count() == 2


def test_revenue_and_tax_carry_rate_and_country(bank: Bank, ada: Person) -> None:
    payment = money.paid(ada)
    rows = LedgerEntry.objects.filter(booking=f"invoice:{payment.invoice_id}")
    assert set(rows.values_list("account", "tax_rate", "tax_country")) == {
        (Account.RECEIVABLE, None, ""),
        (Account.REVENUE, 1900, "DE"),
        (Account.TAX, 1900, "DE"),
    }


@pytest.mark.parametrize(
    "values", [{"gross_minor": 1, "net_minor": 1, "tax_minor": 0}, {"number": "1"}, {"lines": []}, {"tax_rate": 700}]
)
def test_an_issued_invoice_is_never_changed(ada: Person, values: dict[str, object]) -> None:
    invoice = bills.invoice(bills.order(ada))
    with pytest.raises(IntegrityError, match="never changed"):
        Invoice.objects.filter(pk=invoice.pk).update(**values)
    with pytest.raises(IntegrityError, match="never deleted"), connection.cursor() as cursor:
        cursor.execute("delete from billing_invoice where id = %s", [invoice.pk])
    Invoice.objects.filter(pk=invoice.pk).update(person=None)  # who it was may be forgotten
