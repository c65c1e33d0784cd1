"""Codes in a real browser, by keyboard alone: signing in with a mailed one, confirming a phone; axe finds nothing."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from frontdesk.accounts import codes
from frontdesk.accounts.models import Person
from frontdesk.core import outbox
from tests.accounts.test_in_browser import check
from tests.people import customer
from tests.support.mailbox import secret_sent_to
from tests.ui.conftest import chromium  # noqa: F401 - a fixture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def type_and_send(page: Page, text: str) -> None:
    """Into the field that has the focus already, then Enter."""
    focused = page.evaluate("document.activeElement.tagName")
    assert focused == "INPUT", focused
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_in_by_a_mailed_code_and_a_phone_confirmed(
    chromium: Browser,  # noqa: F811 - the fixture of that name
    live_server: LiveServer,
    settings: Settings,
    tmp_path: Path,
) -> None:
    settings.FRONTDESK_URL, settings.SMS_FOLDER = live_server.url, tmp_path
    customer()
    page = chromium.new_context(reduced_motion="reduce").new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(f"{live_server.url}/account/login/?next=/account/phone/")
    page.focus("main a[href^='/account/login/code/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/login/code/?next=**")
    check(page)
    page.focus("[name=email]")
    type_and_send(page, "ada@example.org")
    page.wait_for_url("**/account/login/code/enter/**")
    check(page)
    waiting = page.locator("[data-wait] button")
    assert waiting.is_disabled(), "another code has to wait"
    page.focus("main summary")
    page.keyboard.press("Enter")
    check(page)
    page.focus("[name=code]")
    type_and_send(page, "12")
    page.wait_for_selector(".error")
    check(page)
    page.fill("[name=code]", "")
    page.focus("[name=code]")
    type_and_send(page, f"The code: {secret_sent_to('ada@example.org')}")
    page.wait_for_url("**/account/phone/")
    check(page)
    page.focus("[name=number]")
    type_and_send(page, "+49 171 3920012")
    page.wait_for_url("**/account/phone/confirm/")
    check(page)
    outbox.deliver_due()
    (file,) = tmp_path.glob("*.sms")
    page.focus("[name=code]")
    type_and_send(page, codes.read(json.loads(file.read_text())["text"]))
    page.wait_for_url("**/account/security/")
    assert Person.objects.get().phone == "+491713920012"
    for path in ("/account/phone/", "/account/phone/remove/", "/demo/mailbox/", f"/demo/mailbox/{file.name}/"):
        page.goto(live_server.url + path)
        check(page)
    assert complaints == []
