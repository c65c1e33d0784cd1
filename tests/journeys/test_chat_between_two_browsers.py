"""A customer and agents chat, each in a browser of their own: from the question to the survey, once by keyboard alone,
once on a phone, and once with nobody there."""

import re

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Page, expect

from frontdesk.accounts.models import Person
from frontdesk.support.chat import sweeping
from frontdesk.support.chat.models import Chat
from frontdesk.support.tickets.models import Message, Survey
from tests.journeys.houses import House, asks, complaints, says
from tests.support import chats
from tests.support.mailbox import sent

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 360, "height": 740}
LOG = FilePayload(name="log.txt", mimeType="text/plain", buffer=b"all well")


def mailed(address: str) -> list[str]:
    """What they get by mail, in plain words."""
    bodies = [mail.get_body(("plain",)) for mail in sent(address)]
    return [str(body.get_content()) for body in bodies if body is not None]


def test_from_the_question_to_the_survey(house: House) -> None:
    kim_context, lou_context = house.agent("kim@halcyon.example", "Kim"), house.agent("lou@halcyon.example", "Lou")
    kim = house.opened(kim_context, "/desk/inbox/")
    ada = house.opened(house.customer(), "/chat/")
    assert complaints(ada) == []
    asks(ada, "My key is not accepted.")
    assert complaints(ada) == []
    strip = kim.get_by_role("region", name="Chats", exact=True)
    expect(strip.get_by_text("My key is not accepted.")).to_be_visible()
    expect(kim).to_have_title(counting(1))
    assert complaints(kim) == []
    strip.get_by_role("button", name="Take the next one").click()
    write = kim.get_by_label("Your answer or note")
    expect(write).to_be_focused()
    expect(ada.get_by_text("Kim").first).to_be_visible()
    assert complaints(kim) == []
    ada.get_by_label("Your message").press_sequentially("It says so")
    expect(kim.get_by_text("Ada is writing …")).to_be_visible()
    ada.get_by_label("Your message").press("Enter")
    messages = kim.locator("#messages")
    expect(messages.get_by_text("It says so")).to_be_visible()
    write.press_sequentially("Which one")
    expect(ada.get_by_text("Kim is typing")).to_be_visible()
    write.press("Shift+Enter")
    write.press_sequentially("exactly?")
    write.press("Enter")
    expect(ada.get_by_text("exactly?")).to_be_visible()
    expect(write).to_have_value("")
    expect(write).to_be_focused()
    expect(kim.get_by_text("Seen up to here")).to_be_visible()
    ada.locator("[data-attach-chat]").set_input_files([LOG])
    says(ada, "See the log")
    expect(messages.get_by_role("link", name="log.txt")).to_be_visible()
    kim.get_by_text("Note for the team", exact=True).click()
    write.fill("She has two devices")
    write.press("Enter")
    expect(messages.locator(".bubble.note").get_by_text("She has two devices")).to_be_visible()
    _handed_over(house, kim, lou_context, ada)
    assert Message.objects.filter(text="Which one\nexactly?").count() == 1


def _handed_over(house: House, kim: Page, lou_context: BrowserContext, ada: Page) -> None:
    lou = house.opened(lou_context, "/desk/inbox/")
    kim.get_by_role("link", name="Hand over").click()
    dialog = kim.get_by_role("dialog")
    chosen = dialog.get_by_label("To whom")
    chosen.select_option(label=next(each for each in chosen.locator("option").all_inner_texts() if "Lou" in each))
    dialog.get_by_role("button", name="Hand over").click()
    expect(ada.get_by_text("You are being connected with a colleague")).to_be_visible()
    strip = lou.get_by_role("region", name="Chats", exact=True)
    strip.get_by_role("button", name="Take Ada").click()
    expect(lou.locator("#messages").get_by_text("She has two devices")).to_be_visible()
    expect(lou.get_by_label("Your answer or note")).to_be_focused()
    lou.get_by_label("Your answer or note").fill("I have replaced it.")
    lou.get_by_label("Your answer or note").press("Enter")
    expect(ada.get_by_text("I have replaced it.")).to_be_visible()
    assert ada.get_by_text("She has two devices").count() == 0
    lou.get_by_role("link", name="End", exact=True).click()
    lou.get_by_role("dialog").get_by_role("button", name="End the chat").click()
    expect(lou.locator("#chat-bar").get_by_text("The chat has ended")).to_be_visible()
    expect(ada.get_by_role("heading", name="This chat has ended")).to_be_visible()
    assert complaints(ada) == []
    assert complaints(lou) == []
    ada.get_by_text("Good", exact=True).click()
    ada.get_by_role("button", name="Send").click()
    expect(ada.get_by_text("Thank you. Your answer has arrived.")).to_be_visible()
    assert Survey.objects.get().score == 3
    (transcript,) = [words for words in mailed("ada@example.org") if "I have replaced it." in words]
    assert "She has two devices" not in transcript


def counting(number: int) -> re.Pattern[str]:
    """A title that counts so many."""
    return re.compile(rf"^\({number}\) ")


def test_by_keyboard_alone(house: House) -> None:
    kim = house.opened(house.agent("kim@halcyon.example", "Kim"), "/desk/inbox/")
    ada = house.opened(house.customer(), "/chat/")
    ada.get_by_label("Your question").focus()
    ada.keyboard.type("Where is my invoice?")
    while ada.locator(":focus").inner_text().strip() != "Begin the chat":
        ada.keyboard.press("Tab")
    ada.keyboard.press("Enter")
    expect(kim.locator("[data-chat-row]")).to_have_count(1)
    kim.keyboard.press("v")
    expect(kim.get_by_label("Your answer or note")).to_be_focused()
    kim.keyboard.type("In your account.")
    kim.keyboard.press("Enter")
    expect(ada.get_by_text("In your account.")).to_be_visible()
    expect(ada.get_by_label("Your message")).to_be_focused()
    kim.keyboard.press("Escape")
    kim.keyboard.press("g")
    kim.keyboard.press("i")
    expect(kim.get_by_role("heading", name="Mine")).to_be_visible()
    ada.keyboard.type("Found it")
    ada.keyboard.press("Enter")
    expect(kim.locator("[data-chat-row].is-new")).to_have_count(1)
    kim.keyboard.press("c")
    expect(kim.locator("#messages").get_by_text("Found it")).to_be_visible()
    expect(kim.get_by_label("Your answer or note")).to_be_focused()
    kim.keyboard.press("Escape")
    kim.keyboard.press("e")
    expect(kim.get_by_role("dialog", name="End the chat")).to_be_visible()
    kim.keyboard.press("Tab")
    kim.keyboard.press("Enter")
    expect(ada.get_by_role("heading", name="This chat has ended")).to_be_visible()


def test_on_a_phone_and_through_a_reload(house: House) -> None:
    kim = house.opened(house.agent("kim@halcyon.example", "Kim"), "/desk/chats/")
    expect(kim.get_by_text("Nobody waits")).to_be_visible()
    assert complaints(kim) == []
    ada = house.opened(house.customer(PHONE), "/chat/")
    asks(ada, "It does not start.")
    kim.locator("#chats-on").get_by_role("button", name="Take Ada").click()
    write = kim.get_by_label("Your answer or note")
    write.fill("Have you tried to start it anew?")
    expect(kim.get_by_text("Draft kept")).to_be_visible()
    kim.reload()
    kim.wait_for_selector("html[data-ready]")
    expect(write).to_have_value("Have you tried to start it anew?")
    kim.context.set_offline(True)
    write.press("Enter")
    expect(kim.get_by_text("Not sent yet")).to_be_visible()
    kim.context.set_offline(False)
    expect(ada.get_by_text("Have you tried to start it anew?")).to_be_visible()
    expect(kim.locator("#messages").get_by_text("Have you tried to start it anew?")).to_be_visible()
    expect(kim.locator("#chat-waiting > *")).to_have_count(0)
    assert ada.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert complaints(ada) == []
    kim.get_by_role("link", name="Go on by mail").click()
    kim.get_by_role("dialog").get_by_role("button", name="Go on by mail").click()
    expect(ada.get_by_text("We answer you by mail; you need not wait here.")).to_be_visible()
    assert Chat.objects.get().state == Chat.State.TICKET


def test_what_an_agent_writes_arrives_also_after_the_chat(house: House) -> None:
    """Without a connection while the customer ends it: the conversation's page sends it on, or that of the inbox."""
    context = house.agent("kim@halcyon.example", "Kim")
    kim = house.opened(context, "/desk/inbox/")
    ada = house.opened(house.customer(), "/chat/")
    asks(ada, "It does not start.")
    kim.get_by_role("button", name="Take the next one").click()
    write = kim.get_by_label("Your answer or note")
    expect(write).to_be_focused()
    write.fill("Which version?")
    write.press("Enter")
    expect(ada.get_by_text("Which version?")).to_be_visible()
    context.set_offline(True)
    write.fill("Start it anew.")
    write.press("Enter")
    expect(kim.get_by_text("Not sent yet")).to_be_visible()
    ended(ada)
    context.set_offline(False)
    expect(kim.locator("#chat-bar").get_by_text("The chat has ended")).to_be_visible()
    expect(kim.locator("#messages").get_by_text("Start it anew.")).to_be_visible()
    expect(kim.locator("#chat-waiting > *")).to_have_count(0)
    assert any("Start it anew." in words for words in mailed("ada@example.org"))
    # An answer that is lost on the way, and another page.
    ada.goto(f"{house.server.url}/chat/?again=1")
    asks(ada, "It stops at once.")
    kim.get_by_role("button", name="Take the next one").click()
    expect(kim.locator("#messages").get_by_text("It stops at once.")).to_be_visible()
    expect(write).to_be_focused()
    context.route("**/messages/*", lambda route: route.abort())
    write.fill("Here is a newer one.")
    write.press("Enter")
    expect(kim.get_by_text("Not sent yet")).to_be_visible()
    kim.goto(f"{house.server.url}/desk/inbox/")
    unsent = kim.locator("[data-chat-unsent]")
    unsent.locator("summary").click()
    expect(unsent.get_by_text("Here is a newer one.")).to_be_visible()
    assert complaints(kim) == []
    context.unroute("**/messages/*")
    expect(ada.get_by_text("Here is a newer one.")).to_be_visible(timeout=40_000)
    expect(unsent).to_be_hidden(timeout=40_000)
    assert Message.objects.filter(text__in=["Start it anew.", "Here is a newer one."]).count() == 2


def ended(page: Page) -> None:
    """The customer ends it."""
    page.get_by_label("More").click()
    page.get_by_role("button", name="End the chat").click()
    expect(page.get_by_role("heading", name="This chat has ended")).to_be_visible()


def test_with_nobody_there_it_becomes_a_ticket(house: House) -> None:
    ada = house.opened(house.customer(), "/chat/")
    assert complaints(ada) == []
    ada.get_by_label("Your message").fill("Then by mail")
    ada.get_by_role("button", name="Go on with the form").click()
    expect(ada.get_by_text("Then by mail")).to_be_visible()
    kim = house.agent("kim@halcyon.example", "Kim")
    chats.come(Person.objects.get(email="kim@halcyon.example"))
    ada.goto(f"{house.server.url}/chat/")
    asks(ada, "Anybody?")
    chats.go(Person.objects.get(email="kim@halcyon.example"))
    sweeping.sweep()
    expect(ada.get_by_text("Nobody is there any more to chat.")).to_be_visible()
    assert kim.pages == []
    assert any("Anybody?" in words for words in mailed("ada@example.org"))
