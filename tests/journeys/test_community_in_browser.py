"""Somebody asks with a picture, another answers on a phone without a mouse, the first accepts; axe finds nothing."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, expect
from pytest_django.live_server_helper import LiveServer

from frontdesk.accounts.models import Person
from frontdesk.support.forum import accepting, writing
from frontdesk.support.forum.models import Post, Topic
from tests.helpcentre.pictures import png
from tests.journeys.test_pages_in_browser import walk
from tests.people import customer, signed_in
from tests.support import forum

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def session_of(person: Person) -> str:
    return signed_in(person).cookies[settings.SESSION_COOKIE_NAME].value


def browser_of(chromium: Browser, address: str, person: Person, width: int = 1280) -> BrowserContext:
    context = chromium.new_context(viewport={"width": width, "height": 800}, reduced_motion="reduce", base_url=address)
    context.set_default_timeout(20_000)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(person), "url": address}])
    return context


def test_a_question_is_asked_answered_and_solved(chromium: Browser, live_server: LiveServer, tmp_path: Path) -> None:
    forum.category()
    old = forum.topic(forum.member("old@example.org", "Olga"), title="Printer is offline after the update")
    ada = customer()
    forum.member()
    page = browser_of(chromium, live_server.url, ada).new_page()
    page.goto("/community/")
    page.get_by_role("link", name="Begin a topic").click()
    page.get_by_label("In one line").fill("Printer offline since yesterday's update")
    expect(page.locator("#similar").get_by_role("link", name=old.title)).to_be_visible()
    text = page.get_by_label("Say more")
    text.fill("It **blinks**.")
    expect(page.locator("#preview strong")).to_have_text("blinks")
    (tmp_path / "blink.png").write_bytes(png(120, 80))
    page.locator("[data-picture]").set_input_files(tmp_path / "blink.png")
    expect(page.get_by_text("The picture stands in your text.")).to_be_visible()
    page.get_by_role("button", name="Post it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Printer offline since yesterday's update")
    expect(page.locator(".post img").first).to_have_js_property("naturalWidth", 120)  # once it has arrived
    topic = Topic.objects.latest("number")

    phone = browser_of(chromium, live_server.url, customer("bea@example.org", "Bea"), width=320).new_page()
    phone.goto(topic.get_absolute_url())
    phone.wait_for_selector("html[data-ready]")
    quote = phone.get_by_role("link", name="Quote")
    quote.focus()
    phone.keyboard.press("Enter")
    answer = phone.locator("#id_text")
    expect(answer).to_be_focused()
    expect(answer).to_have_value(re.compile(re.escape("> It **blinks**.")))
    phone.keyboard.type("Turn it off and on.")
    assert not phone.evaluate("document.documentElement.scrollWidth > innerWidth")
    phone.get_by_label("Show what I write").focus()
    phone.keyboard.press("Space")
    phone.get_by_role("button", name="Post the answer").focus()
    phone.keyboard.press("Enter")
    expect(phone.locator("#post-2 blockquote").first).to_contain_text("blinks")
    posted = Post.objects.get(topic=topic, number=2)
    assert (posted.author.handle, posted.answers) == ("bea", topic.posts.get(number=1))

    page.goto(topic.get_absolute_url())
    page.get_by_role("button", name="This solved it").click()
    expect(page.locator(".answer")).to_contain_text("Turn it off and on.")


def test_a_draft_outlives_a_reload(chromium: Browser, live_server: LiveServer) -> None:
    topic = forum.topic(forum.member("old@example.org", "Olga"))
    page = browser_of(chromium, live_server.url, customer()).new_page()
    page.goto(topic.get_absolute_url())
    page.wait_for_selector("html[data-ready]")
    page.locator("#id_text").fill("Half a thought")
    page.reload()
    expect(page.locator("#id_text")).to_have_value("Half a thought")


def test_axe_finds_nothing(chromium: Browser, live_server: LiveServer) -> None:
    ada = customer()
    topic = forum.topic(
        forum.member(), text="## Head\n\n`code` and [link](https://xn--bcher-kva.example)\n\n```\nlong\n```"
    )
    first = topic.posts.get()
    writing.edit(member=topic.author, post=first, text=f"{first.text}\n\n| a | b |\n|---|--:|\n| one | 12 |")
    accepting.accept(member=topic.author, post=forum.reply(topic, forum.team()))
    forum.reply(topic)
    of_post = [f"/community/p/{first.pk}/{what}/" for what in ("edit", "history", "delete")]
    lists = ["/community/", "/community/search/?q=restart", "/community/c/questions/", "/community/u/ada/"]
    forms = ["/community/new/", "/community/me/"]
    assert walk(chromium, live_server.url, [topic.get_absolute_url(), *lists, *forms, *of_post], session_of(ada)) == []
