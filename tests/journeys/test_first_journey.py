"""The main job, end to end: sign up, activate a code, seat devices over the API, hit the limit, free one, carry on."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from django.core import mail
from playwright.sync_api import BrowserContext, Page, expect

from frontdesk.core import outbox
from frontdesk.licensing.codes import ParsedCode
from tests.people import PASSWORD, customer
from tests.support import desk
from tests.support.shop import new_code

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def mailed_link(pattern: str) -> str:
    """Deliver what waits in the outbox, and find the link in one of the mails."""
    outbox.deliver_due()
    found = [link for message in mail.outbox for link in re.findall(pattern, str(message.body))]
    return str(found[-1])


def activate(address: str, code: ParsedCode, name: str) -> httpx.Response:
    """What the product does at its first start."""
    device = {"fingerprint": f"machine id of {name}", "name": name, "platform": "linux", "app_version": "3.2.0"}
    body: dict[str, Any] = {"code": code.text, "product": "halcyon-shield", "device": device}
    return httpx.post(f"{address}/api/v1/activations", json=body, timeout=20)


def sign_up(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("link", name="Sign in").click()
    page.get_by_role("link", name=re.compile("account", re.IGNORECASE)).first.click()
    page.get_by_label("E-mail").fill("ada@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mailbox")
    page.goto(address + mailed_link(r"/account/confirm-email/[^\s/]+/"))
    page.get_by_role("button", name="Yes, this is my address").click()
    page.get_by_label("E-mail").fill("ada@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile("/home/$"))


def test_from_the_card_to_the_second_device(context: BrowserContext, live_installation: str) -> None:
    code = new_code(desk.plan("duo", "Duo", devices=2))
    page = context.new_page()
    sign_up(page, live_installation)
    expect(page.get_by_role("heading", name="No licence yet")).to_be_visible()

    page.get_by_role("main").get_by_role("link", name="Enter a code").first.click()
    page.get_by_label("Activation code").fill(code.text.lower().replace("-", " "))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("2 devices, until")).to_be_visible()
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ready")

    assert activate(live_installation, code, "Laptop").status_code == 201
    assert activate(live_installation, code, "Laptop").status_code == 200
    assert activate(live_installation, code, "Phone").status_code == 201
    refused = activate(live_installation, code, "New PC")
    assert (refused.status_code, refused.json()["code"]) == (409, "device_limit_reached")
    page.goto(refused.json()["help_url"])
    expect(page.get_by_role("heading", level=1)).to_have_text("All devices of this licence are in use")

    page.goto(refused.json()["manage_url"])
    page.get_by_label("Activation code").fill(code.text)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This code is yours already")
    page.get_by_role("link", name="See the licence").click()
    expect(page.get_by_text("2 of 2 devices used")).to_be_visible()
    page.get_by_role("link", name="Free Phone").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("stops within a day if it is online, at the latest on")
    dialog.get_by_role("button", name="Free this seat").click()
    expect(page.get_by_text("1 of 2 devices used")).to_be_visible()
    assert activate(live_installation, code, "New PC").status_code == 201
    page.reload()
    expect(page.get_by_text("2 of 2 devices used")).to_be_visible()
    expect(page.get_by_text("New PC", exact=True).first).to_be_visible()


def press_until(page: Page, reached: Callable[[], bool], key: str = "Tab", most: int = 60) -> None:
    """Walk through the page with one key until something has the focus."""
    for _ in range(most):
        if reached():
            return
        page.keyboard.press(key)
    raise AssertionError("the keyboard does not get there")


def focused(page: Page, text: str, within: str = "body") -> Callable[[], bool]:
    """Whether what has the focus shows this text, or is labelled with it."""
    script = """([text, within]) => {
      const found = document.activeElement;
      return Boolean(found.closest(within)) && ((found.labels?.[0] ?? found).textContent ?? "").includes(text);
    }"""
    return lambda: bool(page.evaluate(script, [text, within]))


def walk_to(page: Page, text: str, within: str = "a, button, input, summary") -> None:
    """Tab to the control with this text."""
    page.wait_for_selector("html[data-ready]")
    page.keyboard.press("Tab")
    press_until(page, focused(page, text, within))


def test_the_keyboard_alone_gets_through(context: BrowserContext, live_installation: str) -> None:
    customer()
    code = new_code(desk.plan("duo", "Duo", devices=2))
    page = context.new_page()
    page.goto(f"{live_installation}/")
    walk_to(page, "Enter a code", within="main a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/activate/")
    walk_to(page, "Activation code")
    page.keyboard.type(("0" if code.text[0] != "0" else "1") + code.text[1:])
    expect(page.get_by_text("There is a typo in the first group.")).to_be_visible()
    page.keyboard.press("Control+a")
    page.keyboard.type(code.text.replace("-", "").lower())
    expect(page.get_by_text("The code reads well.")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/activate/check/")
    walk_to(page, "Sign in", within="main a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/login/**")
    walk_to(page, "E-mail")
    page.keyboard.type("ada@example.org")
    walk_to(page, "Password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/activate/check/")
    walk_to(page, "Confirm")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ready")
    assert activate(live_installation, code, "Laptop").status_code == 201
    walk_to(page, "See the licence")
    page.keyboard.press("Enter")
    page.wait_for_url("**/licenses/**")
    walk_to(page, "Rename Laptop")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]")
    press_until(page, lambda: bool(page.evaluate("document.activeElement.name === 'name'")))
    page.keyboard.press("Control+a")
    page.keyboard.type("Kitchen")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Kitchen", exact=True).first).to_be_visible()
    walk_to(page, "Free Kitchen")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]")
    expect(page.get_by_role("dialog").get_by_role("button", name="Cancel")).to_be_focused()
    press_until(page, focused(page, "Free this seat"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("0 of 2 devices used")).to_be_visible()
