"""One more term of a licence that somebody else bought, or that came by a code: said truly, bought once, given back."""

from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client

from frontdesk.accounts.models import Message, Person
from frontdesk.billing import lookups
from frontdesk.billing.models import Order, Payment, Refund, Subscription
from frontdesk.billing.refunds import asking
from frontdesk.billing.refunds import settling as refunds
from frontdesk.billing.subscriptions import changing
from frontdesk.catalog.models import PlanVersion
from frontdesk.core.actors import Actor
from frontdesk.licensing.models import License
from tests.fulfilment.test_following import hand_over
from tests.licensing.conftest import Time
from tests.people import customer, signed_in
from tests.support import desk, money, sales, shop
from tests.support.bank import Bank
from tests.support.buying import agree, fields, payment_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def giver() -> Person:
    return customer()


@pytest.fixture
def bob() -> Person:
    return customer("bob@example.org", "Bob")


@pytest.fixture
def plan() -> PlanVersion:
    return desk.plan("plus-3", "Plus", minor=3995, device_prices={"EUR": 730})


@pytest.fixture
def given(giver: Person, bob: Person, plan: PlanVersion, bank: Bank, time: Time) -> License:
    """Bob's licence, which its giver bought for a year; the worker has been by."""
    subscription = sales.buy(giver, plan)
    time.by(days=1)
    hand_over(giver, sales.license_of(subscription), bob)
    sales.deliver()
    return License.objects.get()


def at(license: License) -> str:
    return f"/billing/licenses/{license.pk}/term/"


def text(browser: Client, address: str, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status
    return unescape(answer.content.decode()).replace("\xa0", " ")


def bought(person: Person, license: License, bank: Bank) -> Order:
    """The further term, paid at the bank's page."""
    browser = signed_in(person)
    answer = agree(browser, f"{at(license)}?country=DE", country="DE")
    assert answer.status_code == 302, answer.content.decode()
    order = Order.objects.filter(person=person).latest("placed_at")
    bank.pay(payment_of(order).ref)
    assert "Your licence is renewed" in text(browser, f"/orders/{order.pk}/")
    order.refresh_from_db()
    return order


def test_who_received_a_licence_reads_where_its_time_comes_from(bob: Person, given: License) -> None:
    page = text(signed_in(bob), f"/licenses/{given.pk}/")
    assert "It was handed over to you, and its time goes until 1 November 2027." in page
    assert "Its time comes from a code" not in page
    assert f'href="{at(given)}"' in page
    german = signed_in(bob)
    Person.objects.filter(pk=bob.pk).update(language="de")
    assert "Sie wurde Ihnen übergeben" in text(german, f"/licenses/{given.pk}/")


def test_they_buy_a_further_term(bob: Person, given: License, bank: Bank) -> None:
    page = text(signed_in(bob), f"{at(given)}?country=DE")
    assert "then runs until 1 November 2028 instead of 1 November 2027" in page
    assert "With 19 % VAT included" in page
    assert "Pay €39.95" in page
    order = bought(bob, given, bank)
    given.refresh_from_db()
    assert (given.expires_at.year, order.auto_renew, order.tax_country) == (2028, False, "DE")
    subscription = Subscription.objects.get()
    assert (subscription.person_id, subscription.auto_renew) == (payment_of_giver().person_id, False)
    said = " ".join(Message.objects.get(template="billing/change_confirmed").text.split())
    assert "It ends on 1 November 2028 and does not renew by itself." in said
    assert bank.taken() == 2 * 3995
    money.assert_balanced()


def payment_of_giver() -> Payment:
    return Payment.objects.earliest("started_at")


def test_home_leads_there_before_its_end(bob: Person, given: License, bank: Bank, time: Time) -> None:
    sales.until(time, given.expires_at - timedelta(days=5))
    assert f'href="{at(given)}"' in text(signed_in(bob), "/home/")


def test_the_country_is_asked_for(bob: Person, given: License, bank: Bank) -> None:
    browser = signed_in(bob)
    answer = browser.post(at(given), fields(text(browser, at(given))))
    assert answer.status_code == 422
    at_once = browser.post(at(given), fields(text(browser, at(given))) | {"country": "AT"})
    assert at_once.status_code == 409
    assert "We brought the price up to date" in at_once.content.decode()
    update = browser.post(at(given), {"country": "AT", "update": "1"})
    assert update["Location"] == f"{at(given)}?country=AT"
    assert "With 20 % VAT included" in text(browser, update["Location"])
    assert Order.objects.filter(person=bob).count() == 0


def test_the_button_in_two_windows_buys_once(bob: Person, given: License, bank: Bank) -> None:
    windows = [fields(text(signed_in(bob), f"{at(given)}?country=DE")) for _ in range(2)]
    browser = signed_in(bob)
    assert browser.post(at(given), windows[0] | {"country": "DE"}).status_code == 302
    bank.pay(payment_of(Order.objects.get(person=bob)).ref)
    browser.get(f"/orders/{Order.objects.get(person=bob).pk}/")
    refused = browser.post(at(given), windows[1] | {"country": "DE"})
    assert refused.status_code == 409
    assert "instead of 1 November 2028" in refused.content.decode()


def test_of_two_orders_one_is_paid(bob: Person, given: License, bank: Bank, time: Time) -> None:
    """The second one gives the first up; paid all the same, its money goes back."""
    for _ in range(2):
        assert agree(signed_in(bob), f"{at(given)}?country=DE", country="DE", key=str(uuid4())).status_code in {
            302,
            409,
        }
    assert Order.objects.filter(person=bob, canceled_at=None).count() == 1


def test_its_payer_may_have_the_money_back_while_the_licence_is_theirs(
    bob: Person, giver: Person, given: License, bank: Bank, time: Time
) -> None:
    payment = payment_of(bought(bob, given, bank))
    assert asking.refundable(payment).by_customer_at(time.now)
    time.by(days=1)
    asking.refund(
        actor=Actor.customer(bob.pk),
        payment=payment,
        amount_minor=payment.amount_minor,
        cause=Refund.Cause.CUSTOMER,
        takes_back=True,
        key=uuid4().hex,
    )
    given.refresh_from_db()
    assert (given.expires_at.year, given.refunded_at) == (2027, None)
    assert bank.returned() == 3995
    said = " ".join(Message.objects.get(template="billing/refunded").text.split())
    assert "is taken back" in said
    assert "has ended" not in said


def test_who_gave_it_on_takes_no_money_out_of_it(bob: Person, given: License, bank: Bank, time: Time) -> None:
    payment = payment_of(bought(bob, given, bank))
    hand_over(bob, given, customer("eve@example.org", "Eve"))
    assert not asking.refundable(payment).by_customer_at(time.now)


def test_paid_after_it_was_given_on_the_money_goes_back(bob: Person, given: License, bank: Bank, time: Time) -> None:
    agree(signed_in(bob), f"{at(given)}?country=DE", country="DE")
    order = Order.objects.get(person=bob)
    hand_over(bob, given, customer("eve@example.org", "Eve"))
    bank.pay(payment_of(order).ref)
    signed_in(bob).get(f"/orders/{order.pk}/")
    refunds.sweep()
    given.refresh_from_db()
    assert (given.expires_at.year, bank.returned()) == (2027, 3995)
    assert "the licence had been handed over" in text(signed_in(bob), f"/orders/{order.pk}/")


def test_what_others_paid_for_it_is_none_of_their_contract(
    bob: Person, giver: Person, given: License, bank: Bank, time: Time
) -> None:
    order = bought(bob, given, bank)
    time.by(days=1)
    hand_over(bob, given, giver)
    sales.deliver()
    assert lookups.subscription_of(order) is None
    assert [each.person_id for each in lookups.payments_of(order)] == [bob.pk]


def test_who_pays_with_a_subscription_renews_that(giver: Person, plan: PlanVersion, bank: Bank, time: Time) -> None:
    subscription = sales.buy(giver, plan)
    answer = signed_in(giver).get(at(sales.license_of(subscription)))
    assert answer["Location"] == f"/billing/subscriptions/{subscription.pk}/renew/"


def test_a_licence_from_a_code_is_renewed_by_card_too(bob: Person, plan: PlanVersion, bank: Bank, time: Time) -> None:
    license = desk.licensed(bob, plan)[0]
    end = license.expires_at
    page = text(signed_in(bob), f"/licenses/{license.pk}/")
    assert "Its time comes from a code" in page
    assert f'href="{at(license)}"' in page
    bought(bob, license, bank)
    license.refresh_from_db()
    assert license.expires_at.year == end.year + 1
    assert not Subscription.objects.exists()


def test_one_without_a_price_offers_nothing(bob: Person, bank: Bank, time: Time) -> None:
    license = desk.licensed(bob, shop.plan_version())[0]
    browser = signed_in(bob)
    assert at(license) not in text(browser, f"/licenses/{license.pk}/")
    assert "This plan is not on offer" in text(browser, at(license), 409)


def test_anothers_licence_is_like_none(giver: Person, given: License) -> None:
    browser = signed_in(giver)
    assert browser.get(at(given)).status_code == 404
    assert browser.get(f"/billing/licenses/{uuid4()}/term/").status_code == 404
    assert Client().get(at(given))["Location"].startswith("/account/login/")


def test_a_changed_plan_sends_the_money_back(bob: Person, given: License, bank: Bank, time: Time) -> None:
    agree(signed_in(bob), f"{at(given)}?country=DE", country="DE")
    order = Order.objects.get(person=bob)
    License.objects.update(added_devices=2)
    bank.pay(payment_of(order).ref)
    signed_in(bob).get(f"/orders/{order.pk}/")
    assert Payment.objects.get(invoice__order=order).status == Payment.Status.SURPLUS


def test_nothing_renews_it_and_canceling_says_so(bob: Person, given: License, bank: Bank, time: Time) -> None:
    order = bought(bob, given, bank)
    assert lookups.contract(order.reference, bob.email) == order
    assert not changing.access_subscriptions(bob)
