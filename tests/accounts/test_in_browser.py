"""The way into an account in a real browser, by the demo's mailbox; axe finds nothing on the way."""

import itertools
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from frontdesk.core import outbox
from tests.people import PASSWORD
from tests.support.axe import violations
from tests.ui.conftest import chromium  # noqa: F401 - a fixture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = itertools.cycle([("dark", 390), ("light", 1280)])


def check(page: Page) -> None:
    """Nothing that axe complains about, nothing that sticks out sideways; wide and light, narrow and dark in turn."""
    page.wait_for_selector("html[data-ready]")
    page.wait_for_load_state()
    scheme, width = next(LOOKS)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 900})
    assert violations(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("window.innerWidth"), page.url


def press(page: Page) -> None:
    page.click("main form button.main")


def test_from_nothing_to_a_second_factor(
    chromium: Browser,  # noqa: F811 - the fixture of that name
    live_server: LiveServer,
    settings: Settings,
    tmp_path: Path,
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    settings.FRONTDESK_URL = live_server.url
    context = chromium.new_context(reduced_motion="reduce")
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def open_page(path: str) -> None:
        page.goto(live_server.url + path)
        check(page)

    open_page("/account/signup/")
    page.fill("[name=email]", "grace@example.org")
    page.fill("[name=password]", "short")
    press(page)
    check(page)
    page.fill("[name=password]", PASSWORD)
    press(page)
    check(page)
    outbox.deliver_due()
    open_page("/demo/mailbox/")
    page.click("main ul.rows a")
    check(page)
    page.frame_locator("iframe").locator("a").first.click()
    page.wait_for_url("**/confirm-email/**")
    check(page)
    press(page)
    page.fill("[name=password]", " WRONG")
    press(page)
    check(page)
    page.fill("[name=password]", PASSWORD)
    press(page)
    page.wait_for_url("**/home/")
    for path in (
        "/account/security/",
        "/account/email/",
        "/account/password/change/",
        "/messages/",
        "/messages/check/",
    ):
        open_page(path)
    open_page("/account/2fa/totp/activate/")
    assert page.evaluate("document.querySelector('main img').naturalWidth") > 100, "the QR code is drawn"
    page.click("main summary")
    secret = page.locator("[data-copy]").first.get_attribute("data-copy") or ""
    page.fill("[name=code]", pyotp.TOTP(secret).now())
    press(page)
    page.wait_for_url("**/recovery-codes/**")
    check(page)
    open_page("/account/2fa/totp/deactivate/")
    open_page("/account/logout/")
    assert complaints == []
    context.close()
