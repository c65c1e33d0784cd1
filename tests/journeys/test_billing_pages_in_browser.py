"""axe finds nothing on the pages for buying and keeping, light and dark, desktop and phone; nothing sticks out."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from frontdesk.accounts.models import Person
from frontdesk.billing import coupons
from frontdesk.billing.models import Order, Payment
from tests.journeys.test_pages_in_browser import walk
from tests.people import customer, signed_in
from tests.support import desk, money, sales
from tests.support.bank import Bank, bank
from tests.support.buying import checkout

__all__ = ["bank"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CHECKOUT = "/shop/halcyon-shield/plus-3/"


def stock() -> None:
    desk.plan("standard-1", "Standard", devices=1, minor=2000, features=["scan"])
    desk.plan("plus-3", "Plus", minor=3995, device_prices={"EUR": 800}, trial_days=30, features=["scan", "web-guard"])
    desk.plan("premium-5", "Premium", devices=5, prices={"EUR": 5995, "USD": 6495}, device_prices={"EUR": 900})
    desk.plan("plus-3-2y", "Plus, 2 years", minor=6995, term_months=24)


def test_what_visitors_see(chromium: Browser, live_server: LiveServer, bank: Bank) -> None:
    stock()
    pages = ["/", "/products/halcyon-shield/", "/shop/halcyon-shield/", "/shop/halcyon-shield/?currency=USD"]
    assert walk(chromium, live_server.url, [*pages, f"{CHECKOUT}?country=DE", f"{CHECKOUT}?trial=1"]) == []


def orders(browser: Client, ada: Person, bank: Bank) -> list[str]:
    """One order that waits for its payment's outcome, one that was declined, one that is paid, and one given up."""
    made = []
    for _ in range(4):
        checkout(browser)
        made.append(Order.objects.latest("placed_at"))
    waiting, declined, paid, given_up = (Payment.objects.get(invoice__order=order) for order in made)
    bank.pay(declined.ref, decline="expired_card")
    bank.pay(paid.ref)
    browser.post(f"/orders/{made[3].pk}/cancel/")
    Payment.objects.filter(pk=waiting.pk).update(status=Payment.Status.UNKNOWN)
    assert given_up.person == ada
    return [f"/orders/{order.pk}/" for order in made]


def changes(ada: Person) -> list[str]:
    """Everything that can be done with one subscription, and its licence beside it."""
    card = money.card(ada, is_default=True)
    money.card(ada, last4="1881", exp_month=1, exp_year=2026)
    held = sales.buy(ada, desk.plan("plus-3"), card=card, added_devices=2)
    license = sales.license_of(held)
    for name in ("Laptop", "Phone"):
        desk.seat(license, name)
    at = f"/billing/subscriptions/{held.pk}/"
    pages = ["", "renew/", "switch/", "switch/premium-5/now/", "switch/standard-1/later/", "devices/"]
    pages += ["devices/fewer/", "auto-renewal/", "card/"]
    return [at + page for page in pages] + [f"/licenses/{license.pk}/", f"/billing/methods/{card.pk}/remove/"]


def test_what_a_customer_sees(chromium: Browser, live_server: LiveServer, bank: Bank) -> None:
    stock()
    ada = customer()
    browser = signed_in(ada)
    coupons.create(actor=desk.SYSTEM, code="SPRING", percent=10)
    pages = [f"{CHECKOUT}?country=DE&coupon=SPRING", f"{CHECKOUT}?country=DE&coupon=WRONG", f"{CHECKOUT}?trial=1"]
    pages += ["/billing/", "/billing/methods/", *orders(browser, ada, bank), *changes(ada)]
    pages += ["/billing/", "/billing/methods/", "/home/"]
    session = browser.cookies[settings.SESSION_COOKIE_NAME].value
    assert walk(chromium, live_server.url, pages, session) == []
