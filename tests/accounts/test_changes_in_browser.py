"""Profile, address and securing in a real browser, by keyboard alone; axe finds nothing."""

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from playwright.sync_api import Browser, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from frontdesk.accounts.models import Person
from frontdesk.core import outbox
from tests.accounts.conftest import PASSWORD, link_in
from tests.accounts.test_in_browser import check
from tests.people import customer
from tests.ui.conftest import chromium  # noqa: F401 - a fixture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OLD, NEW = "ada@example.org", "new@example.org"


def links() -> dict[str, str]:
    """Each address and the link that was last mailed to it."""
    outbox.deliver_due()
    sent = [each for each in mail.outbox if isinstance(each, EmailMultiAlternatives) and "http" in str(each.body)]
    found = {each.to[0]: link_in(each) for each in sent}
    mail.outbox.clear()
    return found


def press(page: Page, selector: str) -> None:
    page.focus(selector)
    page.keyboard.press("Enter")


def test_the_way_there_and_back(
    chromium: Browser,  # noqa: F811 - the fixture of that name
    live_server: LiveServer,
    settings: Settings,
) -> None:
    settings.FRONTDESK_URL = live_server.url
    customer()
    page = chromium.new_context(reduced_motion="reduce").new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{live_server.url}/account/login/?next=/account/profile/")
    page.fill("[name=login]", OLD)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("[name=time_zone]")
    check(page)
    page.focus("[name=time_zone]")
    page.select_option("[name=time_zone]", "Asia/Kathmandu")
    press(page, "main form.form button")
    page.wait_for_selector("text=In Asia/Kathmandu it is now")
    check(page)
    page.goto(f"{live_server.url}/account/email/")
    page.focus("[name=email]")
    page.keyboard.type(NEW)
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Waiting to be confirmed")
    check(page)
    for link in links().values():
        page.goto(live_server.url + link)
        check(page)
        press(page, "main form button")
        page.wait_for_load_state()
        check(page)
    assert Person.objects.get().email == NEW
    page.goto(f"{live_server.url}/account/email/")
    check(page)
    page.goto(live_server.url + links()[OLD])
    check(page)
    press(page, "main form button[value=secure]")
    page.wait_for_selector("text=Your account is secured")
    check(page)
    page.goto(f"{live_server.url}/account/login/")
    page.fill("[name=login]", OLD)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/password/required/")
    check(page)
    assert complaints == []
