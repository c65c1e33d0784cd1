"""Browsers and history in a real browser, by keyboard; axe finds nothing, and old-browser notices stay hidden."""

import pytest
from playwright.sync_api import Browser, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from frontdesk.accounts.models import KnownBrowser, Session
from tests.accounts.test_in_browser import check
from tests.people import PASSWORD, customer
from tests.ui.conftest import chromium  # noqa: F401 - a fixture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in(page: Page, server: LiveServer) -> None:
    page.goto(f"{server.url}/account/login/")
    page.fill("[name=login]", "ada@example.org")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/home/")


def test_browsers_and_history(
    chromium: Browser,  # noqa: F811 - the fixture of that name
    live_server: LiveServer,
    settings: Settings,
) -> None:
    settings.FRONTDESK_URL = live_server.url
    ada = customer()
    other = chromium.new_context(reduced_motion="reduce", locale="en").new_page()
    page = chromium.new_context(reduced_motion="reduce", locale="en").new_page()
    sign_in(other, live_server)
    sign_in(page, live_server)
    for path in ("/account/browsers/", "/account/history/", "/account/history/?show=looks"):
        page.goto(live_server.url + path)
        for _both_looks in range(2):
            check(page)
        assert not page.locator(".outdated").is_visible()
    page.goto(f"{live_server.url}/account/browsers/")
    page.get_by_role("button", name="Sign out all others").focus()
    page.keyboard.press("Enter")
    page.get_by_text("1 other browser is signed out").wait_for()
    assert Session.objects.filter(person=ada).count() == 1
    page.get_by_role("button", name="Forget all of them").focus()
    page.keyboard.press("Enter")
    page.get_by_text("All browsers are forgotten").wait_for()
    assert not KnownBrowser.objects.filter(person=ada).exists()
    other.goto(f"{live_server.url}/account/history/")
    assert "/account/login/" in other.url


def test_a_stale_form_and_blocked_cookies(
    chromium: Browser,  # noqa: F811 - the fixture of that name
    live_server: LiveServer,
    settings: Settings,
) -> None:
    settings.FRONTDESK_URL = live_server.url
    customer()
    context = chromium.new_context(reduced_motion="reduce", locale="en")
    page = context.new_page()
    page.goto(f"{live_server.url}/account/login/")
    page.fill("[name=login]", "ada@example.org")
    page.evaluate("document.querySelector('main [name=csrfmiddlewaretoken]').value = 'a'.repeat(64)")
    page.fill("[name=password]", "not the right one at all")
    page.keyboard.press("Enter")
    page.get_by_text("This page had grown stale").wait_for()
    check(page)
    assert page.input_value("[name=login]") == "ada@example.org"
    assert page.input_value("[name=password]") == ""
    context.clear_cookies()
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_text("How to allow cookies").wait_for()
    check(page)
    page.get_by_role("link", name="Try again").click()
    sign_in(page, live_server)
