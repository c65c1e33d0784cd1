"""axe finds nothing on the customer pages, light and dark, desktop and phone; nothing sticks out."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from frontdesk.accounts.models import Person
from frontdesk.licensing import hand_overs, replacements
from frontdesk.licensing.models import HandOver, Replacement
from tests.people import customer, signed_in
from tests.support import desk
from tests.support.axe import violations
from tests.support.shop import device, new_code

BEAT = "event: beat\ndata: {}\n\n"
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PUBLIC = (
    "/",
    "/products/halcyon-shield/",
    "/downloads/",
    "/help/",
    "/help/r/device_limit_reached",
    "/activate/",
    "/offline/",
    "/offline/return/",
)


def complaints_about(page: Page, widths: tuple[int, ...] = (1280, 390)) -> list[str]:
    """What is wrong with the page as it stands: light on a wide screen, dark on a phone."""
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="light" if width > 800 else "dark", reduced_motion="reduce")
        found += [f"at {width}: {what}" for what in violations(page)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"at {width}: sticks out")
    return [f"{page.url} {what}" for what in found]


def walk(chromium: Browser, address: str, paths: list[str], session: str = "") -> list[str]:
    """Open every path and collect what is wrong, the console's errors included."""
    context = chromium.new_context(reduced_motion="reduce")
    if session:
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
    # Django alone answers here, without the gateway's door.
    context.route("**/live/stream*", lambda route: route.fulfill(content_type="text/event-stream", body=BEAT))
    page, found = context.new_page(), list[str]()
    page.on("console", lambda message: found.append(f"{page.url}: {message.text}") if message.type == "error" else None)
    page.on("pageerror", lambda error: found.append(f"{page.url}: {error}"))
    for path in paths:
        response = page.goto(address + path)
        assert response
        assert response.status == 200, path
        page.wait_for_selector("html[data-ready]")
        page.evaluate("document.querySelectorAll('details.more').forEach((each) => { each.open = true })")
        found += complaints_about(page)
    context.close()
    return found


def test_public_pages(chromium: Browser, live_server: LiveServer) -> None:
    desk.plan()
    desk.publish(platforms=("linux", "windows", "macos"))
    assert walk(chromium, live_server.url, list(PUBLIC)) == []


def situations(ada: Person, browser: Client) -> list[str]:
    """Addresses of a customer's pages with something to see on each."""
    license, code = desk.licensed(ada, desk.plan("duo", "Duo", devices=2))
    laptop = desk.seat(license)
    desk.seat(license, "Phone", "android")
    replacements.ask(code_text=code.text, product="halcyon-shield", device=device("New PC"), ip_prefix=desk.NETWORK)
    Replacement.objects.update(token_hash=replacements._hash("asked"))
    theirs, _ = desk.licensed(customer("bob@example.org", "Bob"))
    hand_overs.offer(actor=desk.SYSTEM, license=theirs, to_email=ada.email)
    HandOver.objects.update(token_hash=hand_overs._hash("offered"))
    browser.post("/activate/", {"code": new_code(desk.plan()).text})
    own = f"/licenses/{license.pk}/"
    pages = ["", "timeline/", f"devices/{laptop.pk}/", "replace-code/", "hand-over/"]
    others = ["/home/", "/replacements/asked/", "/hand-over/offered/", "/activate/check/"]
    return [own + page for page in pages] + others + [f"/activate/done/{license.pk}/"]


def test_a_customers_pages(chromium: Browser, live_server: LiveServer) -> None:
    ada = customer()
    browser = signed_in(ada)
    paths = situations(ada, browser)
    session = browser.cookies[settings.SESSION_COOKIE_NAME].value
    assert walk(chromium, live_server.url, paths, session) == []


def test_dialogs_and_errors(chromium: Browser, live_server: LiveServer) -> None:
    """What only appears after a press: the dialogs of a device, and a field with its error."""
    ada = customer()
    browser = signed_in(ada)
    license, _ = desk.licensed(ada)
    desk.seat(license)
    context = chromium.new_context(viewport={"width": 390, "height": 900}, reduced_motion="reduce")
    session = browser.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/licenses/{license.pk}/")
    page.wait_for_selector("html[data-ready]")
    found = []
    for link in ("Rename Ada's laptop", "Free Ada's laptop"):
        page.get_by_role("link", name=link).click()
        page.wait_for_selector("dialog[open]")
        found += complaints_about(page, (390,))
        page.keyboard.press("Escape")
    page.goto(f"{live_server.url}/activate/")
    page.get_by_label("Activation code").fill("AAAAA-AAAAA-AAAAA-AAAAA")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_selector(".field.has-error")
    found += complaints_about(page, (390,))
    page.goto(f"{live_server.url}/offline/")
    page.get_by_role("button", name="Get the answer file").click()
    page.wait_for_selector(".field.has-error")
    found += complaints_about(page, (390,))
    context.close()
    assert found == []
