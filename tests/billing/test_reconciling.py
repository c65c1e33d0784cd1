"""Reconciliation finds what differs between provider, ledger and rows; and `frontdesk billing` says so."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from frontdesk.accounts.models import Person
from frontdesk.billing import credits as credit
from frontdesk.billing import jobs, reconciling
from frontdesk.billing.books import Difference
from frontdesk.billing.models import Credit, Invoice, LedgerEntry, NumberSeries, Order, Payment, Refund
from frontdesk.billing.payments import paying
from frontdesk.billing.refunds import asking
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.project import cli
from tests.support import bills, money
from tests.support.bank import Bank

pytestmark = pytest.mark.django_db(transaction=True)


def found() -> list[Difference]:
    return reconciling.reconcile(since=clock.real_now() - timedelta(hours=1)).differences


def told() -> list[str]:
    return [f"{each.where}: {each.what}" for each in found()]


@pytest.fixture
def mistakes() -> Iterator[None]:
    """The books can be falsified, as by somebody with the keys to the database."""
    with connection.cursor() as cursor:
        cursor.execute("alter table billing_ledgerentry disable trigger user")
        cursor.execute("alter table billing_invoice disable trigger user")
        yield
        cursor.execute("alter table billing_ledgerentry enable trigger user")
        cursor.execute("alter table billing_invoice enable trigger user")


def test_a_busy_day_agrees(bank: Bank, ada: Person, bob: Person) -> None:
    credit.give(actor=Actor.system(), person=ada, amount_minor=500, currency="EUR", key="k")
    payment = money.paid(ada, 3995)
    money.paid(bob, 5000, currency="JPY")
    money.demand(bob)
    asking.refund(
        actor=Actor.system(), payment=payment, amount_minor=1000, cause=Refund.Cause.STAFF, takes_back=False, key="r"
    )
    report = reconciling.reconcile(since=clock.real_now() - timedelta(hours=1))
    assert (report.objects, report.differences) == (3, [])


def test_what_the_provider_knows_and_we_do_not_is_settled(bank: Bank, ada: Person) -> None:
    page = paying.by_page(invoice=money.demand(ada), **money.URLS)
    bank.pay(page.ref)
    bank.open_dispute(page.ref, amount_minor=100)
    assert found() == []
    page.refresh_from_db()
    assert page.status == Payment.Status.SUCCEEDED
    assert page.disputes.count() == 1


def test_money_at_the_provider_that_nobody_here_knows(bank: Bank, ada: Person) -> None:
    payment = money.paid(ada)
    Payment.objects.filter(pk=payment.pk).update(ref="other", key="other")
    assert told() == ["provider: is not known here", "provider: cannot be fetched: no such object"]


def test_money_that_counts_as_paid_here_only(bank: Bank, ada: Person) -> None:
    payment = money.paid(ada)
    bank.records[payment.ref].changed_at -= timedelta(days=9)
    bank._change(payment.ref, amount_minor=1)
    bank.records[payment.ref].changed_at -= timedelta(days=9)
    assert told() == ["provider: counts as paid here, succeeded there"]


def test_a_provider_that_cannot_be_asked(bank: Bank, ada: Person) -> None:
    bank.down()
    assert told() == ["provider: cannot be asked: down"]


def test_a_payment_that_was_not_booked_or_booked_wrong(bank: Bank, ada: Person, mistakes: None) -> None:
    money.paid(ada)
    LedgerEntry.objects.filter(account="cash").update(amount_minor=3994)
    assert sorted(told()) == [
        "ledger: does not sum to zero in EUR",
        "ledger: is booked with 3994 instead of 3995",
    ]
    LedgerEntry.objects.filter(booking__startswith="payment:").delete()
    assert told() == ["ledger: is booked with 0 instead of 3995"]


def test_an_invoice_that_was_not_booked(bank: Bank, ada: Person, mistakes: None) -> None:
    money.paid(ada)
    LedgerEntry.objects.filter(booking__startswith="invoice:").delete()
    assert told() == ["ledger: is booked with 0 instead of 3995"]


def test_a_booking_without_a_row(bank: Bank, ada: Person) -> None:
    payment = money.paid(ada)
    Payment.objects.filter(pk=payment.pk).update(status=Payment.Status.FAILED)
    assert "ledger: has no row" in [f"{each.where}: {each.what}" for each in money.differences()]


def test_credit_that_nobody_booked(bank: Bank, ada: Person) -> None:
    Credit.objects.create(person=ada, currency="EUR", amount_minor=7, key="x", created_at=clock.now())
    assert told() == ["ledger: customers have 7, the books say 0"]


def test_rows_that_contradict_each_other(bank: Bank, ada: Person, mistakes: None) -> None:
    payment = money.paid(ada)
    Order.objects.update(paid_at=None)
    assert told() == ["rows: is not marked as paid as its invoice is"]
    Order.objects.update(paid_at=clock.now())
    Invoice.objects.update(paid_at=None)
    assert "rows: succeeded, and its invoice is not paid" in told()
    Invoice.objects.update(paid_at=clock.now())
    bills.invoice(bills.order(ada, paid_at=clock.now()), number=None, issued_at=None)
    assert "rows: is paid without a payment" in told()
    Refund.objects.create(
        payment=payment,
        amount_minor=3996,
        currency="EUR",
        key="x",
        cause="staff",
        requested_at=clock.now(),
        status=Refund.Status.SUCCEEDED,
    )
    assert "rows: more went back than came in" in told()


def test_a_gap_in_the_numbers(bank: Bank, ada: Person) -> None:
    money.paid(ada)
    NumberSeries.objects.update(last=2)
    assert told() == ["rows: has given 2 numbers, and 1 are used"]


def test_others_compare_what_they_know(bank: Bank, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconciling, "_checks", [])
    missing = Difference("licences", "licence 1", "was paid and never granted")
    for _ in range(2):
        reconciling.also(one := lambda: [missing])
        reconciling.also(one)
    assert found() == [missing, missing]
    assert jobs.reconcile() == 2


def test_the_command_says_whether_everything_agrees(
    bank: Bank, ada: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    money.paid(ada)
    assert cli.main(["billing", "reconcile", "--since", "1h"]) == 0
    assert "Everything agrees." in capsys.readouterr().out
    NumberSeries.objects.update(last=2)
    assert cli.main(["billing", "reconcile"]) == 1
    assert "DIFFERS: rows: series invoice" in capsys.readouterr().out


def test_the_command_replays_and_loads(
    bank: Bank, ada: Person, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert cli.main(["billing", "replay", "--since", "1h"]) == 0
    assert "0 events processed again" in capsys.readouterr().out
    rates = tmp_path / "rates.csv"
    with pytest.raises(SystemExit, match="cannot be read"):
        cli.main(["billing", "rates", "load", str(rates)])
    rates.write_text("country,basis_points,valid_from\nDE,2000,2040-01-01\n")
    assert cli.main(["billing", "rates", "load", str(rates)]) == 0
    assert "1 new rates" in capsys.readouterr().out
    rates.write_text("country,basis_points,valid_from\nDE,much,2041-01-01\n")
    with pytest.raises(SystemExit, match="line 2"):
        cli.main(["billing", "rates", "load", str(rates)])
