"""The page of a lock in a real browser: axe finds nothing, and the ways out are reached by keyboard."""

import pytest
from playwright.sync_api import Browser, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from frontdesk.accounts.models import GuessCounter
from frontdesk.core import clock
from tests.accounts.test_in_browser import check
from tests.people import customer
from tests.ui.conftest import chromium  # noqa: F401 - a fixture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fast")]


def test_a_lock_shows_how_long_it_lasts_and_the_ways_out(
    chromium: Browser,  # noqa: F811 - the fixture of that name
    live_server: LiveServer,
    settings: Settings,
) -> None:
    settings.FRONTDESK_URL = at = live_server.url.replace("127.0.0.1", "localhost")
    customer("ada@example.org")
    page = chromium.new_context(reduced_motion="reduce").new_page()
    page.goto(f"{at}/account/login/")
    for _ in range(6):
        page.fill("input[name=login]", "ada@example.org")
        page.fill("input[name=password]", "not this one")
        page.keyboard.press("Enter")
        page.wait_for_load_state()
    notice = page.locator("main .notice").first
    expect(notice).to_contain_text("we pause for 1 minute")
    expect(notice.get_by_role("button", name="Sign in with a passkey")).to_be_visible()
    check(page)
    check(page)
    way_out = notice.get_by_role("link", name="Reset the password")
    for _ in range(40):
        page.keyboard.press("Tab")
        if way_out.evaluate("link => link === document.activeElement"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/password/reset/**")
    GuessCounter.objects.update(failures=100, waits_until=clock.real_now())
    page.goto(f"{at}/account/login/")
    page.fill("input[name=login]", "ada@example.org")
    page.fill("input[name=password]", "not this one")
    page.keyboard.press("Enter")
    expect(page.locator("main .notice").first).to_contain_text("first reset the password")
    check(page)
