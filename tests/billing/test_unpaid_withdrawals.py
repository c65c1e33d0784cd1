"""Withdrawing from what nothing was paid for: trials, and orders that credit or a coupon covers wholly."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.billing import coupons, declarations
from frontdesk.billing import credits as credit
from frontdesk.billing.errors import RefundTooLate
from frontdesk.billing.models import Declaration, EndReason, Invoice, InvoiceKind, Order
from frontdesk.core import outbox
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound
from frontdesk.licensing import integrity, licenses, seats
from frontdesk.licensing.models import License
from tests.billing.test_declarations import link_after, mails_to, typed
from tests.licensing.conftest import Time
from tests.people import customer, signed_in
from tests.support import money, sales, shop
from tests.support.bank import Bank
from tests.support.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("a test")


def tried(person: Person) -> Order:
    sales.try_out(person, sales.for_sale(trial_days=7))
    return Order.objects.get()


def by_credit(person: Person) -> Order:
    credit.give(actor=SYSTEM, person=person, amount_minor=sales.YEAR + 5, currency="EUR", key="a", reason="sorry")
    sales.buy(person)
    return Order.objects.get()


def by_coupon(person: Person) -> Order:
    coupons.create(actor=SYSTEM, code="ALL", percent=100)
    sales.buy(person, coupon_code="ALL")
    return Order.objects.get()


WAYS = pytest.mark.parametrize("begin", [tried, by_credit, by_coupon])


def link_for(person: Person, order: Order) -> str:
    return link_after(Client().post("/withdraw/", typed(person, order.reference)), person.email)


def seated(order: Order) -> None:
    seats.take(actor=SYSTEM, device=shop.device("Ada's laptop"), license=sales.of(order).license)


def assert_over(order: Order, time: Time, bank: Bank) -> None:
    """Subscription, licence and devices are over, and nothing is charged, however long one waits."""
    subscription = sales.of(order)
    license = sales.license_of(subscription)
    assert (subscription.end_reason, subscription.next_action_at) == (EndReason.WITHDRAWN, None)
    assert (license.status_at(time.now), license.seats_used) == (License.Status.REFUNDED, 0)
    assert integrity.faults() == []
    sales.after(time, days=400)
    assert bank.taken() == 0
    money.assert_balanced()


@WAYS
def test_the_mailed_link_carries_it_out_once(ada: Person, bank: Bank, time: Time, begin: Any) -> None:
    order = begin(ada)
    seated(order)
    time.by(days=2)
    link = link_for(ada, order)
    for _press in range(2):
        assert Client().post(link).status_code == 200
    assert mails_to(ada.email).count("billing/declaration_done") == 1
    assert_over(order, time, bank)


@WAYS
def test_the_signed_in_page_carries_it_out_once(ada: Person, bank: Bank, time: Time, begin: Any) -> None:
    order = begin(ada)
    time.by(days=2)
    browser, address = signed_in(ada), f"/billing/orders/{order.pk}/withdrawal/"
    assert address in browser.get("/withdraw/").content.decode()
    assert "Withdraw now" in browser.get(address).content.decode()
    assert sales.of(order).is_live
    for _press in range(2):
        assert browser.post(address).status_code == 302
    assert address not in browser.get("/withdraw/").content.decode()
    assert "Withdraw now" not in browser.get(address).content.decode()
    assert Declaration.objects.get().done_at == time.now
    assert mails_to(ada.email).count("billing/declaration_done") == 1
    assert_over(order, time, bank)


@WAYS
def test_an_agent_carries_it_out(ada: Person, bank: Bank, time: Time, begin: Any) -> None:
    order = begin(ada)
    Client().post("/withdraw/", typed(ada, order.reference))
    outbox.deliver_due(topics=[declarations.DECLARED])
    agent = customer("agent@example.org", "Sam")
    declared = Declaration.objects.get()
    for _press in range(2):
        declarations.carry_out(actor=Actor.staff(agent.pk, "Asked for by mail"), declaration=declared.pk)
    assert_over(order, time, bank)


@WAYS
def test_a_stranger_ends_nothing(ada: Person, bank: Bank, time: Time, begin: Any) -> None:
    order = begin(ada)
    mallory = customer("mallory@example.org", "Mallory")
    browser, address = signed_in(mallory), f"/billing/orders/{order.pk}/withdrawal/"
    assert [browser.get(address).status_code, browser.post(address).status_code] == [404, 404]
    assert Client().post(address).status_code == 302
    assert address not in browser.get("/withdraw/").content.decode()
    Client().post("/withdraw/", typed(mallory, order.reference))
    outbox.deliver_due(topics=[declarations.DECLARED])
    assert Declaration.objects.get().order is None
    with pytest.raises(NotFound):
        declarations.withdraw_now(person=mallory, order=order)
    assert sales.of(order).is_live
    assert sales.license_of(sales.of(order)).refunded_at is None


def test_used_credit_comes_back_with_a_credit_note(ada: Person, bank: Bank, time: Time) -> None:
    order = by_credit(ada)
    assert credit.balance(ada, "EUR") == 5
    link = link_for(ada, order)
    assert at_once(*[lambda: Client().post(link).status_code] * 2) == [200, 200]
    assert credit.balance(ada, "EUR") == sales.YEAR + 5
    note = Invoice.objects.get(kind=InvoiceKind.CREDIT_NOTE)
    assert (note.gross_minor, note.corrects) == (sales.YEAR, Invoice.objects.get(order=order, kind="invoice"))
    money.assert_balanced()


def test_a_renewal_that_credit_covers_goes_back_too(ada: Person, bank: Bank, time: Time) -> None:
    """The trial went on with credit: withdrawing takes that term back, and the credit is there again."""
    order = tried(ada)
    credit.give(actor=SYSTEM, person=ada, amount_minor=sales.YEAR, currency="EUR", key="a", reason="sorry")
    sales.after(time, days=9)
    assert (bank.taken(), credit.balance(ada, "EUR")) == (0, 0)
    assert not sales.of(order).is_trial
    assert signed_in(ada).post(f"/billing/orders/{order.pk}/withdrawal/").status_code == 302
    assert credit.balance(ada, "EUR") == sales.YEAR
    assert_over(order, time, bank)


def test_declared_in_the_trial_and_carried_out_after_its_charge(ada: Person, bank: Bank, time: Time) -> None:
    order = tried(ada)
    link = link_for(ada, order)
    sales.after(time, days=9)
    assert bank.taken() == sales.YEAR
    assert Client().post(link).status_code == 200
    assert bank.returned() == sales.YEAR
    assert sales.license_of(sales.of(order)).refunded_at is not None
    assert sales.of(order).end_reason == EndReason.WITHDRAWN


@pytest.mark.parametrize("begin", [by_credit, by_coupon])
def test_too_late_it_is_refused(ada: Person, bank: Bank, time: Time, begin: Any) -> None:
    order = begin(ada)
    time.by(days=30, seconds=1)
    address = f"/billing/orders/{order.pk}/withdrawal/"
    assert address not in signed_in(ada).get("/withdraw/").content.decode()
    with pytest.raises(RefundTooLate):
        declarations.withdraw_now(person=ada, order=order)
    assert sales.of(order).is_live


def test_a_protected_account_waits(ada: Person, bank: Bank, time: Time) -> None:
    order = by_credit(ada)
    ada.frozen_until = time.now + timedelta(days=1)
    ada.save()
    browser, address = signed_in(ada), f"/billing/orders/{order.pk}/withdrawal/"
    assert "Withdraw now" not in browser.get(address).content.decode()
    assert browser.post(address).status_code == 409
    assert sales.of(order).is_live
    time.by(days=2)
    assert browser.post(address).status_code == 302
    assert not sales.of(order).is_live


def test_what_breaks_leaves_everything_as_it_was(
    ada: Person, bank: Bank, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = by_credit(ada)
    with monkeypatch.context() as patched:
        patched.setattr(licenses, "refund", lambda **_values: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            declarations.withdraw_now(person=ada, order=order)
    assert (sales.of(order).is_live, credit.balance(ada, "EUR")) == (True, 5)
    declarations.withdraw_now(person=ada, order=order)
    assert credit.balance(ada, "EUR") == sales.YEAR + 5
    assert_over(order, time, bank)
