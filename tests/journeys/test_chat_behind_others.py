"""The customer's chat where somebody stands between: firewalls that dislike words, gateways with pages of their own,
networks that want to be signed in to. None of them is us, so nothing is lost, doubled or shown as ours."""

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Page, Route, expect

from frontdesk.accounts.models import Person
from frontdesk.support.chat import ending
from frontdesk.support.chat.models import Chat
from tests.journeys.test_chat_in_browser import ada, kim, let_in, page, says, server, texts
from tests.people import customer
from tests.support import chats, desk
from tests.support.server import Server

__all__ = ["ada", "kim", "page", "server"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOG = FilePayload(name="log.txt", mimeType="text/plain", buffer=b"all well")


@pytest.fixture
def chat(context: BrowserContext, page: Page, server: Server, ada: Person, kim: Person) -> Chat:
    """One that is on, before the customer's eyes."""
    let_in(context, ada, server)
    made = chats.begin(ada, "First")
    chats.answers(kim, made)
    page.goto(f"{server.url}/chat/c/{made.pk}/")
    page.wait_for_selector("html[data-ready]")
    return made


def test_what_a_firewall_refuses_holds_up_nothing_for_ever(context: BrowserContext, page: Page, chat: Chat) -> None:
    refused, pieces = [], []

    def firewall(route: Route) -> None:
        if "DROP TABLE" not in (route.request.post_data or ""):
            return route.continue_()
        refused.append(route)
        return route.fulfill(status=403, content_type="text/html", body="<h1>Request blocked</h1>")

    context.route("**/say/", firewall)
    page.on("request", lambda request: pieces.append(request) if request.url.endswith("/piece/") else None)
    says(page, "DROP TABLE keys", "And this")
    pending = page.locator("[data-pending].is-refused")
    expect(pending.get_by_text("It does not get through.")).to_be_visible(timeout=60_000)
    expect(page.locator("[data-pending]")).to_have_count(1)
    assert texts(chat) == ["First", "And this"]
    assert len(refused) <= 8
    assert pieces == []


def test_who_bars_everything_has_said_nothing_of_these_words(context: BrowserContext, page: Page, chat: Chat) -> None:
    """However often it was tried: what waits goes by itself once anything gets through."""
    context.route("**/chat/**", lambda route: route.fulfill(status=403, body="<h1>Sign in to this network</h1>"))
    says(page, "Second")
    for _try in range(9):
        with page.expect_response("**/say/"):
            page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-pending]")).to_have_count(1)
    expect(page.locator("[data-pending].is-refused")).to_have_count(0)
    context.unroute("**/chat/**")
    expect(page.locator("[data-pending]")).to_have_count(0, timeout=40_000)
    assert texts(chat) == ["First", "Second"]


def test_what_waits_is_out_of_sight_once_somebody_else_sits_there(
    context: BrowserContext, page: Page, server: Server, chat: Chat, ada: Person
) -> None:
    """Nor is it refused by their not being its writer, who finds it sent when they are back."""
    context.route("**/say/", lambda route: route.abort())
    says(page, "Second")
    expect(page.locator("[data-pending]")).to_have_count(1)
    page.goto(f"{server.url}/chat/?again=1")
    stranded = page.locator(".chat-stranded")
    expect(stranded.get_by_text("Second")).to_be_visible()
    let_in(context, customer("eve@example.org", "Eve"), server)
    context.unroute("**/say/")
    with page.expect_response("**/say/") as answer:
        page.evaluate("dispatchEvent(new Event('online'))")
    assert answer.value.status in {403, 404}
    expect(stranded).to_have_count(0, timeout=40_000)
    assert texts(chat) == ["First"]
    let_in(context, ada, server)
    with page.expect_response("**/say/") as answer:
        page.goto(f"{server.url}/chat/?again=1")
    assert answer.value.ok
    expect(stranded).to_have_count(0)
    assert texts(chat) == ["First", "Second"]


def test_a_token_that_stays_stale_is_renewed_once(context: BrowserContext, page: Page, chat: Chat) -> None:
    pieces = []
    page.on("request", lambda request: pieces.append(request) if request.url.endswith("/piece/") else None)
    stale = {"Frontdesk-Chat": "ours", "Content-Type": "text/html"}
    context.route("**/say/", lambda route: route.fulfill(status=403, headers=stale, body="<h1>Forbidden</h1>"))
    says(page, "Second")
    expect(page.locator("[data-pending].is-refused")).to_be_visible(timeout=60_000)
    assert len(pieces) == 1
    context.unroute("**/say/")
    page.locator("[data-pending]").get_by_role("button", name="Try again").click()
    expect(page.locator("[data-pending]")).to_have_count(0)
    assert texts(chat) == ["First", "Second"]


def test_what_is_too_large_is_said_at_once(context: BrowserContext, page: Page, chat: Chat) -> None:
    write = page.get_by_label("Your message")
    write.fill("x" * 20_001)
    write.press("Enter")
    expect(page.get_by_text("That is more than we can take.")).to_be_visible()
    expect(write).to_have_value("x" * 20_001)
    context.route("**/say/", lambda route: route.fulfill(status=413, content_type="text/plain", body="Too large"))
    says(page, "Second")
    expect(page.locator("[data-pending].is-refused").get_by_text("That is more than we can take.")).to_be_visible()


def test_a_gateways_hour_is_not_ours(context: BrowserContext, page: Page, chat: Chat, kim: Person) -> None:
    """It says when to come back; what gets through before tells more."""
    away = {"Retry-After": "3600"}
    context.route("**/say/", lambda route: route.fulfill(status=503, headers=away, body="Maintenance"))
    with page.expect_response("**/say/"):
        says(page, "Second")
    expect(page.get_by_text("Waits to be sent").first).to_be_visible()
    context.unroute("**/say/")
    chats.answers(kim, chat, "Are you there?")
    expect(page.locator("[data-pending]")).to_have_count(0)
    assert texts(chat) == ["First", "Second"]


def test_what_was_said_stays_until_the_house_says_otherwise(context: BrowserContext, page: Page, chat: Chat) -> None:
    """The chat has ended, and a network's own page comes instead of how it stands now."""
    context.route("**/piece/", lambda route: route.fulfill(body="<h1>Sign in to this network</h1>"))
    ending.end(actor=desk.SYSTEM, chat=chat, by=Chat.By.AGENT)
    expect(page.locator(".chat-lost")).to_contain_text("There is no connection just now.")
    expect(page.get_by_text("Let me look.")).to_be_visible()
    expect(page.get_by_text("Sign in to this network")).to_have_count(0)
    context.unroute("**/piece/")
    expect(page.get_by_role("heading", name="This chat has ended")).to_be_visible(timeout=30_000)


@pytest.mark.parametrize("status", [200, 403, 413, 502])
def test_a_file_that_does_not_arrive_blocks_nothing(
    context: BrowserContext, page: Page, chat: Chat, status: int
) -> None:
    context.route("**/files/", lambda route: route.fulfill(status=status, content_type="text/html", body="<h1>No</h1>"))
    page.locator("[data-attach-chat]").set_input_files([LOG])
    expect(page.get_by_text("log.txt: This file did not arrive.")).to_be_visible()
    says(page, "Without it")
    expect(page.locator("[data-pending]")).to_have_count(0)
    assert texts(chat) == ["First", "Without it"]


def test_a_file_that_takes_long_can_be_left_out(context: BrowserContext, page: Page, chat: Chat) -> None:
    held: list[Route] = []
    context.route("**/files/", lambda route: held.append(route))  # noqa: PLW0108 - the builtin takes no attributes
    page.locator("[data-attach-chat]").set_input_files([LOG])
    says(page, "Without it")
    expect(page.get_by_text("It goes as soon as the files are there.")).to_be_visible()
    page.get_by_role("button", name="Remove log.txt").click()
    expect(page.get_by_text("It goes as soon as the files are there.")).to_be_hidden()
    page.get_by_label("Your message").press("Enter")
    expect(page.locator("[data-lines]").get_by_text("Without it")).to_be_visible()
    held[0].abort()


def test_what_has_arrived_stays_in_sight_until_it_is_shown(context: BrowserContext, page: Page, chat: Chat) -> None:
    context.route("**/news/*", lambda route: route.abort())
    with page.expect_response("**/say/"):
        says(page, "Second")
    pending = page.locator("[data-pending]")
    expect(pending.get_by_text("Sent", exact=True)).to_be_visible()
    assert texts(chat) == ["First", "Second"]
    context.unroute("**/news/*")
    expect(pending).to_have_count(0)
    expect(page.locator("[data-lines]").get_by_text("Second")).to_be_visible()
