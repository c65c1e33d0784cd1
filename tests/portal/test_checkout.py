"""The checkout: one quote, one order, one payment, whatever is pressed how often."""

from dataclasses import replace
from urllib.parse import quote as quoted

import pytest
from django.test import Client

from frontdesk.billing import coupons
from frontdesk.billing.models import Order, Payment, PaymentMethod, Subscription
from frontdesk.billing.providers.protocol import Outcome
from frontdesk.catalog import plans
from frontdesk.core import outbox
from frontdesk.licensing.models import License
from tests.people import customer, signed_in
from tests.support import desk
from tests.support.bank import Bank, Down, TookEffectSilently
from tests.support.buying import bought, checkout, fields, payment_of

pytestmark = pytest.mark.django_db(transaction=True)

PLUS = "/shop/halcyon-shield/plus-3/"


@pytest.fixture(autouse=True)
def on_offer(bank: Bank) -> None:
    desk.plan("plus-3", "Plus", minor=3995, device_prices={"EUR": 800}, trial_days=30)


@pytest.fixture
def browser() -> Client:
    return signed_in(customer())


def text(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_visitor_sees_the_price_and_carries_the_choice_through_signing_in(client: Client) -> None:
    page = text(client, f"{PLUS}?added_devices=2&country=DE&renew=no")
    assert "€55.95" in page
    assert "With 19 % VAT (Germany) included." in page
    here = f"{PLUS}?currency=EUR&country=DE&added_devices=2&renew=no"
    assert f"/account/login/?next={quoted(here, safe='')}" in page
    assert f"/account/signup/?next={quoted(here, safe='')}" in page
    assert "Pay €" not in page
    answer = client.post(PLUS, {"country": "DE", "digest": "x", "key": "y"})
    assert answer.status_code == 200
    assert not Order.objects.exists()


def test_all_is_said_before_the_button(browser: Client) -> None:
    page = text(browser, f"{PLUS}?country=AT")
    for said in ("Pay €39.95", "With 20 % VAT (Austria) included.", "we charge <strong>€39.95</strong>", "30 days"):
        assert said in page
    assert "Nothing more is charged." in page


def test_the_country_is_guessed_from_the_language_and_asked_where_it_is_unknown(browser: Client) -> None:
    page = browser.get(PLUS, headers={"Accept-Language": "de-AT,de;q=0.9"}).content.decode()
    assert '<option value="AT" selected>' in page
    page = text(browser, PLUS)
    assert "This field is required" not in page
    answer = browser.post(PLUS, fields(page))
    assert answer.status_code == 422
    assert 'id="id_country_error"' in answer.content.decode()
    assert not Order.objects.exists()


def test_paid_is_a_licence_with_its_code_in_the_mail(browser: Client, bank: Bank) -> None:
    order = bought(browser, bank)
    page = text(browser, f"/orders/{order.pk}/")
    assert "Your licence is there" in page
    assert "/products/halcyon-shield/downloads/" in page
    license = License.objects.get()
    assert license.owner_id == order.person_id
    assert f"/licenses/{license.pk}/" in page
    assert payment_of(order).statement_text in page
    held = Subscription.objects.get(license=license.pk)
    assert held.auto_renew
    assert bank.taken() == 3995
    outbox.deliver_due()
    assert Payment.objects.count() == 1


def test_let_it_end_is_kept_with_the_order(browser: Client, bank: Bank) -> None:
    order = bought(browser, bank, renew="no")
    assert not Subscription.objects.get().auto_renew
    assert "nothing more is charged" in text(browser, f"/orders/{order.pk}/")


def test_the_button_pressed_twice_orders_once(browser: Client, bank: Bank) -> None:
    page = text(browser, f"{PLUS}?country=DE")
    values = fields(page) | {"country": "DE"}
    first, second = browser.post(PLUS, values), browser.post(PLUS, values)
    assert first["Location"] == second["Location"]
    assert first["Location"].startswith("/bank/")
    assert Order.objects.count() == Payment.objects.count() == 1
    assert bank.calls["checkout"] == 1


def test_a_price_that_changed_is_shown_anew_and_charges_nothing(browser: Client, bank: Bank) -> None:
    values = fields(text(browser, f"{PLUS}?country=DE")) | {"country": "DE"}
    plan = plans.offers(desk.shield())[0].plan
    plans.new_version(actor=desk.SYSTEM, plan=plan, device_limit=3, prices={"EUR": 4495})
    answer = browser.post(f"{PLUS}?currency=EUR&country=DE", values)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "The price has changed since you saw it" in page
    assert "Pay €44.95" in page
    assert not Order.objects.exists()
    assert browser.post(PLUS, fields(page) | {"country": "DE"}).status_code == 302
    assert Order.objects.get().due_minor == 4495


def test_an_option_changed_without_updating_is_confirmed_first(browser: Client) -> None:
    values = fields(text(browser, f"{PLUS}?country=DE")) | {"country": "DE", "added_devices": "2"}
    answer = browser.post(f"{PLUS}?currency=EUR&country=DE", values)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "We brought the price up to date" in page
    assert "The price has changed since you saw it" not in page
    assert "Pay €55.95" in page
    assert not Order.objects.exists()


def test_update_leads_to_an_address_that_can_be_kept(browser: Client) -> None:
    values = {"update": "1", "country": "DE", "added_devices": "1", "coupon": "x", "renew": "no", "currency": "EUR"}
    answer = browser.post(PLUS, values)
    assert answer["Location"] == f"{PLUS}?currency=EUR&country=DE&added_devices=1&coupon=x&renew=no"
    assert not Order.objects.exists()


@pytest.mark.parametrize("wanted", ["-1", "101", "x", "99999999999999999999"])
def test_devices_that_cannot_be_added_order_nothing(browser: Client, wanted: str) -> None:
    values = fields(text(browser, f"{PLUS}?country=DE")) | {"country": "DE", "added_devices": wanted}
    assert browser.post(PLUS, values).status_code == 422
    assert not Order.objects.exists()


def test_a_coupon_is_taken_off_and_a_wrong_one_said_beside_its_field(browser: Client, bank: Bank) -> None:
    coupons.create(actor=desk.SYSTEM, code="SPRING", percent=10)
    assert "Pay €35.95" in text(browser, f"{PLUS}?country=DE&coupon=spring")
    page = text(browser, f"{PLUS}?country=DE&coupon=WINTER")
    assert "This coupon cannot be used here" in page
    assert "Pay €39.95" in page
    order = bought(browser, bank, coupon="spring")
    assert (order.due_minor, order.renewal_minor, bank.taken()) == (3595, 3995, 3595)


def test_what_costs_nothing_is_there_without_a_bank(browser: Client, bank: Bank) -> None:
    coupons.create(actor=desk.SYSTEM, code="GIFT", percent=100)
    assert "Order without paying" in text(browser, f"{PLUS}?country=DE&coupon=GIFT")
    answer = checkout(browser, coupon="GIFT")
    assert "Your licence is there" in text(browser, answer["Location"])
    assert bank.calls["checkout"] == 0


def test_with_the_bank_away_the_order_is_kept_and_paid_later(browser: Client, bank: Bank) -> None:
    bank.next("checkout", Down())
    answer = checkout(browser)
    page = text(browser, answer["Location"])
    assert "Payments cannot be taken just now" in page
    assert "Your order waits to be paid" in page
    order = Order.objects.get()
    assert browser.post(f"/orders/{order.pk}/pay/")["Location"].startswith("/bank/")
    bank.pay(payment_of(order).ref)
    assert "Your licence is there" in text(browser, f"/orders/{order.pk}/")
    assert bank.taken() == 3995


def test_coming_back_without_paying_keeps_the_order(browser: Client, bank: Bank) -> None:
    checkout(browser)
    order = Order.objects.get()
    page = text(browser, browser.get(f"/orders/{order.pk}/back/")["Location"])
    assert "You came back without paying." in page
    assert "Pay €39.95" in page
    assert "waits to be paid" in text(browser, "/billing/")
    assert f"Order {order.reference} waits to be paid" in text(browser, "/home/")
    with pytest.raises(AssertionError, match="closed"):
        bank.pay(Payment.objects.get().ref)
    browser.post(f"/orders/{order.pk}/pay/")
    bank.pay(payment_of(order).ref)
    assert "Your licence is there" in text(browser, f"/orders/{order.pk}/")
    assert "waits to be paid" not in text(browser, "/billing/")


def test_who_paid_and_pressed_back_has_paid(browser: Client, bank: Bank) -> None:
    checkout(browser)
    order = Order.objects.get()
    bank.pay(payment_of(order).ref)
    page = text(browser, browser.get(f"/orders/{order.pk}/back/")["Location"])
    assert "Your licence is there" in page
    assert "without paying" not in page


def test_who_comes_back_while_the_bank_is_silent_hears_nothing_false(browser: Client, bank: Bank) -> None:
    checkout(browser)
    order = Order.objects.get()
    record = bank.records[payment_of(order).ref]
    record.snapshot = replace(record.snapshot, outcome=Outcome.UNKNOWN)
    Payment.objects.update(status=Payment.Status.UNKNOWN)
    page = text(browser, browser.get(f"/orders/{order.pk}/back/")["Location"])
    assert Payment.objects.get().status in Payment.UNDER_WAY
    assert "without paying" not in page
    home, billing = text(browser, "/home/"), text(browser, "/billing/")
    for said in (home, billing):
        assert f"Order {order.reference}: we wait for your bank" in said
        assert "See how it stands" in said
        assert "Nothing was charged" not in said
    bank.pay(payment_of(order).ref)
    assert "Your licence is there" in text(browser, browser.get(f"/orders/{order.pk}/back/")["Location"])


def test_who_comes_back_to_an_order_that_is_closed_is_not_told_that_it_is_kept(browser: Client, bank: Bank) -> None:
    checkout(browser)
    order = Order.objects.get()
    browser.post(f"/orders/{order.pk}/cancel/")
    page = text(browser, browser.get(f"/orders/{order.pk}/back/")["Location"])
    assert "your order is kept" not in page
    assert "is closed" in page


def test_a_declined_card_is_explained_and_another_pays_the_same_order(browser: Client, bank: Bank) -> None:
    checkout(browser)
    order = Order.objects.get()
    bank.pay(payment_of(order).ref, decline="insufficient_funds")
    page = text(browser, f"/orders/{order.pk}/")
    assert "The account did not hold enough." in page
    assert "Try another card" in page
    assert 'href="/help/r/payment_declined"' in page
    browser.post(f"/orders/{order.pk}/pay/")
    bank.pay(payment_of(order).ref)
    assert "Your licence is there" in text(browser, f"/orders/{order.pk}/")
    assert (Order.objects.count(), Payment.objects.count(), bank.taken()) == (1, 2, 3995)


def test_a_payment_without_an_outcome_is_waited_for_and_shown_when_it_comes(browser: Client, bank: Bank) -> None:
    checkout(browser)
    order = Order.objects.get()
    page = text(browser, f"/orders/{order.pk}/")
    assert "Your payment waits for you" in page
    assert "As far as the bank has told us, nothing was charged so far." in page
    Payment.objects.update(status=Payment.Status.UNKNOWN)
    bank.down()
    page = text(browser, f"/orders/{order.pk}/")
    assert "We wait for your bank" in page
    assert 'data-poll="unknown"' in page
    assert f'href="/orders/{order.pk}/"' in page
    bank.down(False)
    bank.pay(payment_of(order).ref)
    assert "Your licence is there" in text(browser, f"/orders/{order.pk}/")


def test_an_order_is_given_up(browser: Client, bank: Bank) -> None:
    checkout(browser)
    order = Order.objects.get()
    assert browser.post(f"/orders/{order.pk}/cancel/")["Location"] == "/billing/"
    page = text(browser, f"/orders/{order.pk}/")
    assert "This order was not paid and is closed" in page
    assert browser.post(f"/orders/{order.pk}/pay/")["Location"] == f"/orders/{order.pk}/"
    assert bank.calls["checkout"] == 1


@pytest.mark.parametrize("page", ["", "back/", "pay/", "cancel/", "card/bank/"])
def test_anothers_order_is_like_none(browser: Client, page: str) -> None:
    checkout(browser)
    order = Order.objects.get()
    eve = signed_in(customer("eve@example.org", "Eve"))
    ask = eve.post if page in {"pay/", "cancel/"} else eve.get
    theirs, none = ask(f"/orders/{order.pk}/{page}"), ask(f"/orders/{Payment.objects.get().pk}/{page}")
    assert theirs.status_code == none.status_code == 404
    assert Client().get(f"/orders/{order.pk}/")["Location"].startswith("/account/login/")


def test_a_trial_begins_with_a_card_and_only_once(browser: Client, bank: Bank) -> None:
    page = text(browser, f"{PLUS}?country=DE&trial=1")
    assert "Nothing is charged now." in page
    assert "Start the trial" in page
    assert checkout(browser, trial=True)["Location"].startswith("/bank/")
    order = Order.objects.get()
    ref = next(iter(bank.records))
    assert "Your trial has not begun yet" in text(browser, f"/orders/{order.pk}/")
    back = browser.get(f"/orders/{order.pk}/card/bank/?setup={ref}")
    assert "has not begun" in text(browser, back["Location"])
    assert not License.objects.exists()
    bank.pay(ref)
    page = text(browser, browser.get(f"/orders/{order.pk}/card/bank/?setup={ref}")["Location"])
    assert "Your trial has begun" in page
    assert Subscription.objects.get().is_trial
    assert bank.taken() == 0
    assert "You have tried this product before" in text(browser, f"{PLUS}?country=DE&trial=1")
    assert checkout(browser, trial=True).status_code in {200, 409}
    assert License.objects.count() == 1


def test_with_a_card_a_trial_begins_at_once(browser: Client, bank: Bank) -> None:
    bought(browser, bank)
    assert PaymentMethod.objects.count() == 1
    card = PaymentMethod.objects.get()
    page = text(browser, checkout(browser, trial=True, card=str(card.pk))["Location"])
    assert "Your trial has begun" in page


def test_a_page_whose_address_got_lost_is_opened_again_under_its_key(browser: Client, bank: Bank) -> None:
    bank.next("checkout", TookEffectSilently())
    order_page = checkout(browser)["Location"]
    assert "Pay €39.95" in text(browser, order_page)
    assert browser.post(f"{order_page}pay/")["Location"].startswith("/bank/")
    assert (Payment.objects.count(), len(bank.records)) == (1, 1)
    bank.pay(Payment.objects.get().ref)
    assert "Your licence is there" in text(browser, order_page)
    assert bank.taken() == 3995


def test_nobody_waits_for_a_bank_whose_page_never_opened(browser: Client, bank: Bank) -> None:
    bank.next("checkout", TookEffectSilently())
    checkout(browser)
    for page in ("/home/", "/billing/"):
        said = text(browser, page)
        assert "we wait for your bank" not in said, page
        assert "waits to be paid" in said, page
