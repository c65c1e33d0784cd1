"""Passkeys in Chromium with its virtual authenticator, by keyboard alone; axe finds nothing on the way."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as ours
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, CDPSession, Locator, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from frontdesk.accounts.factors.ways import Way, ways_of
from frontdesk.accounts.models import Person
from tests.accounts.test_in_browser import check
from tests.people import PASSWORD, customer
from tests.ui.conftest import chromium  # noqa: F401 - a fixture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LAPTOP = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def context(
    chromium: Browser,  # noqa: F811 - the fixture of that name
    live_server: LiveServer,
    settings: Settings,
) -> Iterator[BrowserContext]:
    """A browser of its own, at the address that passkeys belong to."""
    settings.FRONTDESK_URL = live_server.url
    fresh = chromium.new_context(reduced_motion="reduce", base_url=live_server.url, locale="en-GB")
    fresh.set_default_timeout(10_000)
    yield fresh
    fresh.close()


def with_authenticator(page: Page, **options: Any) -> tuple[CDPSession, str]:
    """Give the page's browser a place where passkeys lie."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    added = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": LAPTOP | options})
    return devtools, str(added["authenticatorId"])


def enter_signed_in(context: BrowserContext, person: Person) -> Page:
    """A page of somebody who has just signed in by the password."""
    client = Client()
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    value = client.cookies[ours.SESSION_COOKIE_NAME].value
    page = context.new_page()
    page.goto("/help/")
    context.add_cookies([{"name": ours.SESSION_COOKIE_NAME, "value": value, "url": page.url.removesuffix("help/")}])
    return page


def tab_to(page: Page, wanted: Locator) -> None:
    """Move the focus by keyboard."""
    page.wait_for_selector("html[data-ready]")
    for _ in range(80):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"not reached by keyboard: {wanted}")


def press(page: Page, role: Any, name: str) -> None:
    tab_to(page, page.get_by_role(role, name=name, exact=True))
    page.keyboard.press("Enter")


def sign_out(page: Page) -> None:
    page.context.clear_cookies()
    page.goto("/account/login/")


def give_password(page: Page, person: Person) -> None:
    tab_to(page, page.locator("[name=login]"))
    page.keyboard.type(person.email)
    tab_to(page, page.locator("[name=password]"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")


def test_a_passkey_by_keyboard_from_adding_to_removing(context: BrowserContext) -> None:
    ada = customer()
    page = enter_signed_in(context, ada)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    devtools, authenticator = with_authenticator(page)
    page.goto("/account/security/")
    check(page)
    press(page, "link", "Add a passkey")
    page.wait_for_url("**/passkeys/add/")
    check(page)
    tab_to(page, page.locator("[name=name]"))
    page.keyboard.type("Ada's laptop")
    press(page, "button", "Make the passkey")
    page.wait_for_url("**/recovery-codes/")
    check(page)
    expect(page.locator("li.code-text")).to_have_count(10)
    press(page, "button", "I have kept them")
    page.wait_for_url("**/account/security/")
    check(page)
    expect(page.get_by_text("Ada's laptop").first).to_be_visible()
    assert ways_of(ada) == [Way.PASSKEY, Way.RECOVERY]

    sign_out(page)
    check(page)
    press(page, "button", "Sign in with a passkey")
    page.wait_for_url("**/home/")

    sign_out(page)
    give_password(page, ada)
    page.wait_for_url("**/2fa/authenticate/")
    check(page)
    press(page, "button", "Use your passkey")
    page.wait_for_url("**/home/")

    devtools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": authenticator})
    page.goto("/account/security/")
    press(page, "link", "Remove Ada's laptop")
    page.wait_for_url("**/remove/")
    check(page)
    press(page, "button", "Remove it")
    page.wait_for_url("**/account/security/")
    assert ways_of(ada) == []
    assert complaints == []


def test_what_goes_wrong_is_said_on_the_page(context: BrowserContext) -> None:
    ada = customer()
    page = enter_signed_in(context, ada)
    devtools, authenticator = with_authenticator(page)
    page.goto("/account/2fa/passkeys/add/")
    page.fill("[name=name]", "laptop")
    page.get_by_role("button", name="Make the passkey").click()
    page.wait_for_url("**/recovery-codes/")
    page.goto("/account/2fa/passkeys/add/")
    page.fill("[name=name]", "again")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("has a passkey for your account already")
    sign_out(page)
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("You may try again")
    check(page)
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": True})
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/home/")


def test_the_other_ways_of_the_second_step_in_a_browser(context: BrowserContext) -> None:
    ada = customer()
    page = enter_signed_in(context, ada)
    page.goto("/account/2fa/codes/mail/on/")
    check(page)
    press(page, "button", "Turn it on")
    page.wait_for_url("**/recovery-codes/")
    code = page.locator("li.code-text").first.inner_text()
    page.goto("/account/2fa/codes/mail/off/")
    check(page)
    sign_out(page)
    give_password(page, ada)
    page.wait_for_url("**/2fa/authenticate/")
    check(page)
    press(page, "button", "Send me a code")
    page.wait_for_url("**?way=mail")
    check(page)
    press(page, "link", "Take this Recovery code")
    page.wait_for_url("**?way=recovery_codes")
    check(page)
    tab_to(page, page.locator("[name=code]"))
    page.keyboard.type(code)
    tab_to(page, page.get_by_label("Do not ask in this browser for 30 days"))
    page.keyboard.press("Space")
    press(page, "button", "Sign in")
    page.wait_for_url("**/home/")
