"""axe finds nothing on the component page: light and dark, desktop and phone, with dialogs open and closed."""

from typing import Literal

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests.support.axe import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    chromium: Browser, live_server: LiveServer, width: int, scheme: Literal["light", "dark"]
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{live_server.url}/ui/")
    page.wait_for_selector("html[data-ready]")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.locator("[data-dialog=free-seat]").first.click()
    page.wait_for_selector("#free-seat[open]")
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.wait_for_selector("#palette[open]")
    assert violations(page) == []
    # The strict policy and every script of ours: nothing was blocked, nothing failed.
    assert complaints == []
    context.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_everything_that_is_pressed_is_big_enough(chromium: Browser, live_server: LiveServer, width: int) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 900})
    page.goto(f"{live_server.url}/ui/")
    page.wait_for_selector("html[data-ready]")
    too_small = page.evaluate(
        """() => [...document.querySelectorAll('button, .button, summary, select, nav a, input:not([type=hidden])')]
          .filter((element) => element.offsetParent && !element.matches('label input'))
          .map((element) => {
            const before = getComputedStyle(element, '::after');
            const grown = before.content !== 'none' && before.position === 'absolute' ? 10 : 0;
            return [element.outerHTML.slice(0, 120), element.getBoundingClientRect().height + grown];
          })
          .filter(([, height]) => height < 44)"""
    )
    assert too_small == []
    page.close()


def test_it_would_find_something(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content("<html lang=en><title>x</title><main><h1>x</h1><img src='data:,'><p style='color:#aaa'>faint")
    assert {line.partition(":")[0] for line in violations(page)} == {"image-alt", "color-contrast"}
    page.close()
