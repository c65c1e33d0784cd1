"""A manager writes an article with a picture and publishes it; a customer finds, reads and judges it. axe agrees."""

from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, expect
from pytest_django.live_server_helper import LiveServer

from frontdesk.accounts.roles import Role
from frontdesk.support.helpcentre import articles, feedback
from frontdesk.support.helpcentre.models import Article, ArticleFeedback, Revision
from tests.helpcentre.pictures import png
from tests.journeys.test_pages_in_browser import complaints_about, walk
from tests.people import staff_browser
from tests.support.articles import SYSTEM, category, published, writing

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RICH = """Intro with a [link](https://example.org/) and `code`.

## Before you begin

> [!NOTE]
> Good to know.

> [!WARNING]
> Take care.

## Then

1. One
2. Two

```
a long command line that does not fit on a phone and therefore scrolls by itself, all the way to its very end
```

| Plan | Price |
|---|--:|
| Plus | 12 |

## In the end

> Said.
"""


def at_the_desk(chromium: Browser, address: str) -> BrowserContext:
    """A manager's browser."""
    session = staff_browser(Role.MANAGER, "mona@halcyon.example").cookies[settings.SESSION_COOKIE_NAME].value
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce", base_url=address)
    context.set_default_timeout(15_000)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
    return context


def test_from_the_first_word_to_a_readers_vote(chromium: Browser, live_server: LiveServer, tmp_path: Path) -> None:
    category()
    context = at_the_desk(chromium, live_server.url)
    page = context.new_page()
    page.goto("/desk/articles/")
    page.get_by_role("link", name="Write an article").first.click()
    page.get_by_label("Category").select_option(label="Your account")
    page.get_by_label("Title", exact=True).fill("The fan is loud")
    page.get_by_label("Text", exact=True).fill("Clean it.\n\n## How\n\nWith a **brush**.")
    expect(page.locator("#preview h2")).to_have_text("How")  # it follows the writing by itself
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_text("Your draft is saved")).to_be_visible()

    (tmp_path / "fan.png").write_bytes(png(300, 200))
    page.get_by_label("Picture", exact=True).set_input_files(tmp_path / "fan.png")
    page.get_by_role("button", name="Add the picture").click()
    markdown = page.locator("#pictures [data-copy]").first.get_attribute("data-copy")
    assert markdown
    text = page.get_by_label("Text", exact=True)
    text.fill(f"{text.input_value()}\n\n{markdown}")
    expect(page.locator("#preview img")).to_be_visible()
    assert page.locator("#preview img").evaluate("image => image.naturalWidth") == 300
    page.get_by_role("button", name="Save and publish").click()
    expect(page.get_by_text("It is published.")).to_be_visible()
    assert complaints_about(page) == []
    context.close()

    reader = chromium.new_context(viewport={"width": 390, "height": 900}, reduced_motion="reduce", locale="en-GB")
    page = reader.new_page()
    page.goto(f"{live_server.url}/help/")
    page.get_by_role("link", name="The fan is loud").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The fan is loud")
    assert page.locator("article img").evaluate("image => image.naturalWidth") == 300
    page.get_by_role("button", name="No", exact=True).click()
    page.get_by_label("What is missing?").fill("How do I open it?")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("did not help you")).to_be_visible()
    page.get_by_role("button", name="It helped after all").click()
    expect(page.get_by_text("You said that this article helped you.")).to_be_visible()
    given = ArticleFeedback.objects.get()
    assert (given.is_helpful, given.words) == (True, "How do I open it?")
    reader.close()


def test_two_editors_meet(chromium: Browser, live_server: LiveServer) -> None:
    shown = published(said=writing("Lost password", "Press Start."))
    context = at_the_desk(chromium, live_server.url)
    page = context.new_page()
    page.goto(f"/desk/articles/{shown.article_id}/en/")
    articles.write(actor=SYSTEM, article=shown.article, language="en", writing=writing("Lost password", "Press Stop."))
    page.get_by_label("Text", exact=True).fill("Press Go.")
    page.get_by_role("button", name="Save the draft").click()
    expect(page.locator(".diff del")).to_have_text("Stop")
    expect(page.get_by_label("Text", exact=True)).to_have_value("Press Go.")
    assert complaints_about(page) == []
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_text("Your draft is saved")).to_be_visible()
    assert Revision.objects.order_by("-number").values_list("number", "body")[0] == (3, "Press Go.")
    context.close()


def test_the_pages_of_the_help_centre(chromium: Browser, live_server: LiveServer) -> None:
    shelf = category()
    shown = published("rich", said=writing("Rich", RICH, summary="All of it"), category=shelf)
    published("rich", "de", writing("Reich", RICH))
    published("guide", said=writing("A guide"), category=shelf, kind=Article.Kind.GUIDE)
    articles.stand_behind(actor=SYSTEM, article=shown.article, codes=["code_unknown"])
    feedback.give(translation=shown, reader=b"1" * 32, is_helpful=False, words="Hm")
    public = ["/help/", "/help/account/", "/help/articles/rich/", "/help/articles/guide/", "/help/r/code_unknown"]
    assert walk(chromium, live_server.url, public) == []
    articles.write(actor=SYSTEM, article=shown.article, language="en", writing=writing("Rich", RICH + "More."))
    own = f"/desk/articles/{shown.article_id}/"
    desk = ["/desk/articles/", own, f"{own}fr/", f"{own}en/revisions/", "/desk/articles/categories/",
            "/desk/articles/categories/account/", "/desk/articles/search/?q=rich"]  # fmt: skip
    session = staff_browser(Role.MANAGER).cookies[settings.SESSION_COOKIE_NAME].value
    assert walk(chromium, live_server.url, desk, session) == []
