"""The same button in two windows at once, and beside a renewal by itself: bought once, paid once."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.billing import quotes
from frontdesk.billing.errors import PaymentUnderWay
from frontdesk.billing.invoices import writing
from frontdesk.billing.models import Invoice, Order, Payment, Subscription
from frontdesk.billing.payments import paying
from frontdesk.billing.payments import sweeping as payments
from frontdesk.billing.refunds import settling
from frontdesk.billing.subscriptions import charging, planning, sweeping
from frontdesk.licensing.models import License
from tests.fulfilment.test_following import hand_over
from tests.licensing.conftest import Time
from tests.people import customer, signed_in
from tests.support import desk, money, sales
from tests.support.bank import Bank
from tests.support.buying import fields, payment_of
from tests.support.races import all_behind, at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada() -> Person:
    return customer()


@pytest.fixture
def held(ada: Person, bank: Bank, time: Time) -> Subscription:
    desk.plan("premium-5", "Premium", devices=5, minor=5995)
    return sales.buy(ada, desk.plan("plus-3", "Plus", minor=3995, device_prices={"EUR": 730}))


def windows(person: Person, address: str, count: int = 2, **values: str) -> list[Callable[[], Any]]:
    """The page in so many windows; what pressing its button in each does."""
    browsers = [signed_in(person) for _ in range(count)]
    forms = [fields(browser.get(address).content.decode()) | values for browser in browsers]
    return [partial(browser.post, address, form) for browser, form in zip(browsers, forms, strict=True)]


@pytest.mark.parametrize(
    ("page", "cost"), [("switch/premium-5/now/", 2000), ("renew/", 3995), ("devices/?more=1", 730)]
)
def test_one_button_in_two_windows_at_once_is_paid_once(
    ada: Person, held: Subscription, bank: Bank, time: Time, page: str, cost: int
) -> None:
    presses = windows(ada, f"/billing/subscriptions/{held.pk}/{page}")
    answers = all_behind(lambda: planning.locked(held.pk), *presses)
    assert all(getattr(answer, "status_code", None) in {302, 409} for answer in answers), answers
    payments.sweep()
    settling.sweep()
    assert bank.taken() - bank.returned() == 3995 + cost
    assert Order.objects.exclude(purpose="new").filter(paid_at__isnull=False).count() == 1
    license, now = License.objects.get(), Subscription.objects.get()
    bought = (license.plan_version.plan.slug, license.added_devices, license.expires_at.year)
    assert bought in {("premium-5", 0, 2027), ("plus-3", 0, 2028), ("plus-3", 1, 2027)}
    assert (now.added_devices, now.paid_until) == (license.added_devices, license.expires_at)


@pytest.mark.parametrize("attempt", range(3))
def test_a_further_term_in_two_windows_at_once_is_paid_once(
    attempt: int, ada: Person, held: Subscription, bank: Bank, time: Time
) -> None:
    bob = customer("bob@example.org", "Bob")
    hand_over(ada, sales.license_of(held), bob)
    sales.deliver()
    ends_at = License.objects.get().expires_at
    at_once(*windows(bob, f"/billing/licenses/{held.license}/term/?country=DE", country="DE"))
    order = Order.objects.get(person=bob, canceled_at=None)
    bank.pay(payment_of(order).ref)
    assert signed_in(bob).get(f"/orders/{order.pk}/").status_code == 200
    settling.sweep()
    assert bank.taken() - bank.returned() == 2 * 3995
    assert License.objects.get().expires_at.year == ends_at.year + 1


def test_a_part_whose_plan_or_devices_changed_meanwhile_goes_back(
    ada: Person, held: Subscription, bank: Bank, time: Time
) -> None:
    ends_at = held.paid_until
    quote = quotes.devices(subscription=held, more=1, license_ends_at=ends_at)
    order = sales.place(ada, quote, subscription=held)
    Subscription.objects.filter(pk=held.pk).update(added_devices=1)
    sales.pay(order)
    assert payment_of(order).status == Payment.Status.SURPLUS
    held.refresh_from_db()
    assert held.added_devices == 1
    page = signed_in(ada).get(f"/orders/{order.pk}/").content.decode()
    assert "plan or devices had changed" in page
    settling.sweep()
    assert bank.taken() - bank.returned() == 3995


def test_who_renews_while_the_charge_is_about_to_leave_pays_once(
    ada: Person, held: Subscription, bank: Bank, time: Time
) -> None:
    """Between the sweep's invoice and its try, the customer has opened the bank's page for the same term."""
    end = held.paid_until
    sales.until(time, end - timedelta(minutes=1))
    time.now = end
    with transaction.atomic():
        charge = charging.prepare(planning.locked(held.pk))
    assert charge
    current = Subscription.objects.get()
    quote = quotes.renewal(subscription=current, license_ends_at=end)
    order = sales.place(ada, quote, subscription=current)
    page = paying.by_page(invoice=Invoice.objects.get(order=order), **money.URLS)
    charging.ask(charge)
    assert bank.taken() == 3995
    bank.pay(page.ref)
    assert signed_in(ada).get(f"/orders/{order.pk}/").status_code == 200
    sales.after(time, days=2)
    assert bank.taken() == 2 * 3995
    assert License.objects.get().expires_at.year == 2028


@pytest.mark.parametrize("attempt", range(3))
def test_renew_now_and_the_renewal_by_itself_at_once_are_one_term(
    attempt: int, ada: Person, held: Subscription, bank: Bank, time: Time
) -> None:
    end = held.paid_until
    sales.until(time, end - timedelta(minutes=1))
    time.now = end
    press = windows(ada, f"/billing/subscriptions/{held.pk}/renew/", count=1)[0]
    outcomes = at_once(press, sweeping.sweep)
    assert [each for each in outcomes if isinstance(each, Exception)] == []
    payments.sweep()
    settling.sweep()
    sales.after(time, days=2)
    assert bank.taken() - bank.returned() == 2 * 3995
    license = License.objects.get()
    assert license.expires_at.year == 2028
    assert Payment.objects.filter(status__in=Payment.UNDER_WAY).count() == 0
    assert Subscription.objects.get().paid_until == license.expires_at


def test_two_tries_of_one_subscription_are_never_under_way(
    ada: Person, held: Subscription, bank: Bank, time: Time
) -> None:
    with transaction.atomic():
        due = writing.open_for_period(held, planning.coming_amount(held), credit_minor=0)
    quote = quotes.renewal(subscription=held, license_ends_at=held.paid_until)
    order = sales.place(ada, quote, subscription=held)
    paying.by_page(invoice=Invoice.objects.get(order=order), **money.URLS)
    with pytest.raises(PaymentUnderWay):
        paying.by_method(invoice=due, method=money.card(ada), on_session=False)
