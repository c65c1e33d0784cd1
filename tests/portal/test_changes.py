"""Renewing, changing the plan and adding devices: the quote is the charge, and nothing happens twice."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.billing.disputes import settle
from frontdesk.billing.models import Order, Payment, PaymentMethod, Subscription
from frontdesk.billing.payments import paying
from frontdesk.licensing.models import License
from tests.licensing.conftest import Time
from tests.people import customer, signed_in
from tests.support import desk, money, sales
from tests.support.bank import Bank, Declines, Lost, NeedsAction
from tests.support.buying import agree, fields, payment_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada() -> Person:
    return customer()


@pytest.fixture
def browser(ada: Person) -> Client:
    return signed_in(ada)


@pytest.fixture
def held(ada: Person, bank: Bank, time: Time) -> Subscription:
    """Plus for three devices, bought with a card that is kept."""
    desk.plan("standard-1", "Standard", devices=1, minor=2000)
    desk.plan("premium-5", "Premium", devices=5, minor=5995)
    desk.plan("plus-3-2y", "Plus, 2 years", minor=6995, term_months=24)
    return sales.buy(ada, desk.plan("plus-3", "Plus", minor=3995, device_prices={"EUR": 730}))


def at(held: Subscription, page: str) -> str:
    return f"/billing/subscriptions/{held.pk}/{page}"


def text(browser: Client, address: str, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def license_of(held: Subscription) -> License:
    return License.objects.get(pk=held.license)


def test_renewing_adds_a_term_behind_the_paid_one(browser: Client, held: Subscription, bank: Bank) -> None:
    page = text(browser, at(held, "renew/"))
    assert "then runs until 1 November 2028 instead of 1 November 2027" in page
    assert "Pay €39.95 with" in page
    answer = agree(browser, at(held, "renew/"))
    assert "Your licence is renewed" in text(browser, answer["Location"])
    assert license_of(held).expires_at.year == 2028
    held.refresh_from_db()
    assert held.charge_at == license_of(held).expires_at
    assert bank.taken() == 2 * 3995


def test_the_button_in_two_windows_renews_once(browser: Client, held: Subscription, bank: Bank) -> None:
    """The second one speaks of an end that is none any more: it says the new one, and waits for another word."""
    windows = [fields(text(browser, at(held, "renew/"))) for _ in range(2)]
    assert browser.post(at(held, "renew/"), windows[0]).status_code == 302
    refused = browser.post(at(held, "renew/"), windows[1])
    assert refused.status_code == 409
    assert "instead of 1 November 2028" in refused.content.decode()
    assert Payment.objects.filter(invoice__order__purpose="renewal").count() == 1


def test_the_button_pressed_twice_renews_once(browser: Client, held: Subscription, bank: Bank) -> None:
    values = fields(text(browser, at(held, "renew/")))
    first, second = (browser.post(at(held, "renew/"), values) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert bank.taken() == 2 * 3995
    assert license_of(held).expires_at.year == 2028


def test_an_upgrade_costs_the_difference_for_the_rest_to_the_cent(
    browser: Client, held: Subscription, bank: Bank, time: Time
) -> None:
    ends_at = license_of(held).expires_at
    time.by(days=100)
    # (59.95 − 39.95) · 265 / 365 = 14.5205…
    assert "€14.52 now" in text(browser, at(held, "switch/"))
    page = text(browser, at(held, "switch/premium-5/now/"))
    assert "Unused time of Plus" in page
    assert "Pay €14.52 with" in page
    assert "The next charge comes on 1 November 2027: €59.95." in page
    answer = agree(browser, at(held, "switch/premium-5/now/"))
    assert "Your plan is changed" in text(browser, answer["Location"])
    assert bank.taken() == 3995 + 1452
    changed = license_of(held)
    assert (changed.device_limit, changed.expires_at) == (5, ends_at)
    assert changed.plan_version.plan.slug == "premium-5"


def test_more_devices_cost_their_part_of_the_term(browser: Client, held: Subscription, bank: Bank, time: Time) -> None:
    time.by(days=265)
    page = text(browser, at(held, "devices/?more=2"))
    assert "5 devices instead of 3, at once." in page
    assert "Pay €4.00 with" in page  # 2 · 7.30 · 100 / 365
    assert browser.post(at(held, "devices/"), {"update": "1", "more": "4"})["Location"].endswith("?more=4")
    agree(browser, at(held, "devices/?more=2"), more="2")
    assert license_of(held).device_limit == 5
    assert bank.taken() == 3995 + 400
    held.refresh_from_db()
    assert held.added_devices == 2


def test_another_number_than_the_one_agreed_to_is_quoted_anew(browser: Client, held: Subscription, bank: Bank) -> None:
    values = fields(text(browser, at(held, "devices/?more=1"))) | {"more": "3"}
    answer = browser.post(at(held, "devices/"), values)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "The price has changed since you saw it" in page
    assert "Pay €21.90 with" in page
    assert bank.taken() == 3995


def test_without_a_card_one_pays_at_the_bank(browser: Client, held: Subscription, bank: Bank) -> None:
    PaymentMethod.objects.update(detached_at=held.created_at)
    Subscription.objects.update(method=None)
    assert "Pay €39.95</span>" in text(browser, at(held, "renew/"))
    assert agree(browser, at(held, "renew/"))["Location"].startswith("/bank/")
    order = Order.objects.get(purpose="renewal")
    bank.pay(payment_of(order).ref)
    assert "Your licence is renewed" in text(browser, f"/orders/{order.pk}/")


def test_another_card_than_the_kept_one_can_be_used(browser: Client, held: Subscription, bank: Bank) -> None:
    assert agree(browser, at(held, "renew/"), other="1")["Location"].startswith("/bank/")
    assert bank.taken() == 3995


def test_a_declined_card_says_why_and_another_pays_the_same_order(
    browser: Client, held: Subscription, bank: Bank
) -> None:
    bank.next("charge", Declines("expired_card"))
    address = agree(browser, at(held, "renew/"))["Location"]
    page = text(browser, address)
    assert "The card has expired." in page
    assert "Nothing was charged." in page
    assert license_of(held).expires_at.year == 2027
    assert browser.post(f"{address}pay/")["Location"].startswith("/bank/")
    bank.pay(payment_of(Order.objects.get(purpose="renewal")).ref)
    assert "Your licence is renewed" in text(browser, address)
    assert bank.taken() == 2 * 3995


def test_a_bank_that_wants_confirmation_gets_it(browser: Client, held: Subscription, bank: Bank) -> None:
    bank.next("charge", NeedsAction())
    assert agree(browser, at(held, "renew/"))["Location"].startswith("/bank/")
    order = Order.objects.get(purpose="renewal")
    bank.confirm(payment_of(order).ref)
    assert "Your licence is renewed" in text(browser, f"/orders/{order.pk}/")


def test_an_answer_that_got_lost_is_waited_for_and_not_paid_twice(
    browser: Client, held: Subscription, bank: Bank, time: Time
) -> None:
    bank.next("charge", Lost(), Lost())
    address = agree(browser, at(held, "renew/"))["Location"]
    assert "We wait for your bank" in text(browser, address)
    again = browser.get(at(held, "renew/"))
    answer = browser.post(at(held, "renew/"), fields(again.content.decode()))
    assert answer.status_code == 409
    assert "A payment is already under way" in answer.content.decode()
    assert Payment.objects.filter(status__in=Payment.UNDER_WAY).count() == 1
    assert bank.taken() == 3995
    time.by(minutes=5)
    assert "Your licence is renewed" in text(browser, address), "asked again under the same key"
    assert bank.taken() == 2 * 3995


def test_a_cheaper_plan_waits_for_the_end_and_asks_which_devices_stay(
    browser: Client, held: Subscription, bank: Bank, time: Time
) -> None:
    license = license_of(held)
    first, second = (desk.seat(license, name) for name in ("Laptop", "Phone"))
    address = at(held, "switch/standard-1/later/")
    page = text(browser, address)
    assert "Which device shall stay? The new plan has room for 1." in page
    assert "Next charge, VAT included" in page
    assert "€20.00" in page
    answer = browser.post(address, {"keep": [str(first.pk), str(second.pk)]})
    assert answer.status_code == 422
    assert "Choose 1 device at most" in answer.content.decode()
    foreign = desk.seat(desk.licensed(customer("eve@example.org", "Eve"))[0], "Hers")
    assert browser.post(address, {"keep": [str(second.pk), str(foreign.pk)]}).status_code == 302
    held.refresh_from_db()
    assert held.keep_devices == [second.pk]
    assert license_of(held).device_limit == 3
    page = text(browser, "/billing/")
    assert "From 1 November 2027 on it is Standard (1 device in all)." in page
    assert "we charge €20.00" in page
    assert bank.taken() == 3995
    assert browser.post(at(held, "switch/drop/"))["Location"] == at(held, "")
    held.refresh_from_db()
    assert held.next_plan_version_id is None


def test_added_devices_can_be_given_back_at_the_end(browser: Client, held: Subscription, bank: Bank) -> None:
    agree(browser, at(held, "devices/?more=3"), more="3")
    page = text(browser, at(held, "devices/fewer/?added=1"))
    assert "€47.25" in page
    assert browser.post(at(held, "devices/fewer/"), {"added": "1"}).status_code == 302
    held.refresh_from_db()
    assert (held.added_devices, held.next_added_devices) == (3, 1)


@pytest.mark.parametrize("number", ["9" * 5000, "²", "-1", ""])
def test_a_number_that_is_none_is_the_next_one(browser: Client, held: Subscription, number: str) -> None:
    Subscription.objects.update(added_devices=3)
    assert 'max="100" value="1"' in text(browser, at(held, f"devices/?more={number}"))
    assert "<dt>Devices</dt><dd>5</dd>" in text(browser, at(held, f"devices/fewer/?added={number}"))


def test_a_plan_without_added_devices_is_had_without_them(browser: Client, held: Subscription) -> None:
    agree(browser, at(held, "devices/?more=2"), more="2")
    page = text(browser, at(held, "switch/"))
    assert "/switch/premium-5/now/" not in page, "what was paid for is not taken away at once"
    assert "/switch/premium-5/later/" in page
    assert "€59.95" in text(browser, at(held, "switch/premium-5/later/"))
    assert browser.post(at(held, "switch/premium-5/later/")).status_code == 302
    held.refresh_from_db()
    assert (held.coming_plan_version.plan.slug, held.coming_added_devices) == ("premium-5", 0)


def test_what_cannot_be_chosen_is_not_offered(browser: Client, held: Subscription) -> None:
    page = text(browser, at(held, "switch/"))
    assert "/switch/plus-3/" not in page
    assert "/switch/premium-5/now/" in page
    assert "/switch/plus-3-2y/later/" in page
    assert browser.get(at(held, "switch/standard-1/now/"))["Location"] == at(held, "switch/standard-1/later/")
    assert browser.get(at(held, "switch/nothing/now/")).status_code == 404


def test_an_ended_one_comes_back_with_a_further_term(
    browser: Client, held: Subscription, bank: Bank, time: Time
) -> None:
    browser.post(at(held, "auto-renewal/"), {"on": "no"})
    sales.until(time, license_of(held).grace_until + timedelta(days=1))
    assert not License.objects.get().is_usable_at(time.now)
    assert f'href="{at(held, "renew/")}"' in text(browser, "/home/")
    assert "A further term brings the licence and its devices back." in text(browser, "/billing/")
    answer = agree(browser, at(held, "renew/"))
    assert "Your licence is renewed" in text(browser, answer["Location"])
    assert License.objects.get().is_usable_at(time.now)


def test_while_the_bank_holds_the_money_nothing_more_is_sold(
    browser: Client, held: Subscription, bank: Bank, time: Time
) -> None:
    time.by(days=3)
    ref = bank.open_dispute(Payment.objects.get().ref)
    settle(provider="bank", snapshot=bank.records[ref].snapshot)
    page = text(browser, "/billing/")
    assert "Since 4 November 2026 your bank holds €39.95 of this back" in page
    assert f'href="{at(held, "renew/")}"' not in page
    for change in ("renew/", "switch/premium-5/now/", "devices/"):
        assert "This change is not possible now" in text(browser, at(held, change), 409)
    assert bank.taken() == 3995


PAGES = ("renew/", "switch/", "switch/premium-5/now/", "switch/standard-1/later/", "devices/", "devices/fewer/")


@pytest.mark.parametrize("page", [*PAGES, "", "auto-renewal/", "card/"])
def test_anothers_subscription_is_like_none(held: Subscription, page: str) -> None:
    eve = signed_in(customer("eve@example.org", "Eve"))
    none = f"/billing/subscriptions/{uuid4()}/{page}"
    assert eve.get(at(held, page)).status_code == eve.get(none).status_code == 404
    assert Client().get(at(held, page))["Location"].startswith("/account/login/")


def test_anothers_subscription_is_not_changed(held: Subscription, bank: Bank) -> None:
    eve = signed_in(customer("eve@example.org", "Eve"))
    for page in (*PAGES, "switch/drop/", "auto-renewal/"):
        assert eve.post(at(held, page), {"on": "no", "key": str(uuid4()), "digest": "x"}).status_code in {404, 405}
    held.refresh_from_db()
    assert held.auto_renew
    assert bank.taken() == 3995


def test_a_licence_that_was_handed_over_is_renewed_by_nobody(browser: Client, held: Subscription) -> None:
    License.objects.update(owner=customer("eve@example.org", "Eve"))
    assert browser.get(at(held, "renew/")).status_code == 404


def test_an_order_beside_a_renewal_that_waits_says_why_it_cannot_be_paid(
    browser: Client, held: Subscription, bank: Bank, time: Time
) -> None:
    sales.until(time, held.paid_until - timedelta(minutes=1))
    agree(browser, at(held, "renew/"), other="1")
    order = Order.objects.get(purpose="renewal")
    page = f"/orders/{order.pk}/"
    browser.get(f"{page}back/")
    assert "Pay €39.95" in text(browser, page)
    bank.next("charge", NeedsAction())
    sales.after(time, minutes=2)
    waits = Payment.objects.get(on_session=False, status=Payment.Status.REQUIRES_ACTION)
    said = text(browser, page)
    assert "Another payment for this subscription is under way" in said
    assert f"/billing/payments/{waits.pk}/" in said
    assert "Pay €39.95" not in said
    assert browser.post(f"{page}pay/")["Location"] == page
    bank.confirm(waits.ref)
    paying.asked(waits)
    assert "is under way" not in text(browser, page)


def test_a_card_that_has_expired_is_not_charged_for_a_change(
    ada: Person, browser: Client, held: Subscription, bank: Bank
) -> None:
    PaymentMethod.objects.update(exp_month=1, exp_year=2026)
    assert "Pay €39.95</span>" in text(browser, at(held, "renew/"))
    assert agree(browser, at(held, "renew/"))["Location"].startswith("/bank/")
    browser.get(f"/orders/{Order.objects.get(purpose='renewal').pk}/back/")
    other = money.card(ada, last4="1881")
    assert f"Pay €39.95 with {other}" in text(browser, at(held, "renew/"))


def test_no_other_card_is_charged_than_the_one_on_the_button(
    ada: Person, browser: Client, held: Subscription, bank: Bank
) -> None:
    page = text(browser, at(held, "renew/"))
    PaymentMethod.objects.update(detached_at=held.created_at)
    money.card(ada)
    assert browser.post(at(held, "renew/"), fields(page))["Location"].startswith("/bank/")
    assert bank.taken() == 3995
