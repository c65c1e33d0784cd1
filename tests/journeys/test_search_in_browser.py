"""Search as you type with the keyboard alone, and the same without a script. axe agrees."""

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from frontdesk.support.helpcentre.search import indexing
from tests.helpcentre.search.collection import findable
from tests.journeys.test_pages_in_browser import complaints_about
from tests.support.articles import published, writing

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def articles(transactional_db: None) -> None:
    published("free-a-device", said=writing("Free a device", body="Deactivate a computer, and its seat is free again."))
    published("seats", said=writing("How many seats a plan has", body="Each plan has a number of seats."))
    indexing.put(findable("internal", title="Seats for staff", is_public=False))


def opened(chromium: Browser, address: str, **options: object) -> Page:
    context = chromium.new_context(base_url=address, reduced_motion="reduce", **options)  # type: ignore[arg-type]
    context.set_default_timeout(15_000)
    return context.new_page()


def test_by_keyboard_alone(chromium: Browser, live_server: LiveServer) -> None:
    page = opened(chromium, live_server.url, viewport={"width": 1400, "height": 900})
    page.goto("/help/articles/")
    page.wait_for_selector("[data-ready]")
    field = page.get_by_role("combobox", name="Search the help")
    field.focus()
    page.keyboard.type("seta", delay=30)  # mistyped
    options = page.get_by_role("option")
    expect(options).to_have_count(3)  # two articles, and the way to all answers
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("status")).to_contain_text("2 answers")
    assert "staff" not in page.locator(".search-offers").inner_text()

    page.keyboard.press("ArrowDown")
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", str(options.nth(0).get_attribute("id")))
    page.keyboard.press("ArrowUp")  # back to what was typed
    expect(field).not_to_have_attribute("aria-activedescendant", re.compile("."))
    page.keyboard.press("ArrowUp")  # around to the last
    expect(options.nth(2)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.locator(".search-offers")).to_be_hidden()
    expect(field).to_have_value("seta")
    page.keyboard.press("ArrowDown")  # opens again
    expect(options).to_have_count(3)
    page.keyboard.press("ArrowDown")
    first = str(options.nth(0).get_attribute("href"))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{first}")


def test_enter_without_a_choice_shows_all_answers(chromium: Browser, live_server: LiveServer) -> None:
    page = opened(chromium, live_server.url, viewport={"width": 390, "height": 800})
    page.goto("/help/articles/")
    page.get_by_role("link", name="Search the help").click()  # a phone has no room for the field
    page.wait_for_selector("[data-ready]")
    field = page.get_by_role("combobox", name="Search the help")
    field.fill("free")
    field.press("Enter")
    expect(page.locator(".hits h3").first).to_have_text("Free a device")
    assert complaints_about(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_a_script(chromium: Browser, live_server: LiveServer) -> None:
    page = opened(chromium, live_server.url, java_script_enabled=False)
    page.goto("/help/search/")
    page.locator("main").get_by_role("searchbox", name="Search the help").fill("deactivating <b>")
    page.locator("main").get_by_role("button", name="Search").click()
    expect(page.locator(".hits h3").first).to_have_text("Free a device")
    expect(page.locator(".hits mark").first).to_have_text("Deactivate")
    expect(page.locator("main").get_by_role("searchbox")).to_have_value("deactivating <b>")


def test_the_latest_answer_wins(chromium: Browser, live_server: LiveServer) -> None:
    """An answer that comes late, to what nobody asks any more, is not shown."""
    page = opened(chromium, live_server.url, viewport={"width": 1400, "height": 900})
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile(r"/help/search/\?q=plan$"), hold)
    page.goto("/help/articles/")
    page.wait_for_selector("[data-ready]")
    field = page.get_by_role("combobox", name="Search the help")
    field.fill("plan")
    page.wait_for_timeout(400)
    assert held
    field.fill("deactivate")
    expect(page.get_by_role("option").first).to_contain_text("Free a device")
    for route in held:
        route.fulfill(body='<a role="option" href="/">late</a>', content_type="text/html")
    page.wait_for_timeout(200)
    expect(page.get_by_role("option").first).to_contain_text("Free a device")
