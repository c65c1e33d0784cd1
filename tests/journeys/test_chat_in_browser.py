"""The chat as customers and guests use it: in the corner of a page, on a page of its own, on another site, and through
whatever happens to connections meanwhile. The agent answers by verbs here."""

import json
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as project
from playwright.sync_api import BrowserContext, FrameLocator, Page, Route, expect

from frontdesk.accounts.models import Person
from frontdesk.core import signing
from frontdesk.support.chat import ending, settings, taking, talking
from frontdesk.support.chat.models import Chat
from frontdesk.support.tickets.models import Message
from tests.people import customer, signed_in
from tests.support import articles, chats, desk
from tests.support.mailbox import secret_sent_to
from tests.support.server import ROOT, Server

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
expect.set_options(timeout=15_000)  # a busy machine
LONG = "word " * 4_500 + "to its end."
EXAMPLE = ROOT / "examples" / "embedded-chat"


@pytest.fixture
def server(transactional_db: None) -> Iterator[Server]:
    """The whole application, which a test may kill and start again."""
    signing.rotate(root=signing.load_root(signing.new_root()[0]))
    with Server() as made:
        yield made


@pytest.fixture
def ada(transactional_db: None) -> Person:
    return customer()


@pytest.fixture
def kim(transactional_db: None) -> Person:
    agent = desk.agent()
    chats.come(agent)
    return agent


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page on which no script fails."""
    errors: list[str] = []
    made = context.new_page()
    made.on("pageerror", lambda error: errors.append(str(error)))
    yield made
    assert errors == []


@pytest.fixture
def site(tmp_path: Path, server: Server) -> Iterator[str]:
    """The example of another site, on an origin of its own; the settings name it."""
    for each in EXAMPLE.iterdir():
        (tmp_path / each.name).write_text(each.read_text().replace("http://localhost:8000", server.url))
    quiet = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(quiet, directory=str(tmp_path))) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        origin = f"http://localhost:{running.server_address[1]}"
        settings.save(actor=desk.SYSTEM, wanted=settings.Wanted(sites=(origin,)))
        yield origin
        running.shutdown()


def let_in(context: BrowserContext, person: Person, server: Server) -> None:
    """Signed in, without the page for it."""
    session = signed_in(person).cookies[project.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": project.SESSION_COOKIE_NAME, "value": session, "url": server.url}])


def texts(chat: Chat) -> list[str]:
    """What the customer said, in order."""
    return list(Message.objects.filter(conversation=chat.pk, kind="customer").values_list("text", flat=True))


def says(place: Page | FrameLocator, *words: str) -> None:
    """Each in a message of its own."""
    for each in words:
        place.get_by_label("Your message").fill(each)
        place.get_by_label("Your message").press("Enter")


def complaints(page: Page) -> list[str]:
    """What axe finds, in both schemes."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found += [
            f"{scheme}: {each['id']} {each['nodes'][0]['html']}" for each in Axe().run(page).response["violations"]
        ]
    return found


def test_a_customer_chats_in_the_corner_by_keyboard(
    context: BrowserContext, page: Page, server: Server, ada: Person, kim: Person
) -> None:
    articles.published()
    let_in(context, ada, server)
    page.goto(f"{server.url}/help/articles/lost-password/")
    page.wait_for_selector("html[data-ready]")
    button = page.locator("[data-chat-open]")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your question")).to_be_focused()
    page.keyboard.type("lost password")
    expect(page.locator("#chat-suggestions").get_by_text("Lost password")).to_be_visible()
    assert complaints(page) == []
    page.get_by_role("button", name="Begin the chat").press("Enter")
    panel = page.get_by_role("dialog")
    expect(panel.get_by_text("You are next")).to_be_visible()
    chat = Chat.objects.get()
    taking.take(kim, chat)
    expect(panel.get_by_text("Kim Reyes")).to_be_visible()
    chats.answers(kim, chat, "Hello Ada.")
    expect(panel.get_by_text("Hello Ada.")).to_be_visible()
    says(page, "It says <b>no</b>.")
    expect(panel.get_by_text("Sent", exact=True)).to_be_visible()
    talking.read(chat, by=kim, upto=Message.objects.filter(conversation=chat.pk).count())
    expect(panel.get_by_text("Seen")).to_be_visible()
    assert texts(chat) == ["lost password", "It says <b>no</b>."]
    panel.locator("[data-emoji] summary").press("Enter")
    expect(panel.locator("[data-emoji] [tabindex='0']")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your message")).to_have_value("😊")
    assert complaints(page) == []
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(button).to_be_focused()
    chats.answers(kim, chat, "Are you there?")
    expect(page.locator("[data-chat-count]")).to_have_text("1 new")
    page.goto(f"{server.url}/downloads/")
    expect(page.locator("[data-chat-count]")).to_have_text("1 new")
    page.locator("[data-chat-open]").click()
    expect(panel.get_by_text("Are you there?")).to_be_visible()
    expect(page.locator("[data-chat-count]")).to_be_hidden()
    page.goto(f"{server.url}/home/")
    expect(panel.get_by_text("Are you there?")).to_be_visible()
    expect(page.get_by_label("Your message")).to_have_value("😊")


def test_who_was_on_another_page_finds_the_end_once(
    context: BrowserContext, page: Page, server: Server, ada: Person, kim: Person
) -> None:
    chat = chats.begin(ada)
    let_in(context, ada, server)
    page.goto(f"{server.url}/chat/")
    expect(page.get_by_text("You are next")).to_be_visible()
    page.goto("about:blank")
    chats.answers(kim, chat, "Enter it without blanks.")
    ending.end(actor=desk.SYSTEM, chat=chat, by=Chat.By.AGENT)
    page.goto(f"{server.url}/downloads/")
    expect(page.locator("[data-chat-count]")).to_have_text("1 new")
    with page.expect_response("**/here/"):
        page.locator("[data-chat-open]").click()
    panel = page.get_by_role("dialog")
    expect(panel.get_by_text("Enter it without blanks.")).to_be_visible()
    expect(panel.get_by_text("How was our help?")).to_be_visible()
    expect(page.locator("[data-chat-count]")).to_be_hidden()
    panel.get_by_role("button", name="Make the chat small").click()
    page.goto(f"{server.url}/help/")
    page.locator("[data-chat-open]").click()
    expect(page.get_by_label("Your question")).to_be_focused()


def test_nothing_is_lost_doubled_or_disordered(
    context: BrowserContext, page: Page, server: Server, ada: Person, kim: Person
) -> None:
    let_in(context, ada, server)
    chat = chats.begin(ada, "First")
    page.goto(f"{server.url}/chat/c/{chat.pk}/")
    expect(page.locator("html[data-ready] [data-mark]")).to_be_visible()  # its scripts are there
    server.kill()
    says(page, "Second", "Third")
    expect(page.locator("[data-pending]")).to_have_count(2)
    expect(page.get_by_text("Waits to be sent").first).to_be_visible()
    server.start()
    expect(page.locator("[data-pending]")).to_have_count(0, timeout=40_000)
    assert texts(chat) == ["First", "Second", "Third"]
    # The answer is lost on the way, the page is loaded again, and another tab is open.
    lost: list[Route] = []

    def lose(route: Route) -> None:
        route.fetch()
        lost.append(route)
        route.abort()

    context.route("**/say/", lose)
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/say/")):
        says(page, "Fourth")
    says(page, "Fifth")
    page.reload()
    expect(page.get_by_text("Fifth")).to_be_visible()
    other = context.new_page()
    other.goto(f"{server.url}/chat/")
    context.unroute("**/say/")
    for tab in (other, page):
        tab.bring_to_front()
        expect(tab.locator("[data-pending]")).to_have_count(0, timeout=40_000)
        expect(tab.locator("[data-lines] .ours")).to_have_count(5)
    assert lost
    assert texts(chat) == ["First", "Second", "Third", "Fourth", "Fifth"]


def test_what_was_written_arrives_also_from_another_page(
    context: BrowserContext, page: Page, server: Server, ada: Person, kim: Person
) -> None:
    """The chat ended while nothing came through; what another wrote at this browser stays out of their sight."""
    let_in(context, ada, server)
    chat = chats.begin(ada, "First")
    chats.answers(kim, chat)
    page.goto(f"{server.url}/chat/c/{chat.pk}/")
    page.wait_for_selector("html[data-ready]")
    context.route("**/say/", lambda route: route.abort())
    says(page, "Second")
    expect(page.get_by_text("Waits to be sent").first).to_be_visible()
    page.get_by_label("Your message").fill("And th")
    ending.end(actor=desk.SYSTEM, chat=chat, by=Chat.By.AGENT)
    expect(page.get_by_text("The chat ended before you sent this.")).to_be_visible()
    expect(page.get_by_role("heading", name="This chat has ended")).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="A message was not sent")).to_be_visible()
    page.locator("[data-pending].is-refused").get_by_role("button", name="Remove").click()
    # A gateway has a page for everything, which is no answer.
    context.unroute("**/say/")
    context.route("**/say/", lambda route: route.fulfill(status=200, body="<h1>Sign in to this network</h1>"))
    page.goto(f"{server.url}/chat/?again=1")
    stranded = page.locator(".chat-stranded")
    expect(stranded.get_by_text("Second")).to_be_visible()
    assert texts(chat) == ["First"]
    context.unroute("**/say/")
    expect(stranded).to_have_count(0, timeout=40_000)
    assert texts(chat) == ["First", "Second"]
    other = chats.begin(customer("eve@example.org", "Eve"))
    unsent, at = {"id": str(uuid4()), "text": "Not hers", "files": [], "refused": "Too long."}, int(time.time() * 1000)
    page.evaluate(
        "([key, entry]) => localStorage.setItem(key, entry)",
        [f"chat-out:{other.pk}:{at:015}:{unsent['id']}", json.dumps(unsent)],
    )
    with page.expect_response(f"**/{other.pk}/news/*") as answer:
        page.goto(f"{server.url}/chat/")
    assert answer.value.status == 404
    page.wait_for_selector("html[data-ready]")
    expect(page.get_by_text("Not hers")).to_have_count(0)
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('chat-out:')).length") == 1
    assert [each for each in complaints(page) if "404" not in each] == []
    assert texts(other) == ["My key is not accepted."]


def test_what_waited_goes_as_soon_as_anything_gets_through(
    context: BrowserContext, page: Page, server: Server, ada: Person, kim: Person
) -> None:
    """However much was typed meanwhile: each try would have doubled the pause."""
    let_in(context, ada, server)
    chat = chats.begin(ada, "First")
    chats.answers(kim, chat)
    page.goto(f"{server.url}/chat/c/{chat.pk}/")
    page.wait_for_selector("html[data-ready]")
    context.route("**/c/*/*/**", lambda route: route.abort())
    words = [f"Word {number}" for number in range(6)]
    says(page, *words)
    expect(page.locator("[data-pending]")).to_have_count(6)
    context.unroute("**/c/*/*/**")
    chats.answers(kim, chat, "Are you there?")
    expect(page.locator("[data-pending]")).to_have_count(0, timeout=10_000)
    assert [each for each in texts(chat) if each.startswith("Word")] == words


def test_a_gateways_page_is_no_answer(
    context: BrowserContext, page: Page, server: Server, ada: Person, kim: Person
) -> None:
    let_in(context, ada, server)
    page.goto(f"{server.url}/chat/")
    page.wait_for_selector("html[data-ready]")
    context.route(
        "**/chat/", lambda route: route.fulfill(status=502, content_type="text/html", body="<h1>Bad gateway</h1>")
    )
    page.get_by_label("Your question").fill("How do I install it?")
    page.get_by_role("button", name="Begin the chat").click()
    expect(page.locator(".chat-lost")).to_contain_text("That did not go through.")
    expect(page.get_by_label("Your question")).to_have_value("How do I install it?")
    context.unroute("**/chat/")
    page.get_by_role("button", name="Begin the chat").click()
    expect(page.get_by_text("You are next")).to_be_visible()


def test_a_guest_on_another_site_without_cookies(
    context: BrowserContext, page: Page, server: Server, site: str, kim: Person
) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{site}/index.html")
    page.get_by_role("button", name="Chat").click()
    frame = page.frame_locator("iframe")
    frame.get_by_label("Your question").fill("How do I install it?")
    frame.get_by_label("Your name").fill("Grace")
    frame.get_by_label("Your e-mail address").fill("grace@example.org")
    frame.get_by_role("button", name="Begin the chat").click()
    expect(frame.get_by_text("We have sent a code to")).to_be_visible()
    frame.get_by_label("Code").fill(secret_sent_to("grace@example.org"))
    frame.get_by_role("button", name="Begin the chat").click()
    expect(frame.get_by_text("You are next")).to_be_visible()
    expect(frame.get_by_role("link", name="Open the chat in its own window")).to_be_visible()  # it keeps nothing here
    chat = Chat.objects.get()
    assert (chat.site, chat.page) == (site, f"{site}/index.html")
    assert not [each for each in context.cookies() if each["name"].startswith(("chat", "session"))]
    chats.answers(kim, chat, "Run the installer.")
    expect(frame.get_by_text("Run the installer.")).to_be_visible()
    says(frame, "Thank you")
    expect(frame.locator("[data-pending]")).to_have_count(0)
    frame.get_by_role("button", name="Make the chat small").click()
    expect(page.locator("iframe")).to_be_hidden()
    chats.answers(kim, chat, "Anything else?")
    expect(page.get_by_role("button", name="Chat")).to_contain_text("1")
    page.get_by_role("button", name="Chat").click()
    expect(frame.get_by_text("Anything else?")).to_be_visible()
    chats.says(chat, LONG)
    frame.get_by_role("link", name="Read all of this message").click()
    expect(frame.locator("[data-lines]")).to_contain_text("to its end.")
    # This browser gives frames of other sites no storage at all: on the next page the guest is a stranger again.
    frame.get_by_role("button", name="Make the chat small").click()
    page.get_by_role("link", name="A second page").click()
    page.get_by_role("button", name="Chat").click()
    expect(page.frame_locator("iframe").get_by_label("Your question")).to_be_visible()
    assert texts(chat) == ["How do I install it?", "Thank you", LONG]


def test_what_is_new_on_another_site_stays_new_on_its_next_pages(
    context: BrowserContext, page: Page, server: Server, site: str, ada: Person, kim: Person
) -> None:
    """On a host of ours, whose frames know who is signed in, and keep what they keep. Also once the chat has ended."""
    site = site.replace("localhost", "127.0.0.1")
    settings.save(actor=desk.SYSTEM, wanted=settings.Wanted(sites=(site,)))
    let_in(context, ada, server)
    chat = chats.begin(ada)
    page.goto(f"{site}/index.html")
    button, frame = page.get_by_role("button", name="Chat"), page.frame_locator("iframe")
    button.click()
    expect(frame.get_by_text("You are next")).to_be_visible()
    frame.get_by_role("button", name="Make the chat small").click()
    chats.answers(kim, chat, "Which version is it?")
    expect(button).to_contain_text("1")
    page.goto(f"{site}/second.html")
    expect(button).to_contain_text("1")
    ending.end(actor=desk.SYSTEM, chat=chat, by=Chat.By.AGENT)
    expect(page.frame_locator("iframe").locator("[data-stage='over']")).to_be_attached()
    page.goto(f"{site}/index.html")
    expect(button).to_contain_text("1")
    button.click()
    expect(frame.get_by_text("Which version is it?")).to_be_visible()
    expect(button).not_to_contain_text("1")


def test_on_another_site_the_keyboard_goes_where_one_writes(page: Page, site: str, kim: Person) -> None:
    """At the first opening, when nothing is there yet, and at each later one."""
    page.goto(f"{site}/index.html")
    button, frame = page.get_by_role("button", name="Chat"), page.frame_locator("iframe")
    question = frame.get_by_label("Your question")
    button.press("Enter")
    question.wait_for()
    page.frames[-1].wait_for_function("document.activeElement.name === 'text'")
    page.keyboard.type("Which version")
    expect(question).to_have_value("Which version")
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    page.frames[-1].evaluate("document.activeElement.blur()")
    button.press("Enter")
    page.frames[-1].wait_for_function("document.activeElement.name === 'text'")


def test_where_the_frame_is_refused_the_chat_has_its_own_page(context: BrowserContext, page: Page, site: str) -> None:
    """By a press of their own: browsers hold back windows that open by themselves. Later the frame is tried anew."""
    settings.save(actor=desk.SYSTEM, wanted=settings.Wanted(sites=()))
    page.goto(f"{site}/index.html")
    page.get_by_role("button", name="Chat").click()
    link = page.get_by_role("link", name="Open the chat")
    expect(link).to_be_focused(timeout=30_000)
    expect(page.locator("iframe")).to_be_hidden()
    with context.expect_page() as opened:
        link.click()
    opened.value.wait_for_url("**/chat/**")
    page.get_by_role("button", name="Chat").click()
    expect(link).to_be_hidden()
    settings.save(actor=desk.SYSTEM, wanted=settings.Wanted(sites=(site,)))
    page.get_by_role("button", name="Chat").click()
    expect(page.frame_locator("iframe").get_by_text("Nobody is here for a chat just now")).to_be_visible()
    expect(link).to_be_hidden()


def test_a_draft_is_nobody_elses_to_see(
    context: BrowserContext, page: Page, server: Server, ada: Person, kim: Person
) -> None:
    let_in(context, ada, server)
    page.goto(f"{server.url}/chat/")
    page.wait_for_selector("html[data-ready]")
    page.get_by_label("Your question").fill("My secret")
    page.reload()
    expect(page.get_by_label("Your question")).to_have_value("My secret")
    let_in(context, customer("eve@example.org", "Eve"), server)
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(page.get_by_label("Your question")).to_have_value("")


def test_on_a_phone_the_page_and_the_panel_fit(
    context: BrowserContext, page: Page, server: Server, ada: Person, kim: Person
) -> None:
    page.set_viewport_size({"width": 320, "height": 568})
    let_in(context, ada, server)
    for path in ("/chat/", "/contact/"):
        page.goto(server.url + path)
        assert complaints(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.locator("[data-chat-open]").click()
    page.get_by_label("Your question").fill("x" * 300)
    page.get_by_role("button", name="Begin the chat").click()
    expect(page.locator("[data-room]")).to_be_visible()
    assert complaints(page) == []
    box = page.get_by_placeholder("Write a message").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 568
    chat = Chat.objects.get()
    page.goto(f"{server.url}/chat/c/{chat.pk}/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_label("More").click()
    assert complaints(page) == []
    page.get_by_role("button", name="Go on by mail instead").click()
    expect(page.get_by_role("heading", name="This goes on by mail")).to_be_visible()
    assert complaints(page) == []
