"""In the longest of our languages nothing overlaps or sticks out: the head, and what one has asked us."""

from itertools import pairwise

import pytest
from django.conf import settings
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests.people import customer, signed_in
from tests.support.desk import conversation

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = (390, 641, 821, 900, 1024, 1080, 1081, 1240, 1241, 1320)
PARTS = """() => ['.mark', '.topnav', '.topbar-end'].flatMap((each) => {
  const box = document.querySelector(each).getBoundingClientRect();
  return box.width ? [[box.left, Math.max(box.right, box.left + document.querySelector(each).scrollWidth)]] : [];
})"""


def test_all_of_it_fits_at_every_width(chromium: Browser, live_server: LiveServer) -> None:
    session = signed_in(customer("ada@example.org", "Ada")).cookies[settings.SESSION_COOKIE_NAME].value
    context = chromium.new_context(base_url=live_server.url, locale="de")
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto("/help/articles/")
    assert page.locator("html").get_attribute("lang") == "de"
    searched_by_field = set()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 400})
        parts = page.evaluate(PARTS)
        assert all(left[1] <= right[0] for left, right in pairwise(parts)), (width, parts)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if page.locator(".topbar-search").is_visible():
            searched_by_field.add(width)
    assert searched_by_field == {641, 821, 900, 1024, 1080, 1241, 1320}
    context.close()


def test_my_conversations_fit_a_phone(chromium: Browser, live_server: LiveServer) -> None:
    """The longest words for how one stands are in German."""
    ada = customer("ada@example.org", "Ada")
    conversation(ada, subject="Verlängerungsbestätigung")
    session = signed_in(ada).cookies[settings.SESSION_COOKIE_NAME].value
    context = chromium.new_context(base_url=live_server.url, locale="de", viewport={"width": 390, "height": 800})
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto("/conversations/")
    assert page.get_by_text("Wir kümmern uns darum").is_visible()
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
