"""Settling: repeatable, monotonic, in any order; amounts that differ; money that comes when nothing is due any more."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from frontdesk.accounts.models import Person
from frontdesk.billing import coupons, ledger, orders
from frontdesk.billing import credits as credit
from frontdesk.billing.errors import SubscriptionOver
from frontdesk.billing.events import InvoicePaid, PaymentFailed
from frontdesk.billing.invoices import writing
from frontdesk.billing.models import Account, Coupon, CouponKind, Invoice, LedgerEntry, Payment, Purpose, Refund
from frontdesk.billing.payments import paying, settling, sweeping
from frontdesk.billing.providers.protocol import ObjectKind, Outcome, Snapshot
from frontdesk.billing.refunds import settling as refunds
from frontdesk.core import events
from frontdesk.core.actors import Actor
from frontdesk.core.models import AuditEntry
from frontdesk.licensing.models import License
from tests.licensing.conftest import Time
from tests.support import bills, money
from tests.support.bank import Bank, Lost, NeedsAction, TookEffectSilently

pytestmark = pytest.mark.django_db(transaction=True)
Status = Payment.Status


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What others are told, in place of what they would do."""
    heard: list[object] = []
    for event in (InvoicePaid, PaymentFailed):
        monkeypatch.setitem(events._reactions, event, [heard.append])
    return heard


def waiting(ada: Person, **values: Any) -> Payment:
    return paying.by_page(invoice=money.demand(ada, **values), **money.URLS)


def test_a_second_time_changes_nothing(bank: Bank, ada: Person, told: list[object]) -> None:
    payment = waiting(ada)
    bank.pay(payment.ref)
    snapshot = bank.records[payment.ref].snapshot
    first = settling.settle(payment=payment.pk, snapshot=snapshot)
    entries, numbers = LedgerEntry.objects.count(), Invoice.objects.get().number
    for later in (snapshot, replace(snapshot, outcome=Outcome.FAILED), replace(snapshot, outcome=Outcome.UNKNOWN)):
        again = settling.settle(payment=payment.pk, snapshot=later)
        assert (again.status, again.settled_at) == (Status.SUCCEEDED, first.settled_at)
    assert (LedgerEntry.objects.count(), Invoice.objects.get().number) == (entries, numbers)
    assert told == [InvoicePaid(invoice=payment.invoice_id)]


def test_a_late_and_lower_word_does_not_undo_a_failure(bank: Bank, ada: Person, told: list[object]) -> None:
    payment = waiting(ada)
    bank.pay(payment.ref, decline="expired_card")
    failed = settling.refresh(payment=payment.pk)
    for outcome in (Outcome.REQUIRES_ACTION, Outcome.UNKNOWN, Outcome.FAILED):
        snapshot = Snapshot(ObjectKind.PAYMENT, payment.ref, outcome, 3995, "EUR", decline="declined")
        again = settling.settle(payment=payment.pk, snapshot=snapshot)
        assert (again.status, again.decline) == (Status.FAILED, "expired_card")
    assert told == [PaymentFailed(payment=failed.pk, invoice=failed.invoice_id)]


def test_money_that_arrived_beats_a_failure_that_was_heard_of_before(bank: Bank, ada: Person) -> None:
    payment = waiting(ada)
    settling.settle(payment=payment.pk, snapshot=Snapshot(ObjectKind.PAYMENT, payment.ref, Outcome.FAILED))
    bank.pay(payment.ref)
    assert settling.refresh(payment=payment.pk).status == Status.SUCCEEDED
    assert not money.differences()


@pytest.mark.parametrize(("minor", "currency"), [(3994, "EUR"), (399500, "EUR"), (3995, "USD"), (0, "EUR")])
def test_another_amount_is_refused_loudly_and_asked_about_no_more(
    bank: Bank, ada: Person, time: Time, minor: int, currency: str
) -> None:
    payment = waiting(ada)
    wrong = Snapshot(ObjectKind.PAYMENT, payment.ref, Outcome.SUCCEEDED, minor, currency)
    for _ in range(2):
        with pytest.raises(settling.Differs):
            settling.settle(payment=payment.pk, snapshot=wrong)
    payment.refresh_from_db()
    assert (payment.status, payment.check_at) == (Status.UNKNOWN, None)
    assert AuditEntry.objects.filter(action="payment.differs").count() == 1
    time.by(days=30)
    assert sweeping.sweep() == 0
    assert [each.subject for each in money.differences()] == [f"payment {payment.pk}"]
    assert not LedgerEntry.objects.exists()
    bank.pay(payment.ref)  # once the provider says what it should, it is settled
    assert settling.refresh(payment=payment.pk).status == Status.SUCCEEDED


def test_another_object_is_not_taken_for_the_payment(bank: Bank, ada: Person) -> None:
    payment, other = waiting(ada), waiting(ada)
    bank.pay(other.ref)
    with pytest.raises(settling.Differs):
        settling.settle(payment=payment.pk, snapshot=bank.records[other.ref].snapshot)


def test_what_others_cannot_do_rolls_back_and_comes_again(
    bank: Bank, ada: Person, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault in a reaction leaves nothing half done; the sweep settles it when the fault is gone."""

    def fault(_event: InvoicePaid) -> None:
        raise RuntimeError

    payment = waiting(ada)
    bank.pay(payment.ref)
    before = events._reactions[InvoicePaid]
    monkeypatch.setitem(events._reactions, InvoicePaid, [*before, fault])
    with pytest.raises(RuntimeError):
        settling.refresh(payment=payment.pk)
    payment.refresh_from_db()
    assert payment.status == Status.REQUIRES_ACTION
    assert not License.objects.exists()
    assert not LedgerEntry.objects.exists()
    time.by(minutes=20)
    assert sweeping.sweep() == 1  # it fails again, and is put off
    monkeypatch.setitem(events._reactions, InvoicePaid, before)
    time.by(hours=1)
    assert sweeping.sweep() == 1
    assert Payment.objects.get().status == Status.SUCCEEDED
    assert Invoice.objects.get().number
    assert Invoice.objects.get().number == f"{time.now.year}-000001"  # the numbers that failed left no gap
    assert License.objects.count() == 1
    assert not money.differences()


def test_what_cannot_be_delivered_any_more_goes_back(bank: Bank, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_event: InvoicePaid) -> None:
        raise SubscriptionOver

    monkeypatch.setitem(events._reactions, InvoicePaid, [refuse])
    payment = waiting(ada)
    bank.pay(payment.ref)
    assert settling.refresh(payment=payment.pk).status == Status.SURPLUS
    invoice = Invoice.objects.select_related("order").get()
    assert invoice.void_at
    assert invoice.number is None
    assert invoice.order
    assert invoice.order.canceled_at
    assert refunds.sweep() == 1
    assert (bank.taken(), bank.returned()) == (3995, 3995)
    assert set(ledger.balances().values()) == {0}
    assert not money.differences()


def test_money_for_an_account_that_is_gone_goes_back(bank: Bank, ada: Person) -> None:
    payment = waiting(ada)
    bank.pay(payment.ref)
    Invoice.objects.update(person=None)
    Payment.objects.update(person=None)
    assert settling.refresh(payment=payment.pk).status == Status.SURPLUS
    assert refunds.sweep() == 1
    assert bank.returned() == 3995


def left_open(ada: Person, bank: Bank, time: Time) -> Payment:
    """A try that we closed although its page stays open: the provider had lost our word."""
    payment = waiting(ada)
    settling.settle(
        payment=payment.pk,
        snapshot=Snapshot(ObjectKind.PAYMENT, payment.ref, Outcome.FAILED, decline="abandoned"),
    )
    payment.refresh_from_db()
    assert payment.status == Status.CANCELED
    return payment


def test_paid_twice_the_second_goes_back(bank: Bank, ada: Person, time: Time) -> None:
    closed = left_open(ada, bank, time)
    paid = paying.by_method(invoice=closed.invoice, method=money.card(ada), on_session=True)
    bank.pay(closed.ref)
    assert settling.refresh(payment=closed.pk).status == Status.SURPLUS
    assert settling.refresh(payment=closed.pk).status == Status.SURPLUS
    assert bank.taken() == 2 * 3995
    assert refunds.sweep() == 1
    refund = Refund.objects.get()
    assert (refund.payment, refund.status, refund.cause) == (closed, Refund.Status.SUCCEEDED, Refund.Cause.SURPLUS)
    assert refund.credit_note is None
    assert bank.returned() == 3995
    paid.refresh_from_db()
    assert paid.status == Status.SUCCEEDED
    assert ledger.balances()[Account.CASH, "EUR"] == 3995
    assert ledger.balances()[Account.RECEIVABLE, "EUR"] == 0
    assert License.objects.filter(refunded_at=None).count() == 1
    assert not money.differences()


def test_paid_after_the_order_expired_it_is_delivered_all_the_same(bank: Bank, ada: Person, time: Time) -> None:
    closed = left_open(ada, bank, time)
    time.by(hours=2)
    assert orders.expire_open() == 1
    bank.pay(closed.ref)
    assert settling.refresh(payment=closed.pk).status == Status.SUCCEEDED
    invoice = Invoice.objects.select_related("order").get()
    assert invoice.number
    assert invoice.void_at is None
    assert invoice.order
    assert invoice.order.paid_at
    assert invoice.order.canceled_at is None
    assert License.objects.count() == 1
    assert not money.differences()


def test_paid_after_the_customer_canceled_it_goes_back(bank: Bank, ada: Person, time: Time) -> None:
    closed = left_open(ada, bank, time)
    assert closed.invoice.order
    orders.cancel(actor=Actor.customer(ada.pk), order=closed.invoice.order)
    bank.pay(closed.ref)
    assert settling.refresh(payment=closed.pk).status == Status.SURPLUS
    assert refunds.sweep() == 1
    assert bank.returned() == 3995
    assert not License.objects.exists()
    assert not money.differences()


@pytest.mark.parametrize(("others", "status"), [(0, Status.SUCCEEDED), (1, Status.SURPLUS)])
def test_an_expired_order_needs_its_coupon_back(bank: Bank, ada: Person, time: Time, others: int, status: str) -> None:
    payment = waiting(ada)
    order = payment.invoice.order
    assert order
    coupon = Coupon.objects.create(code="SPRING", kind=CouponKind.PERCENT, percent=10, max_uses=1, created_at=time.now)
    with transaction.atomic():
        coupons.take(order, "SPRING")
    settling.settle(
        payment=payment.pk, snapshot=Snapshot(ObjectKind.PAYMENT, payment.ref, Outcome.FAILED, decline="abandoned")
    )
    time.by(hours=2)
    assert orders.expire_open() == 1
    Coupon.objects.filter(pk=coupon.pk).update(uses=others)  # somebody else has taken the last use, or nobody
    bank.pay(payment.ref)
    assert settling.refresh(payment=payment.pk).status == status
    coupon.refresh_from_db()
    assert coupon.uses == 1


def test_a_late_upgrade_goes_back_since_what_it_was_for_has_moved(bank: Bank, ada: Person, time: Time) -> None:
    payment = waiting(ada, purpose=Purpose.UPGRADE)
    settling.settle(
        payment=payment.pk, snapshot=Snapshot(ObjectKind.PAYMENT, payment.ref, Outcome.FAILED, decline="abandoned")
    )
    time.by(hours=2)
    assert orders.expire_open() == 1
    bank.pay(payment.ref)
    assert settling.refresh(payment=payment.pk).status == Status.SURPLUS


def test_an_invoice_on_which_nothing_is_due_is_paid_without_a_payment(bank: Bank, ada: Person) -> None:
    invoice = money.demand(ada, 0)
    for _ in range(2):
        with transaction.atomic():
            settling.settle_free(invoice=invoice.pk)
    invoice.refresh_from_db()
    assert invoice.number
    assert invoice.paid_at
    assert not Payment.objects.exists()
    assert not LedgerEntry.objects.exists()
    with pytest.raises(ValueError, match="are due"), transaction.atomic():
        settling.settle_free(invoice=money.demand(ada, 1).pk)


def test_the_database_lets_an_invoice_be_paid_once_and_tried_once_at_a_time(bank: Bank, ada: Person) -> None:
    payment = money.paid(ada)
    with pytest.raises(IntegrityError, match="billing_paid_once"), transaction.atomic():
        bills.payment(payment.invoice)
    bills.payment(payment.invoice, status=Status.STARTED)
    with pytest.raises(IntegrityError, match="billing_one_try_at_a_time"), transaction.atomic():
        bills.payment(payment.invoice, status=Status.UNKNOWN)
    with pytest.raises(IntegrityError, match="billing_payment_positive"), transaction.atomic():
        bills.payment(money.demand(ada), amount_minor=0, status=Status.FAILED)


def test_a_page_that_nobody_pays_is_closed_after_a_day(bank: Bank, ada: Person, time: Time) -> None:
    payment = waiting(ada, expires_at=time.now + timedelta(days=9))
    for _ in range(30):
        time.by(hours=1)
        sweeping.sweep()
    payment.refresh_from_db()
    assert (payment.status, payment.check_at) == (Status.CANCELED, None)
    assert bank.records[payment.ref].is_closed
    assert bank.calls["fetch"] < 20  # asked less and less often


def test_a_page_does_not_outlive_its_order(bank: Bank, ada: Person, time: Time) -> None:
    payment = waiting(ada, expires_at=time.now + timedelta(hours=1))
    time.by(minutes=30)
    sweeping.sweep()
    assert not bank.records[payment.ref].is_closed
    time.by(minutes=30)
    sweeping.sweep()
    assert bank.records[payment.ref].is_closed
    assert orders.expire_open() == 1
    assert Invoice.objects.get().void_at


def test_the_page_of_an_invoice_that_is_given_up_is_closed_by_the_sweep(bank: Bank, ada: Person, time: Time) -> None:
    payment = waiting(ada)
    Invoice.objects.update(void_at=time.now)
    time.by(minutes=16)
    assert sweeping.sweep() == 1
    assert bank.records[payment.ref].is_closed


def test_a_confirmation_that_never_comes_fails_a_renewal(
    bank: Bank, ada: Person, time: Time, told: list[object]
) -> None:
    bank.next("charge", NeedsAction())
    payment = paying.by_method(invoice=money.demand(ada), method=money.card(ada), on_session=False)
    time.by(hours=25)
    assert sweeping.sweep() == 1
    payment.refresh_from_db()
    assert (payment.status, payment.decline) == (Status.FAILED, "abandoned")
    assert told == [PaymentFailed(payment=payment.pk, invoice=payment.invoice_id)]


def test_an_old_charge_without_a_reference_is_looked_for_and_not_repeated(bank: Bank, ada: Person, time: Time) -> None:
    """Providers forget their keys after a day: the same key would charge once more."""
    invoices = [money.demand(ada), money.demand(ada)]
    bank.next("charge", TookEffectSilently(), Lost())
    done, never = (paying.by_method(invoice=each, method=money.card(ada), on_session=False) for each in invoices)
    time.by(hours=21)
    assert sweeping.sweep() == 2
    done.refresh_from_db()
    never.refresh_from_db()
    assert (done.status, never.status, never.decline) == (Status.SUCCEEDED, Status.FAILED, "processing_error")
    assert (bank.taken(), bank.calls["charge"]) == (3995, 2)


def test_a_provider_that_is_down_is_asked_again_and_again(bank: Bank, ada: Person, time: Time) -> None:
    payment = waiting(ada)
    bank.pay(payment.ref)
    bank.down()
    for _ in range(10):
        time.by(minutes=30)
        sweeping.sweep()
    payment.refresh_from_db()
    assert payment.status == Status.REQUIRES_ACTION
    assert payment.check_at
    assert payment.check_at - time.now < timedelta(hours=6)
    bank.down(False)
    time.by(hours=6)
    assert sweeping.sweep() == 1
    assert Payment.objects.get().status == Status.SUCCEEDED


def test_credit_that_was_used_comes_back_when_an_invoice_is_given_up(bank: Bank, ada: Person) -> None:
    credit.give(actor=Actor.system(), person=ada, amount_minor=500, currency="EUR", key="sorry")
    invoice = money.demand(ada, 3995)
    assert (invoice.credit_minor, invoice.due_minor, credit.balance(ada, "EUR")) == (500, 3495, 0)
    writing.void(actor=Actor.system(), invoice=invoice)
    assert credit.balance(ada, "EUR") == 500
    assert not money.differences()
