"""The page "Your data" in a real browser, by keyboard: a copy that appears without a reload, a deletion taken back."""

import zipfile

import pytest
from playwright.sync_api import Browser
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from frontdesk.accounts.models import DataExport, Person
from frontdesk.accounts.services import export_building
from tests.accounts.test_in_browser import check
from tests.people import PASSWORD, customer
from tests.support.shop import new_license
from tests.ui.conftest import chromium  # noqa: F401 - a fixture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_copy_and_a_deletion_taken_back(
    chromium: Browser,  # noqa: F811 - the fixture of that name
    live_server: LiveServer,
    settings: Settings,
) -> None:
    settings.FRONTDESK_URL = live_server.url
    new_license(owner=customer())
    page = chromium.new_context(reduced_motion="reduce").new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(f"{live_server.url}/account/login/?next=/account/privacy/")
    page.fill("[name=login]", "ada@example.org")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/privacy/")
    check(page)
    page.focus("#copy button")
    page.keyboard.press("Enter")
    page.wait_for_selector("#copy progress")
    check(page)
    assert export_building.build(DataExport.objects.get().pk)
    page.wait_for_selector("#copy a[href*='/privacy/copy/']")
    check(page)
    page.focus("#copy a[href*='/privacy/copy/']")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    with zipfile.ZipFile(download.value.path()) as archive:
        assert "index.html" in archive.namelist()
    page.focus("main a[href$='/privacy/delete/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/privacy/delete/")
    check(page)
    page.focus("main form button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/privacy/")
    check(page)
    page.goto(f"{live_server.url}/home/")
    page.focus("a[href='/account/privacy/'].nowrap")
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/privacy/")
    page.focus("form[action$='/privacy/keep/'] button")
    page.keyboard.press("Enter")
    page.wait_for_selector("main a[href$='/privacy/delete/']")
    assert Person.objects.get().deletion_due_at is None
    assert complaints == []
