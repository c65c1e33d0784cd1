"""Buying and keeping in the browser, at the sandbox's bank: from the shop to the last switch."""

import re
from datetime import datetime, timedelta

import pytest
from django.utils.formats import date_format
from playwright.sync_api import BrowserContext, Page, expect

from frontdesk.billing import periods
from frontdesk.billing.amounts import rounded
from frontdesk.billing.models import Order, Payment, Subscription
from frontdesk.core import clock
from frontdesk.licensing.models import License
from tests.people import PASSWORD, customer
from tests.support import desk
from tests.support.shop import new_code

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

GOOD, DECLINED, SECURE = "9999000000000012", "9999000000000020", "9999000000000079"
RENEWAL_DECLINED = "9999000000000095"


def stock() -> None:
    desk.plan("standard-1", "Standard", devices=1, minor=2000)
    desk.plan("plus-3", "Plus", devices=3, minor=3995)
    desk.plan("premium-5", "Premium", devices=5, minor=5995)


def at_the_bank(page: Page, number: str) -> None:
    """Enter a test card on the bank's page and pay."""
    page.wait_for_url("**/sandbox/**")
    page.get_by_label("Number of a test card").fill(number)
    page.get_by_role("button", name=re.compile("^Pay")).click()


def sign_in(page: Page) -> None:
    page.get_by_label("E-mail").fill("ada@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()


def heading(page: Page, text: str | re.Pattern[str]) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def day(moment: datetime) -> str:
    return date_format(moment, "j F Y")


def buy(page: Page, address: str, number: str) -> None:
    """From the start page to the bank's answer."""
    page.goto(address)
    page.get_by_role("main").get_by_role("link", name="Buy from €20.00").click()
    page.get_by_role("link", name="Buy Plus, 3 devices").click()
    page.wait_for_selector("html[data-ready]")
    page.get_by_label("Your country").select_option("DE")
    expect(page.get_by_text("With 19 % VAT (Germany) included.")).to_be_visible()
    page.get_by_role("link", name="Sign in and go on").click()
    sign_in(page)
    page.wait_for_url("**/shop/halcyon-shield/plus-3/?*country=DE*")
    page.get_by_role("button", name="Pay €39.95").click()
    at_the_bank(page, number)


def test_buy_renew_change_and_end_it(context: BrowserContext, live_installation: str) -> None:
    ada = customer()
    stock()
    page = context.new_page()
    buy(page, live_installation, GOOD)
    heading(page, "Your licence is there")
    expect(page.get_by_text(re.compile("we sent to ada@example.org"))).to_be_visible()
    license = License.objects.get(owner=ada)
    page.get_by_role("link", name="See the licence").click()
    expect(page.get_by_text("0 of 3 devices used")).to_be_visible()
    expect(page.get_by_text(f"On {day(license.expires_at)} we charge €39.95 to")).to_be_visible()

    _renew_now(page, live_installation, license)
    _add_a_code(page, live_installation, license)
    _upgrade(page, live_installation, license)
    _plan_a_downgrade(page, live_installation, license)
    _switch_renewal_off(page, live_installation, license)
    assert Payment.objects.filter(status=Payment.Status.SUCCEEDED).count() == 3


def _renew_now(page: Page, address: str, license: License) -> None:
    before = license.expires_at
    page.goto(f"{address}/billing/")
    page.get_by_role("link", name="Renew now").click()
    page.get_by_role("button", name="Pay €39.95 with Test card •••• 0012").click()
    heading(page, "Your licence is renewed")
    license.refresh_from_db()
    assert license.expires_at == periods.add_months(before, 12)


def _add_a_code(page: Page, address: str, license: License) -> None:
    """A second code on a licence that renews moves its next charge."""
    code = new_code(license.plan_version)
    page.goto(f"{address}/activate/")
    page.get_by_label("Activation code").fill(code.text)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Confirm").click()
    heading(page, "Ready")
    before = license.expires_at
    license.refresh_from_db()
    assert license.expires_at == before + timedelta(days=365)
    assert Subscription.objects.get(license=license.pk).charge_at == license.expires_at
    page.goto(f"{address}/billing/")
    expect(page.get_by_text(f"On {day(license.expires_at)} we charge €39.95 to Test card •••• 0012.")).to_be_visible()


def _upgrade(page: Page, address: str, license: License) -> None:
    """Proration to the cent, for what is left of three terms; the quote is the charge."""
    clock.travel(timedelta(days=100))
    page.wait_for_timeout(1_100)  # so long another process remembers how far the demo has travelled
    page.goto(f"{address}/billing/")
    page.get_by_role("link", name="Change the plan").click()
    earliest = _difference(license)
    page.get_by_role("link", name="Choose Premium").click()
    button = page.get_by_role("button", name=re.compile(r"^Pay €\d+\.\d\d with"))
    shown = re.search(r"€(\d+)\.(\d\d)", button.inner_text())
    assert shown
    said = int(shown[1] + shown[2])
    latest = _difference(license)
    assert latest <= said <= earliest
    button.click()
    heading(page, "Your plan is changed")
    assert Order.objects.get(purpose="upgrade").due_minor == said
    assert Payment.objects.get(invoice__order__purpose="upgrade").amount_minor == said
    page.get_by_role("link", name="See the licence").click()
    expect(page.get_by_text("0 of 5 devices used")).to_be_visible()


def _difference(license: License) -> int:
    """(59.95 − 39.95) for the time that is left: whole terms as they are, the part of one rounded."""
    now, end = clock.now(), license.expires_at
    terms, begin = 0, periods.add_months(end, -12)
    while begin >= now:
        terms, end = terms + 1, begin
        begin = periods.add_months(license.expires_at, -12 * (terms + 1))
    left, whole = int((end - now).total_seconds()), int((end - begin).total_seconds())
    return 2000 * terms + rounded(2000 * left, whole)


def _plan_a_downgrade(page: Page, address: str, license: License) -> None:
    license.refresh_from_db()
    for name in ("Laptop", "Phone"):
        desk.seat(license, name)
    page.goto(f"{address}/billing/")
    page.get_by_role("link", name="Change the plan").click()
    page.get_by_role("link", name="Choose Standard").click()
    page.get_by_label("Laptop").set_checked(True)
    page.get_by_label("Phone").set_checked(False)
    page.get_by_role("button", name="Plan this change").click()
    expect(page.get_by_text(f"From {day(license.expires_at)} on it is Standard (1 device in all).")).to_be_visible()
    expect(page.get_by_text(re.compile("we charge €20.00 to"))).to_be_visible()
    kept = Subscription.objects.get(license=license.pk).keep_devices
    assert [each.name for each in license.activations.filter(pk__in=kept)] == ["Laptop"]


def _switch_renewal_off(page: Page, address: str, license: License) -> None:
    """Two clicks; the question may be left alone."""
    page.goto(f"{address}/billing/")
    page.get_by_role("link", name="Switch renewal off").click()
    page.get_by_role("button", name="Switch it off").click()
    expect(page.get_by_text("Ends by itself")).to_be_visible()
    expect(page.get_by_role("main").get_by_text(f"It ends on {day(license.expires_at)}.").first).to_be_visible()
    assert not Subscription.objects.get(license=license.pk).auto_renew


def test_declined_then_another_then_the_bank_wants_confirmation(
    context: BrowserContext, live_installation: str
) -> None:
    customer()
    stock()
    page = context.new_page()
    buy(page, live_installation, DECLINED)
    expect(page.get_by_text("The bank declined without saying why.")).to_be_visible()
    page.get_by_role("button", name="Go back without paying").or_(
        page.get_by_role("link", name="Go back without paying")
    ).click()
    heading(page, "Your order waits to be paid")
    expect(page.get_by_text("You came back without paying.")).to_be_visible()
    page.get_by_role("button", name="Pay €39.95").click()
    at_the_bank(page, SECURE)
    page.get_by_role("button", name=re.compile("Confirm|Yes")).click()
    heading(page, "Your licence is there")
    assert Order.objects.count() == 1
    assert Payment.objects.filter(status=Payment.Status.SUCCEEDED).count() == 1

    # A card that goes through now and is declined when it is charged again: why, and another one for the same order.
    page.goto(f"{live_installation}/billing/")
    page.get_by_role("link", name="Renew now").click()
    page.get_by_role("button", name="Pay with another card").click()
    at_the_bank(page, RENEWAL_DECLINED)
    heading(page, "Your licence is renewed")
    page.goto(f"{live_installation}/billing/")
    page.get_by_role("link", name="Change the card").click()
    page.get_by_label("Test card •••• 0095").check()
    page.get_by_role("button", name="Use this card").click()
    page.get_by_role("link", name="Renew now").click()
    page.get_by_role("button", name="Pay €39.95 with Test card •••• 0095").click()
    heading(page, "The payment was declined")
    expect(page.get_by_text("Nothing was charged.").first).to_be_visible()
    page.get_by_role("button", name="Try another card").click()
    at_the_bank(page, GOOD)
    heading(page, "Your licence is renewed")
    assert Order.objects.filter(purpose="renewal").count() == 2
    assert License.objects.get().expires_at == periods.add_months(License.objects.get().starts_at, 36)
