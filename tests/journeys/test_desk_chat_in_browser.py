"""What an agent writes in a chat when something comes between: refusals, and connections that answer nothing."""

import re

import pytest
from django.conf import settings as project
from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from frontdesk.support.tickets.models import Attachment, Message
from tests.journeys.houses import House, asks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOG = FilePayload(name="log.txt", mimeType="text/plain", buffer=b"all well")


def talking(house: House) -> tuple[Page, Page]:
    """Kim and Ada in a chat that Kim has taken."""
    kim = house.opened(house.agent("kim@halcyon.example", "Kim"), "/desk/inbox/")
    ada = house.opened(house.customer(), "/chat/")
    asks(ada, "It does not start.")
    kim.get_by_role("button", name="Take the next one").click()
    expect(kim.get_by_label("Your answer or note")).to_be_focused()
    return kim, ada


def refused_note(kim: Page, words: str) -> Locator:
    """A note whose file is gone from the server by the time that it is sent."""
    kim.locator("[data-attach]").set_input_files([LOG])
    expect(kim.locator("[data-files]").get_by_text("log.txt", exact=True)).to_be_visible()
    Attachment.objects.all().delete()
    kim.locator(".composer-kind").get_by_text("Note for the team").click()
    kim.get_by_label("Your answer or note").fill(words)
    kim.get_by_label("Your answer or note").press("Enter")
    refused = kim.locator("#chat-waiting article")
    expect(refused.get_by_role("button", name="Back into the text")).to_be_visible()
    return refused


def test_a_refused_note_comes_back_as_a_note(house: House) -> None:
    kim, ada = talking(house)
    refused = refused_note(kim, "She has not paid.")
    write, answer = kim.get_by_label("Your answer or note"), kim.get_by_role("radio", name="Answer")
    kim.locator(".composer-kind").get_by_text("Answer").click()
    write.fill("Which version?")
    refused.get_by_role("button", name="Back into the text").click()
    expect(refused.get_by_text("you are writing an answer")).to_be_visible()
    expect(write).to_have_value("Which version?")
    write.press("Enter")
    expect(ada.get_by_text("Which version?")).to_be_visible()
    expect(answer).to_be_checked()
    refused.get_by_role("button", name="Back into the text").click()
    expect(write).to_have_value("She has not paid.")
    expect(kim.get_by_role("radio", name="Note for the team")).to_be_checked()
    kim.get_by_role("button", name="Remove log.txt").click()
    write.press("Enter")
    expect(kim.locator("#messages .bubble.note").get_by_text("She has not paid.")).to_be_visible()
    assert Message.objects.get(text="She has not paid.").kind == Message.Kind.NOTE
    assert ada.get_by_text("She has not paid.").count() == 0


def test_a_refused_note_comes_back_after_a_reload(house: House) -> None:
    """With its file, and into an empty field that is set to answers."""
    kim, _ = talking(house)
    refused_note(kim, "She has not paid.")
    kim.reload()
    kim.wait_for_selector("html[data-ready]")
    kim.get_by_label("Your answer or note").fill("")
    for remove in kim.get_by_role("button", name=re.compile("Remove")).all():
        remove.click()
    kim.locator(".composer-kind").get_by_text("Answer").click()
    kim.locator("#chat-waiting").get_by_role("button", name="Back into the text").click()
    expect(kim.get_by_role("radio", name="Note for the team")).to_be_checked()
    expect(kim.locator("[data-files]").get_by_text("log.txt", exact=True)).to_be_visible()


def test_an_open_page_goes_on_after_signing_in_anew(house: House) -> None:
    kim, ada = talking(house)
    kim.context.clear_cookies(name="csrf")
    house.opened(kim.context, "/desk/customers/").close()  # brings another token
    kim.get_by_label("Your answer or note").fill("Which version?")
    kim.get_by_label("Your answer or note").press("Enter")
    expect(ada.get_by_text("Which version?")).to_be_visible()


def test_who_is_signed_out_keeps_their_words_and_is_told(house: House) -> None:
    kim, ada = talking(house)
    kim.route("**/draft/", lambda route: route.abort())
    write = kim.get_by_label("Your answer or note")
    write.fill("Which version?")
    expect(kim.get_by_text("Not kept yet")).to_be_visible()
    cookies = kim.context.cookies()
    kim.context.clear_cookies(name=project.SESSION_COOKIE_NAME)
    ada.get_by_label("Your message").fill("It says no.")
    ada.get_by_label("Your message").press("Enter")
    expect(kim.get_by_text("You are not signed in any more.").first).to_be_visible()
    expect(write).to_have_value("Which version?")
    kim.context.add_cookies(cookies)  # type: ignore[arg-type] # as it gave them
    write.press("Enter")
    expect(ada.get_by_text("Which version?")).to_be_visible()


def test_nothing_goes_out_in_the_name_of_who_signs_in_next(house: House) -> None:
    kim, ada = talking(house)
    lou = house.agent("lou@halcyon.example", "Lou")
    kim.context.clear_cookies()
    kim.context.add_cookies(lou.cookies())  # type: ignore[arg-type] # as it gave them
    house.opened(kim.context, "/desk/customers/").close()
    kim.get_by_label("Your answer or note").fill("Which version?")
    kim.get_by_label("Your answer or note").press("Enter")
    expect(kim.get_by_text("Somebody else is signed in").first).to_be_visible()
    assert not Message.objects.filter(text="Which version?").exists()
    assert ada.get_by_text("Which version?").count() == 0


def test_news_that_never_come_do_not_hold_up_the_next(house: House) -> None:
    """A connection that is open and answers nothing: pages give up after 20 seconds, here after one."""
    kim, ada = talking(house)
    kim.evaluate("() => { const t = AbortSignal.timeout.bind(AbortSignal); AbortSignal.timeout = (ms) => t(ms / 20); }")
    hung: list[Route] = []
    kim.route("**/news/", lambda route: hung.append(route) if not hung else route.continue_())
    ada.get_by_label("Your message").fill("It says no.")
    ada.get_by_label("Your message").press("Enter")
    expect(kim.locator("#messages").get_by_text("It says no.")).to_be_visible(timeout=40_000)
    assert len(hung) == 1
