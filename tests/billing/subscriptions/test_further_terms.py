"""A term that is paid: told with its true end, of the plan that was priced, and paid once however it is asked for."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest
from django.db import connections, transaction

from frontdesk.accounts.models import Message, Person
from frontdesk.billing import quotes
from frontdesk.billing.errors import PaymentUnderWay
from frontdesk.billing.invoices import selectors
from frontdesk.billing.models import Invoice, Order, Payment, Subscription
from frontdesk.billing.payments import settling
from frontdesk.billing.presentation import PaymentView
from frontdesk.billing.refunds import settling as refunds
from frontdesk.billing.subscriptions import changing
from frontdesk.catalog.models import PlanVersion
from frontdesk.core.actors import Actor
from frontdesk.licensing import integrity, redemption
from tests.licensing.conftest import Time
from tests.people import signed_in
from tests.support import money, sales, shop
from tests.support.bank import Bank, NeedsAction
from tests.support.sales import for_sale

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("a test")
DAY = timedelta(days=1)


def fresh(subscription: Subscription) -> Subscription:
    return Subscription.objects.get(pk=subscription.pk)


def ordered(person: Person, subscription: Subscription) -> Order:
    """A further term, not paid yet."""
    ends_at = sales.license_of(subscription).expires_at
    quote = quotes.renewal(subscription=fresh(subscription), license_ends_at=ends_at)
    return sales.place(person, quote, subscription=fresh(subscription))


def told(name: str) -> str:
    """The newest mail of this name, in one line."""
    return " ".join(Message.objects.filter(template=f"billing/{name}").latest("created_at").text.split())


def named(name: str, *, minor: int) -> PlanVersion:
    version = for_sale(minor)
    version.plan.name = name
    version.plan.save()
    return version


def redeem(person: Person, subscription: Subscription, version: PlanVersion) -> None:
    redemption.redeem(
        actor=SYSTEM,
        person=person,
        code_text=shop.new_code(version).text,
        ip_prefix="192.0.2.0",
        license=sales.license_of(subscription),
    )


def waiting_for_the_bank(bank: Bank, time: Time, subscription: Subscription) -> Payment:
    """The charge at the end of the term, which its customer has to confirm."""
    bank.next("charge", NeedsAction())
    sales.until(time, subscription.paid_until)
    return Payment.objects.get(status=Payment.Status.REQUIRES_ACTION)


def confirmed(bank: Bank, payment: Payment) -> Payment:
    bank.confirm(payment.ref)
    return settling.refresh(payment=payment.pk)


def assert_in_step(subscription: Subscription) -> None:
    assert fresh(subscription).paid_until == sales.license_of(subscription).expires_at
    assert integrity.faults() == []
    money.assert_balanced()


@pytest.mark.parametrize(("language", "day"), [("en", "1 November 2028"), ("de", "1. November 2028")])
def test_a_renewal_is_told_with_the_new_end(ada: Person, bank: Bank, time: Time, language: str, day: str) -> None:
    Person.objects.filter(pk=ada.pk).update(language=language)
    subscription = sales.buy(ada)
    time.by(days=30)
    sales.pay(ordered(ada, subscription))
    said = told("change_confirmed")
    assert day in said
    assert "2027" not in said


def test_what_comes_back_is_told_with_the_new_end(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada, auto_renew=False)
    sales.until(time, subscription.paid_until + 60 * DAY)
    sales.pay(ordered(ada, subscription))
    assert "31 December 2028" in told("change_confirmed")


@pytest.mark.parametrize("is_longer", [True, False])
def test_a_charge_that_waited_for_the_bank_buys_what_was_priced(
    ada: Person, bank: Bank, time: Time, is_longer: bool
) -> None:
    """Its term comes behind the code that was added meanwhile, of the plan and length that the customer paid."""
    month = for_sale(500, term_months=1, code_days=10)
    year = for_sale(5000, term_months=12, code_days=10)
    held, wanted = (month, year) if is_longer else (year, month)
    subscription = sales.buy(ada, held)
    changing.plan_switch(actor=SYSTEM, subscription=subscription, version=wanted, added_devices=0)
    payment = waiting_for_the_bank(bank, time, subscription)
    redeem(ada, subscription, held)
    behind = sales.license_of(subscription).expires_at
    assert confirmed(bank, payment).status == Payment.Status.SUCCEEDED
    row, license = fresh(subscription), sales.license_of(subscription)
    assert (row.plan_version, row.next_plan_version, license.plan_version) == (wanted, None, wanted)
    months = (license.expires_at.year - behind.year) * 12 + license.expires_at.month - behind.month
    assert (months, license.expires_at.day) == (wanted.term_months, behind.day)
    assert row.charge_at == license.expires_at
    assert_in_step(subscription)
    assert bank.taken() == 5500


def test_a_switch_that_is_planned_after_the_price_was_told_waits_on(ada: Person, bank: Bank, time: Time) -> None:
    month, other = for_sale(500, term_months=1, code_days=10), for_sale(900, term_months=1)
    subscription = sales.buy(ada, month)
    payment = waiting_for_the_bank(bank, time, subscription)
    redeem(ada, subscription, month)
    changing.plan_switch(actor=SYSTEM, subscription=fresh(subscription), version=other, added_devices=0)
    confirmed(bank, payment)
    row = fresh(subscription)
    assert (row.plan_version, row.next_plan_version) == (month, other)
    assert_in_step(subscription)


def test_devices_that_were_planned_and_priced_come_with_the_late_term(ada: Person, bank: Bank, time: Time) -> None:
    month = for_sale(500, device_minor=100, term_months=1, code_days=10)
    subscription = sales.buy(ada, month, added_devices=2)
    changing.plan_switch(actor=SYSTEM, subscription=subscription, version=month, added_devices=1)
    payment = waiting_for_the_bank(bank, time, subscription)
    redeem(ada, subscription, month)
    confirmed(bank, payment)
    row = fresh(subscription)
    assert (row.added_devices, row.next_added_devices) == (1, None)
    assert sales.license_of(subscription).added_devices == 1


def test_a_plan_that_is_not_wanted_any_more_when_the_money_comes_is_not_paid(
    ada: Person, bank: Bank, time: Time
) -> None:
    month, year = for_sale(500, term_months=1, code_days=10), for_sale(5000, term_months=12)
    subscription = sales.buy(ada, month)
    changing.plan_switch(actor=SYSTEM, subscription=subscription, version=year, added_devices=0)
    payment = waiting_for_the_bank(bank, time, subscription)
    redeem(ada, subscription, month)
    end = sales.license_of(subscription).expires_at
    changing.drop_switch(actor=SYSTEM, subscription=fresh(subscription))
    assert confirmed(bank, payment).status == Payment.Status.SURPLUS
    refunds.sweep()
    assert (bank.taken() - bank.returned(), sales.license_of(subscription).expires_at) == (500, end)
    assert "had got another plan" in told("refunded")
    assert_in_step(subscription)


def test_the_receipt_of_a_switch_names_the_plan_that_was_paid_for(ada: Person, bank: Bank, time: Time) -> None:
    pro, basic = named("Pro", minor=5000), named("Basic", minor=1000)
    subscription = sales.buy(ada, pro)
    changing.plan_switch(actor=SYSTEM, subscription=subscription, version=basic, added_devices=0)
    sales.until(time, subscription.paid_until)
    assert "Basic" in told("receipt")
    assert "Pro" not in told("receipt")
    sales.after(time, hours=1)
    quote = quotes.upgrade(
        subscription=fresh(subscription), version=pro, license_ends_at=fresh(subscription).paid_until
    )
    sales.pay(sales.place(ada, quote, subscription=fresh(subscription)))
    titles = [PaymentView(each, time.now).title for each in selectors.access_payments(ada).order_by("started_at")]
    assert [title.split(" · ")[0].split()[-1] for title in titles] == ["Pro", "Basic", "Pro"]


def test_what_renews_by_itself_leaves_no_order_to_pay_again(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    end = subscription.paid_until
    sales.until(time, end - timedelta(hours=2))
    order = ordered(ada, subscription)
    sales.until(time, end)
    order.refresh_from_db()
    assert (order.is_open, order.paid_at, bank.taken()) == (False, None, 2 * sales.YEAR)
    assert Invoice.objects.get(order=order).void_at == time.now
    said = signed_in(ada).get(f"/orders/{order.pk}/").content.decode()
    assert "Your licence has renewed by itself since" in said
    assert "waited too long" not in said


@contextmanager
def in_other_hands(order: Order) -> Iterator[None]:
    """Another thread holds the order's lock meanwhile."""
    held, done = Event(), Event()

    def holds() -> None:
        try:
            with transaction.atomic():
                Order.objects.select_for_update(no_key=True).get(pk=order.pk)
                held.set()
                assert done.wait(20)
        finally:
            connections.close_all()

    thread = Thread(target=holds)
    thread.start()
    assert held.wait(20)
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_an_order_that_was_in_other_hands_then_is_not_paid_on_top(ada: Person, bank: Bank, time: Time) -> None:
    """The charge does not wait for it; whoever pays it after all has the money back, and hears why."""
    subscription = sales.buy(ada)
    end = subscription.paid_until
    sales.until(time, end - timedelta(hours=2))
    order = ordered(ada, subscription)
    with in_other_hands(order):
        sales.until(time, end)
    order.refresh_from_db()
    assert order.is_open
    time.by(minutes=1)
    sales.pay(order)
    refunds.sweep()
    assert bank.taken() - bank.returned() == 2 * sales.YEAR
    assert sales.license_of(subscription).expires_at == datetime(2028, 11, 1, 12, tzinfo=UTC)
    assert "your licence had been renewed already" in told("refunded")
    assert_in_step(subscription)


def test_a_part_of_a_term_that_is_over_is_not_sold(ada: Person, bank: Bank, time: Time) -> None:
    """Its price was for minutes; a whole term would come with it once the charge that is under way arrives."""
    small, large = for_sale(1000), for_sale(900_000)
    subscription = sales.buy(ada, small)
    sales.until(time, subscription.paid_until - timedelta(minutes=20))
    quote = quotes.upgrade(
        subscription=fresh(subscription), version=large, license_ends_at=fresh(subscription).paid_until
    )
    order = sales.place(ada, quote, subscription=fresh(subscription))
    payment = waiting_for_the_bank(bank, time, subscription)
    time.by(minutes=1)
    with pytest.raises(PaymentUnderWay):
        sales.pay(order)
    confirmed(bank, payment)
    assert (fresh(subscription).plan_version, bank.taken(), bank.returned()) == (small, 2000, 0)
    assert_in_step(subscription)
