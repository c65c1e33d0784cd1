"""A coupon for one payment on a trial: both prices are said wherever one agrees to them, or is told of them."""

import pytest
from django.test import Client

from frontdesk.accounts.models import Message
from frontdesk.billing import coupons
from frontdesk.billing.models import Order, Subscription
from frontdesk.core.actors import Actor
from tests.licensing.conftest import Time
from tests.people import customer, signed_in
from tests.support import desk, money, sales
from tests.support.bank import Bank
from tests.support.buying import checkout

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("test")
PLUS = "/shop/halcyon-shield/plus-3/"


def text(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().replace("<strong>", "").replace("</strong>", "").split())


def test_what_is_charged_is_what_was_said(bank: Bank, time: Time) -> None:
    desk.plan("plus-3", "Plus", minor=4995, trial_days=30)
    coupons.create(actor=SYSTEM, code="FIRST", percent=20)
    ada = customer()
    card = money.card(ada, is_default=True)
    browser = signed_in(ada)
    page = text(browser, f"{PLUS}?country=DE&coupon=FIRST&trial=1")
    assert "On 1 December 2026 we charge €39.96, VAT included, to the card that you pay with." in page
    assert "Each term after that costs €49.95." in page
    assert "we charge €39.96 on 1 December 2026, and €49.95 for each further term" in page
    checkout(browser, coupon="FIRST", trial=True, card=str(card.pk))
    order = Order.objects.get()
    assert "Each term after that costs €49.95." in text(browser, f"/orders/{order.pk}/")
    assert "Each term after that costs €49.95 with tax." in Message.objects.get(template="billing/trial_started").text
    held = Subscription.objects.get()
    for address in ("/billing/", f"/billing/subscriptions/{held.pk}/"):
        assert "Each term after that costs €49.95." in text(browser, address)
    early = text(browser, f"/billing/subscriptions/{held.pk}/renew/")
    assert "Pay €39.96" in early
    assert ": €49.95." in early, "a term that is paid now uses the coupon"
    browser.post(f"/billing/subscriptions/{held.pk}/auto-renewal/", {"on": "no"})
    assert "and €49.95 for each further term" in text(browser, f"/billing/subscriptions/{held.pk}/auto-renewal/")
    browser.post(f"/billing/subscriptions/{held.pk}/auto-renewal/", {"on": "yes"})
    sales.after(time, days=31)
    assert "Each term after that costs €49.95 with tax." in Message.objects.get(template="billing/price_notice").text
    assert bank.taken() == 3996
    assert "Each term after that" not in text(browser, "/billing/")
    sales.after(time, days=366)
    assert bank.taken() == 3996 + 4995


def test_one_price_is_said_once(bank: Bank, time: Time) -> None:
    desk.plan("plus-3", "Plus", minor=4995, trial_days=30)
    coupons.create(actor=SYSTEM, code="ALWAYS", percent=20, is_forever=True)
    browser = signed_in(customer())
    for more in ("&trial=1", "&coupon=ALWAYS&trial=1", "&coupon=ALWAYS", ""):
        page = text(browser, f"{PLUS}?country=DE{more}")
        assert "and for each further term" in page
        assert "Each term after that" not in page


def test_a_plan_that_costs_nothing_needs_no_credit(bank: Bank, time: Time) -> None:
    desk.plan("free-1", "Free", devices=1, minor=0)
    ada = customer()
    sales.buy(ada, desk.plan("free-1"))
    money.card(ada, is_default=True)
    page = text(signed_in(ada), "/billing/")
    assert "it renews. It costs nothing." in page
    assert "credit or coupon" not in page
