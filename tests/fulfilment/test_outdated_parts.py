"""A part of a term is priced for the time that is left when it is ordered: paid after that has moved, it goes back."""

from datetime import timedelta
from html import unescape

import pytest

from frontdesk.accounts.models import Message, Person
from frontdesk.billing import quotes
from frontdesk.billing.models import Order, Payment, Subscription
from frontdesk.billing.payments import sweeping
from frontdesk.billing.refunds import settling
from frontdesk.core.actors import Actor
from frontdesk.licensing import redemption
from tests.licensing.conftest import Time
from tests.people import signed_in
from tests.support import money, sales, shop
from tests.support.bank import Bank
from tests.support.sales import for_sale

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = timedelta(minutes=1)


def ordered(person: Person, subscription: Subscription, quote: quotes.Quote, time: Time) -> Order:
    order = sales.place(person, quote, subscription=subscription)
    time.by(minutes=1)
    return order


def assert_went_back(bank: Bank, order: Order, time: Time, *, kept: int) -> None:
    sweeping.sweep()
    settling.sweep()
    assert Payment.objects.get(invoice__order=order).status == Payment.Status.SURPLUS
    order.refresh_from_db()
    assert (order.paid_at, order.is_open) == (None, False)
    assert bank.taken() - bank.returned() == kept
    money.assert_balanced()
    why = {"renewal": "your licence had been renewed already or had got another plan"}
    said = why.get(order.purpose, "time, plan or devices had changed, so that its price was not right any more")
    assert said in " ".join(Message.objects.filter(template="billing/refunded").latest("created_at").text.split())
    assert order.person
    browser, payment = signed_in(order.person), Payment.objects.get(invoice__order=order)
    for address in (f"/orders/{order.pk}/", f"/billing/payments/{payment.pk}/"):
        page = unescape(browser.get(address).content.decode())
        assert said in page
        assert "closed already" not in page


@pytest.mark.parametrize("part", ["upgrade", "devices"])
def test_a_code_after_the_order_is_not_upgraded_for_nothing(ada: Person, bank: Bank, time: Time, part: str) -> None:
    small, large = for_sale(1000, code_days=365), for_sale(5000)
    subscription = sales.buy(ada, small)
    end = subscription.paid_until
    quote = quotes.upgrade(subscription=subscription, version=large, license_ends_at=end)
    if part == "devices":
        quote = quotes.devices(subscription=subscription, more=2, license_ends_at=end)
    order = ordered(ada, subscription, quote, time)
    redemption.redeem(
        actor=Actor.customer(ada.pk),
        person=ada,
        code_text=shop.new_code(small).text,
        ip_prefix="192.0.2.0",
        license=sales.license_of(subscription),
    )
    sales.pay(order)
    assert_went_back(bank, order, time, kept=1000)
    license = sales.license_of(subscription)
    assert (license.plan_version, license.added_devices) == (small, 0)


def test_a_renewal_after_the_order_is_not_upgraded_for_nothing(ada: Person, bank: Bank, time: Time) -> None:
    small, large = for_sale(1000), for_sale(900_000)
    subscription = sales.buy(ada, small)
    end = subscription.paid_until
    sales.until(time, end - 20 * MINUTE)
    current = Subscription.objects.get()
    quote = quotes.upgrade(subscription=current, version=large, license_ends_at=end)
    assert 0 < quote.due.gross_minor < 50
    order = ordered(ada, current, quote, time)
    sales.until(time, end + MINUTE)
    assert bank.taken() == 2000
    sales.pay(order)
    assert_went_back(bank, order, time, kept=2000)
    assert sales.license_of(subscription).plan_version == small


def test_a_term_of_a_plan_that_is_no_more_goes_back(ada: Person, bank: Bank, time: Time) -> None:
    small, large = for_sale(1000), for_sale(5000)
    subscription = sales.buy(ada, large)
    end = subscription.paid_until
    quote = quotes.renewal(subscription=subscription, license_ends_at=end)
    order = ordered(ada, subscription, quote, time)
    row = Subscription.objects.get()
    row.plan_version = small
    row.save(update_fields=["plan_version"])
    sales.pay(order)
    assert_went_back(bank, order, time, kept=5000)
    assert sales.license_of(subscription).expires_at == end
