"""Customers who need help: one finds the article while typing, a guest writes, one uses no mouse; axe on every page."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from frontdesk.accounts.models import Person
from frontdesk.core import outbox
from frontdesk.core.actors import Actor
from frontdesk.support.helpcentre import articles
from frontdesk.support.tickets import attachments, following, links, reading
from frontdesk.support.tickets.conversations import changing
from frontdesk.support.tickets.models import Area, Attachment, Conversation, Message, Participant
from tests.journeys.test_first_journey import walk_to
from tests.journeys.test_pages_in_browser import walk
from tests.people import PASSWORD, customer, signed_in
from tests.support import desk
from tests.tickets.test_attachments import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def stocked() -> None:
    """What a vendor has set up: two areas and an article."""
    Area.objects.create(slug="devices", titles={"en": "Codes and devices"}, reason_codes=["device_limit_reached"])
    Area.objects.create(slug="billing", titles={"en": "Payments"}, position=1)
    writing = articles.Writing(title="Free a seat for a new laptop", body="Open the licence and free the old one.")
    article = articles.create(actor=Actor.system(), slug="free-a-seat", language="en", writing=writing)
    revision = article.translations.get().revisions.get()
    articles.publish(actor=Actor.system(), revision=revision)


def sign_in(page: Page, address: str, path: str = "/home/") -> None:
    """As Ada, through the page."""
    page.goto(f"{address}/account/login/?next={path}")
    page.get_by_label("E-mail").fill("ada@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"**{path}")


def mailed(pattern: str) -> str:
    """Deliver what waits in the outbox, and find the newest link of this kind."""
    outbox.deliver_due()
    return str([link for each in mail.outbox for link in re.findall(pattern, str(each.body))][-1])


def file(name: str, data: bytes) -> Any:
    """A file as a person chooses one."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def test_the_article_comes_while_typing_and_the_text_stays(context: BrowserContext, live_server: LiveServer) -> None:
    stocked()
    page = context.new_page()
    page.goto(f"{live_server.url}/help/r/device_limit_reached")
    page.get_by_role("link", name="Contact us").click()
    expect(page.get_by_label("Codes and devices")).to_be_checked()
    page.get_by_label("Your message").fill("It says all seats are in use.")
    page.get_by_label("In a few words").press_sequentially("new lapt")
    page.get_by_role("link", name="Free a seat for a new laptop").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Free a seat for a new laptop")
    page.go_back()
    expect(page.get_by_label("Your message")).to_have_value("It says all seats are in use.")
    customer()
    page.get_by_role("complementary").get_by_role("link", name="Sign in", exact=True).click()
    page.get_by_label("E-mail").fill("ada@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/contact/**")
    expect(page.get_by_label("In a few words")).to_have_value("new lapt")
    assert not Conversation.objects.exists()


def test_what_somebody_wrote_waits_for_them_when_their_session_ends(
    context: BrowserContext, live_server: LiveServer
) -> None:
    """Nobody else sees it in that tab, and whoever comes in between does not lose it for them."""
    stocked()
    customer()
    page = context.new_page()
    sign_in(page, live_server.url, "/contact/")
    page.wait_for_selector("html[data-ready]")
    page.get_by_label("Your message").fill("My card was charged twice.")
    context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(page.get_by_label("Your message")).to_have_value("")
    sign_in(page, live_server.url, "/contact/")
    expect(page.get_by_label("Your message")).to_have_value("My card was charged twice.")


def test_a_guest_writes_reads_the_answer_and_replies(context: BrowserContext, live_installation: str) -> None:
    stocked()
    kim, page = desk.agent(), context.new_page()
    page.goto(f"{live_installation}/contact/")
    page.get_by_label("Payments").check()
    page.get_by_label("In a few words").fill("No code came")
    page.get_by_label("Your message").fill("I paid, and got no code.")
    page.get_by_label("Your e-mail address").fill("guest@example.org")
    page.get_by_label("Pictures and files").set_input_files([file("bill.png", picture()), file("setup.exe", b"MZ\0\0")])
    expect(page.get_by_text("Programs and scripts could harm")).to_be_visible()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mailbox")
    page.goto(live_installation + mailed(r"/contact/confirm/[\w-]+/"))
    page.get_by_role("button", name="Yes, send my message").click()
    expect(page.get_by_text("I paid, and got no code.")).to_be_visible()
    expect(page.get_by_role("img", name="bill.png")).to_have_js_property("naturalWidth", 40)

    desk.answers(kim, Conversation.objects.get(), "Here it is again.")
    expect(page.get_by_text("Here it is again.")).to_be_visible()
    page.get_by_label("Your message").fill("It does not work. See the log.")
    page.get_by_label("Pictures and files").set_input_files([file("shield.log", b"no code"), file("old.log", b"old")])
    page.get_by_role("button", name="Remove old.log").click()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("log").get_by_text("It does not work. See the log.")).to_be_visible()
    expect(page.get_by_label("Your message")).to_have_value("")
    message = Message.objects.get(text="It does not work. See the log.")
    assert [each.name for each in message.attachments.all()] == ["shield.log"]
    with page.expect_download() as download:
        page.get_by_role("link", name="shield.log").click()
    assert download.value.suggested_filename == "shield.log"


def test_the_keyboard_alone_sends_a_message(context: BrowserContext, live_server: LiveServer) -> None:
    stocked()
    customer()
    page = context.new_page()
    sign_in(page, live_server.url, "/contact/")
    walk_to(page, "Codes and devices")
    page.keyboard.press("Space")
    walk_to(page, "In a few words")
    page.keyboard.type("New laptop")
    walk_to(page, "Your message", "textarea")
    page.keyboard.type("All seats are in use.")
    walk_to(page, "Send", "button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/conversations/*-*/")
    walk_to(page, "Yes, this is solved")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Good to hear.")).to_be_visible()
    assert Conversation.objects.get().status == Conversation.Status.SOLVED


BACKGROUND = """
Object.defineProperty(document, "hidden", { get: () => !window.isSeen });
window.isSeen = true;
"""


def see(page: Page, is_seen: bool) -> None:
    """The page comes to the front, or goes behind another."""
    page.evaluate(f"isSeen = {str(is_seen).lower()}; document.dispatchEvent(new Event('visibilitychange'))")


def test_a_page_in_the_background_reads_nothing_and_one_signed_out_shows_nothing(
    context: BrowserContext, live_server: LiveServer
) -> None:
    kim, ada = desk.agent(), customer()
    talk = desk.conversation(ada)
    page = context.new_page()
    page.add_init_script(BACKGROUND)
    sign_in(page, live_server.url)
    page.clock.install()
    page.goto(f"{live_server.url}/conversations/{talk.pk}/")
    expect(page.locator("html")).to_have_attribute("data-ready", "")
    see(page, False)
    desk.answers(kim, talk, "Here is what to do.")
    with page.expect_event("console", lambda line: line.text == "a minute") as _waited:
        page.evaluate("setTimeout(() => console.log('a minute'), 60_000)")
        page.clock.fast_forward(61_000)
    expect(page.get_by_text("Here is what to do.")).to_have_count(0)
    assert reading.unread(ada).exists()
    see(page, True)
    expect(page.get_by_text("Here is what to do.")).to_be_visible()
    assert not reading.unread(ada).exists()
    context.clear_cookies()
    page.clock.fast_forward(21_000)
    page.wait_for_url("**/account/login/?next=**")
    expect(page.get_by_label("Password", exact=True)).to_be_visible()


def test_a_survey_is_one_press_on_the_page_of_its_mail(context: BrowserContext, live_server: LiveServer) -> None:
    talk = desk.conversation(customer())
    desk.answers(desk.agent(), talk)
    changing.solve(actor=desk.SYSTEM, conversation=talk)
    page = context.new_page()
    page.goto(live_server.url + mailed(r"/conversations/survey/[\w-]+/\?score=3"))
    expect(page.get_by_label("Good")).to_be_checked()
    expect(page.locator("html")).to_have_attribute("data-ready", "")
    assert talk.surveys.get().score is None, "a program that opens links and runs scripts has not answered"
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Your answer has arrived.")).to_be_visible()
    assert talk.surveys.get().score == 3


def situations(ada: Person, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], list[str]]:
    """Addresses of all pages with something to see on each: those of a customer, and those of everybody."""
    stocked()
    kim = desk.agent()
    license, _code = desk.licensed(ada)
    device = desk.seat(license)
    open_one = desk.conversation(ada, text="See https://example.org/ and the log.")
    message = open_one.messages.get(kind=Message.Kind.CUSTOMER)
    files = [attachments.store(name=name, data=data) for name, data in (("a.log", b"x"), ("setup.exe", b"MZ\0"))]
    Attachment.objects.filter(pk__in=[each.pk for each in files]).update(message=message)
    desk.answers(kim, open_one)
    monkeypatch.setattr(following, "new_token", lambda: "t" * 43)
    solved = desk.conversation(ada, subject="The invoice")
    desk.answers(kim, solved)
    changing.solve(actor=desk.SYSTEM, conversation=solved)
    guest = desk.conversation("guest@example.org").participants.get(role=Participant.Role.REQUESTER)
    own = [
        "/conversations/",
        "/conversations/?q=nothing",
        *(f"/conversations/{each.pk}/" for each in (open_one, solved)),
    ]
    own += [f"/contact/?activation={device.pk}&reason=device_limit_reached", "/home/"]
    public = ["/contact/", "/contact/sent/", links.to_conversation(guest).path]
    public += [f"/conversations/survey/{'t' * 43}/", links.to_follow_up(solved).path]
    return own, public


def test_axe_finds_nothing(chromium: Browser, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = customer()
    session = signed_in(ada).cookies[settings.SESSION_COOKIE_NAME].value
    own, public = situations(ada, monkeypatch)
    assert walk(chromium, live_server.url, own, session) == []
    assert walk(chromium, live_server.url, public) == []
