"""The small scripts in a real browser: each does its work, and the page stands without them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"], color_scheme="light")
    page = context.new_page()
    page.goto(f"{live_server.url}/ui/")
    page.wait_for_selector("html[data-ready]")
    yield page
    context.close()


def test_a_dialog_opens_keeps_the_focus_safe_and_gives_it_back(page: Page) -> None:
    opener = page.locator("[data-dialog=free-seat]").first
    opener.click()
    dialog = page.locator("#free-seat")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_the_palette_is_worked_by_keyboard_alone(page: Page) -> None:
    page.keyboard.press("Control+k")
    search = page.get_by_role("combobox", name="Search commands")
    expect(search).to_be_focused()
    search.fill("messages")
    expect(page.locator("#palette").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url("**/ui/#talk")


def test_copying_says_so(page: Page) -> None:
    page.locator("[data-copy]").first.click()
    expect(page.locator("[data-copy]").first).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "ZAB5Y-RRB1R-46VHB-73JNH"


def test_a_password_is_shown_and_hidden_again(page: Page) -> None:
    field = page.locator("#id_password")
    toggle = page.locator(".field:has(#id_password) [data-reveal]")
    toggle.click()
    expect(field).to_have_attribute("type", "text")
    expect(toggle).to_have_attribute("aria-pressed", "true")
    toggle.click()
    expect(field).to_have_attribute("type", "password")


def test_tabs_are_walked_with_arrows(page: Page) -> None:
    page.get_by_role("tab", name="Windows").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Linux")).to_be_focused()
    expect(page.get_by_text("Make the file executable")).to_be_visible()
    expect(page.get_by_text("Open the downloaded file")).to_be_hidden()


def test_a_chosen_theme_is_remembered(page: Page) -> None:
    page.locator("[data-theme-toggle]").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_page_stands_at_the_width_of_the_smallest_phone(chromium: Browser, live_server: LiveServer) -> None:
    page = chromium.new_page(viewport={"width": 320, "height": 700})
    page.goto(f"{live_server.url}/ui/")
    page.wait_for_selector("html[data-ready]")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.close()


def test_without_scripts_nothing_that_needs_them_is_shown(chromium: Browser, live_server: LiveServer) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/ui/")
    for selector in ("[data-copy]", "[data-reveal]", "[data-theme-toggle]", "[data-palette-open]"):
        expect(page.locator(selector).first).to_be_hidden()
    expect(page.get_by_text("Open the downloaded file")).to_be_visible()
    expect(page.get_by_text("Make the file executable")).to_be_visible()
    context.close()
