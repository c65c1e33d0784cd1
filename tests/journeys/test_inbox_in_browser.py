"""The inbox in a real browser: axe finds nothing, the keyboard gets through, drafts and colleagues' words arrive."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.conf import settings
from playwright.sync_api import Browser, FilePayload, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.support.tickets.beside import drafts
from frontdesk.support.tickets.beside.drafts import Writing
from frontdesk.support.tickets.conversations.saying import add_note
from frontdesk.support.tickets.mail import blocking
from frontdesk.support.tickets.models import Agent, CannedReply, Conversation, Draft, Macro, Message, Participant
from tests.journeys.test_pages_in_browser import walk
from tests.people import customer, staff_browser
from tests.support import bills, desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


@pytest.fixture
def matter(transactional_db: None) -> Conversation:
    """A conversation with something in every part of its page."""
    ada = customer("ada@mail.example", "Ada Winter")
    held, _code = desk.licensed(ada)
    desk.seat(held, "Old office PC", "windows")
    bills.payment(bills.invoice(bills.order(ada)))
    matter = desk.conversation(ada, "The new PC says that the limit is reached.", "New PC, limit reached")
    mail = desk.writes(matter, "It still does.")
    Message.objects.filter(pk=mail.pk).update(quoted="> what was said before", data={"authentication": "none"})
    desk.conversation("guest@else.example", "What does it cost?", "Prices")
    return matter


@pytest.fixture
def session(matter: Conversation) -> str:
    """Kim, a manager, is signed in."""
    value = staff_browser(Role.MANAGER, "kim@halcyon.example").cookies[settings.SESSION_COOKIE_NAME].value
    kim = Person.objects.get(email="kim@halcyon.example")
    Agent.objects.create(person=kim)
    add_note(agent=kim, conversation=matter, text="Second swap this month.", client_id=uuid4())
    return value


@pytest.fixture
def page(chromium: Browser, live_server: LiveServer, session: str) -> Iterator[Page]:
    """Kim's browser."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce", locale="en-GB")
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def cannot_be_answered(matter: Conversation) -> None:
    """Closed while Kim was writing, and its sender is blocked."""
    kim = Person.objects.get(email="kim@halcyon.example")
    drafts.save(
        person=kim, conversation=matter, writing=Writing("Hello Ada, please free the seat of the old office PC.")
    )
    blocking.block(actor=desk.SYSTEM, pattern="ada@mail.example", reason="By mistake")
    Conversation.objects.filter(pk=matter.pk).update(status=Conversation.Status.CLOSED)


@pytest.mark.parametrize("part", ["list", "talk", "closed", "deeds", "people", "ready"])
def test_axe_finds_nothing(
    chromium: Browser, live_server: LiveServer, session: str, matter: Conversation, part: str
) -> None:
    reply = CannedReply.objects.create(title="Free a seat", shortcut="free-seat", texts={"en": "Hello"})
    macro = Macro.objects.create(title="Tidy", actions=[{"do": "add_tag", "value": "tidy"}])
    copy = Participant.objects.create(conversation=matter, address="bob@else.example", role=Participant.Role.COPY)
    one = f"/desk/inbox/{matter.pk}/"
    pages = {
        "list": ["/desk/inbox/?view=all&tag=vip", "/desk/inbox/?view=all"],
        "talk": [one, f"{one}customer/", f"{one}promises/"],
        "closed": [one],
        "deeds": [f"{one}put-off/", f"{one}merge/", f"{one}split/", f"{one}replies/"],
        "people": [f"{one}copies/", f"{one}copies/{copy.pk}/removal/", f"{one}messages/1/redaction/"],
        "ready": ["/desk/ready/", f"/desk/ready/replies/{reply.pk}/", f"/desk/ready/macros/{macro.pk}/"],
    }
    if part == "closed":
        cannot_be_answered(matter)
    assert walk(chromium, live_server.url, pages[part], session) == []


def test_a_day_at_the_desk_by_keyboard(page: Page, live_server: LiveServer, matter: Conversation) -> None:
    CannedReply.objects.create(title="Free a seat", shortcut="free-seat", texts={"en": "Re {{reference}}: it is free."})
    page.goto(f"{live_server.url}/desk/inbox/?view=all")
    page.wait_for_selector("html[data-ready]")
    for key in ("j", "j", "k", "Enter"):
        page.keyboard.press(key)
    expect(page.locator(".talk-title h1")).to_have_text("New PC, limit reached")
    assert str(matter.pk) in page.url
    expect(page.locator("#customer")).to_contain_text("Old office PC")
    page.wait_for_selector("[data-row][aria-current]")
    page.keyboard.press("r")
    page.keyboard.type("Hello s j k")  # letters are letters while one types
    page.wait_for_selector("[data-draft-says]:has-text('Draft kept')")
    assert Draft.objects.get().text == "Hello s j k"
    page.reload()
    expect(page.locator("#composer-text")).to_have_value("Hello s j k")
    page.wait_for_selector("html[data-ready]")
    page.locator("#composer-text").fill("")
    page.locator("#composer-text").press_sequentially("/free")
    expect(page.locator("#composer-offers [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#composer-text")).to_have_value(f"Re {matter.reference}: it is free.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#messages .bubble.ours")).to_contain_text("it is free.")
    assert Message.objects.filter(conversation=matter, kind="agent").count() == 1
    page.wait_for_selector("html[data-ready]")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("dialog#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    expect(page.locator(".talk-state .badge").first).to_have_text("Solved")
    page.wait_for_selector("html[data-ready]")
    page.keyboard.press("g")
    page.keyboard.press("u")
    page.wait_for_url(re.compile("view=unassigned"))


def test_what_a_colleague_says_meanwhile_is_told_before_sending(
    page: Page, live_server: LiveServer, matter: Conversation
) -> None:
    lou = desk.agent("lou@halcyon.example", "Lou Ferrer")
    page.clock.install()
    page.goto(f"{live_server.url}/desk/inbox/{matter.pk}/")
    page.wait_for_selector("html[data-ready]")
    page.locator("#composer-text").fill("My own answer")
    desk.answers(lou, matter, "Lou was quicker")
    page.clock.run_for(21_000)
    expect(page.locator("#messages")).to_contain_text("Lou was quicker")
    expect(page.locator("[data-heard]")).to_be_visible()
    page.locator("[data-send]:visible").click()
    expect(page.locator(".composer .notice:visible")).to_contain_text("something new")
    expect(page.locator("#composer-text")).to_have_value("My own answer")
    assert Message.objects.filter(conversation=matter, kind="agent").count() == 1
    page.locator("[data-send]:visible").click()
    expect(page.locator("#messages")).to_contain_text("My own answer")


def held_back(page: Page) -> list[Route]:
    """Files that go up are held on their way until the test lets them go on."""
    routes: list[Route] = []
    page.route("**/files/", lambda route: routes.append(route))  # noqa: PLW0108 - it wants a function of Python
    return routes


def sent_before_the_file_is_up(page: Page, address: str) -> list[Route]:
    """An agent sends an answer while its file is on its way still."""
    on_their_way = held_back(page)
    page.goto(address)
    page.wait_for_selector("html[data-ready]")
    page.locator("#composer-text").fill("Here is the picture.")
    with page.expect_request("**/files/"):
        page.locator("[data-attach]").set_input_files(log("a.log"))
    page.locator("#composer-text").press("Control+Enter")
    return on_their_way


def test_the_answer_waits_for_the_file(page: Page, live_server: LiveServer, matter: Conversation) -> None:
    on_their_way = sent_before_the_file_is_up(page, f"{live_server.url}/desk/inbox/{matter.pk}/")
    expect(page.locator("[data-draft-says]")).to_have_text("It goes as soon as the files are there.")
    assert not Message.objects.filter(kind="agent").exists()
    on_their_way.pop().continue_()
    expect(page.locator("#messages .bubble.ours")).to_contain_text("Here is the picture.")
    assert [each.name for each in Message.objects.get(kind="agent").attachments.all()] == ["a.log"]


def test_the_answer_stays_when_a_file_does_not_arrive(
    page: Page, live_server: LiveServer, matter: Conversation
) -> None:
    on_their_way = sent_before_the_file_is_up(page, f"{live_server.url}/desk/inbox/{matter.pk}/")
    on_their_way.pop().abort()
    expect(page.locator("[data-files] .is-refused")).to_contain_text("a.log")
    assert not Message.objects.filter(kind="agent").exists()
    page.locator("#composer-text").press("Control+Enter")  # having seen it
    expect(page.locator("#messages .bubble.ours")).to_contain_text("Here is the picture.")


def log(name: str) -> FilePayload:
    """A small file."""
    return {"name": name, "mimeType": "text/plain", "buffer": b"all well"}


def test_a_message_is_blacked_out_by_its_menu(page: Page, live_server: LiveServer, matter: Conversation) -> None:
    page.goto(f"{live_server.url}/desk/inbox/{matter.pk}/")
    page.wait_for_selector("html[data-ready]")
    page.get_by_label("More about message 1", exact=True).click()
    page.get_by_role("link", name="Black out …").click()
    page.get_by_label("Reason").fill("A card's number")
    page.get_by_role("button", name="Black it out").click()
    expect(page.locator("#m1")).to_contain_text("Blacked out.")
    expect(page.locator("#messages")).not_to_contain_text("the limit is reached")


def test_on_a_phone_one_column_after_the_other(page: Page, live_server: LiveServer, matter: Conversation) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{live_server.url}/desk/inbox/?view=all")
    page.wait_for_selector("html[data-ready]")
    page.get_by_text("New PC, limit reached").click()
    expect(page.locator(".talk-title h1")).to_be_visible()
    expect(page.locator("#conversations")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("link", name="Back to the list").first.click()
    expect(page.locator("#conversations")).to_be_visible()
