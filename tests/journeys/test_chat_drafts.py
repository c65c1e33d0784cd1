"""What a customer has begun to write in a chat, files included: there after a reload, offered once the chat has ended,
gone with whoever signs out."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from frontdesk.support.chat import ending
from frontdesk.support.chat.models import Chat
from tests.journeys.test_chat_behind_others import LOG, chat
from tests.journeys.test_chat_in_browser import ada, kim, page, server, texts
from tests.support import desk

__all__ = ["ada", "chat", "kim", "page", "server"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KEPT = "Object.keys(localStorage).filter((name) => name.startsWith('chat-draft:'))"


def begins(page: Page) -> None:
    """Some words and a file, not sent."""
    page.locator("[data-attach-chat]").set_input_files([LOG])
    expect(page.get_by_role("button", name="Remove log.txt")).to_be_visible()
    expect(page.locator("[data-chips]")).to_have_text("log.txt×")
    page.get_by_placeholder("Write a message").fill("Here is my log")


def test_words_and_files_are_there_after_a_reload(page: Page, chat: Chat) -> None:
    begins(page)
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(page.get_by_placeholder("Write a message")).to_have_value("Here is my log")
    expect(page.locator("[data-chips]")).to_have_text("log.txt×")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("[data-pending]")).to_have_count(0)
    expect(page.locator("[data-lines]").get_by_text("log.txt")).to_be_visible()
    assert texts(chat) == ["First", "Here is my log"]
    assert page.evaluate(KEPT) == []


def test_words_and_files_are_offered_once_in_two_tabs_when_the_chat_ends(
    context: BrowserContext, page: Page, chat: Chat
) -> None:
    begins(page)
    other = context.new_page()
    other.goto(page.url)
    other.wait_for_selector("html[data-ready]")
    ending.end(actor=desk.SYSTEM, chat=chat, by=Chat.By.AGENT)
    for tab in (page, other):
        expect(tab.locator("[data-pending].is-refused")).to_have_count(1)
        expect(tab.locator("[data-pending]")).to_contain_text("log.txt")
    assert page.evaluate(KEPT) == []
    page.locator("[data-pending]").get_by_role("button", name="Send").click()
    expect(page.locator("[data-pending]")).to_have_count(0)
    assert texts(chat) == ["First", "Here is my log"]


def test_who_signs_out_leaves_no_draft_behind(page: Page, chat: Chat) -> None:
    begins(page)
    assert page.evaluate(KEPT) != []
    page.locator("form[data-sign-out]").first.evaluate("(form) => form.requestSubmit()")
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    assert page.evaluate(KEPT) == []


def test_what_nobody_came_back_for_goes(page: Page, chat: Chat) -> None:
    stale = '{"text": "Read this", "files": [{"id": "1", "name": "old.txt", "at": 1}], "at": 4102444800000}'
    page.evaluate(f"localStorage.setItem('chat-draft:{chat.pk}', '{stale}')")
    page.reload()
    expect(page.get_by_placeholder("Write a message")).to_have_value("Read this")
    expect(page.locator("[data-chips] li")).to_have_count(0)  # the server has forgotten the file by then
    page.get_by_placeholder("Write a message").fill("")
    old = '{"text": "Old", "files": [], "at": 1}'
    page.evaluate(
        f"localStorage.setItem('chat-draft:old', '{old}'); localStorage.setItem('chat-draft:undated', 'Mine')"
    )
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert page.evaluate(KEPT) == ["chat-draft:undated"]
    assert '"at":' in page.evaluate("localStorage.getItem('chat-draft:undated')")
