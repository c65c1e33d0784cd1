"""Buying through the pages, as people do it: look at the checkout, agree, pay at the bank, come back."""

import re
from typing import Any

from django.test import Client

from frontdesk.billing.models import Order, Payment
from tests.support.bank import Bank

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


def fields(page: str) -> dict[str, str]:
    """What a page's form carries hidden: digest, key, currency."""
    return {name: value for name, value in HIDDEN.findall(page) if name != "csrfmiddlewaretoken"}


def agree(browser: Client, address: str, **values: Any) -> Any:
    """Look at a quote, and agree to it; returns the answer to the button."""
    page = browser.get(address)
    assert page.status_code == 200, page.content.decode()
    return browser.post(address, fields(page.content.decode()) | values)


def checkout(browser: Client, slug: str = "plus-3", **values: Any) -> Any:
    """The same at the checkout of a plan, for a customer in Germany."""
    trial = "&trial=1" if values.pop("trial", False) else ""
    coupon = f"&coupon={values['coupon']}" if "coupon" in values else ""
    address = f"/shop/halcyon-shield/{slug}/?country=DE{trial}{coupon}"
    return agree(browser, address, country="DE", **values)


def payment_of(order: Order) -> Payment:
    """The newest try to pay an order."""
    return Payment.objects.filter(invoice__order=order).latest("attempt")


def bought(browser: Client, bank: Bank, slug: str = "plus-3", **values: Any) -> Order:
    """Buy a plan on the bank's page, and come back."""
    assert checkout(browser, slug, **values).status_code == 302
    order = Order.objects.latest("placed_at")
    bank.pay(payment_of(order).ref)
    assert browser.get(f"/orders/{order.pk}/").status_code == 200
    order.refresh_from_db()
    return order
