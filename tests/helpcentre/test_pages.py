"""The public pages, as anonymous people read them."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from frontdesk.accounts.roles import Role
from frontdesk.support.helpcentre import articles
from frontdesk.support.helpcentre.models import Article, ArticleViews
from tests.people import customer, signed_in, staff_browser
from tests.support.articles import SYSTEM, category, draft, published, writing

pytestmark = pytest.mark.django_db
PERSON = {"User-Agent": "Mozilla/5.0 Firefox/140.0"}


def html(answer: Any) -> str:
    return str(answer.content.decode())


def test_an_article_with_its_way_here_contents_and_metadata(client: Client) -> None:
    published(said=writing(summary='Get "in" again </script>', keywords=["password"]), category=category())
    published(language="de", said=writing("Passwort vergessen"))
    page = html(client.get("/help/articles/lost-password/"))
    assert "<h1>Lost password</h1>" in page
    assert 'href="/help/account/">Your account</a>' in page
    assert '<h2 id="h-first">First</h2>' in page
    assert 'href="#h-then"' in page
    assert '<link rel="canonical" href="http://localhost:8000/help/articles/lost-password/?language=en">' in page
    assert (
        '<link rel="alternate" hreflang="de" href="http://localhost:8000/help/articles/lost-password/?language=de">'
        in page
    )
    assert 'hreflang="x-default" href="http://localhost:8000/help/articles/lost-password/"' in page
    assert 'content="Get &quot;in&quot; again &lt;/script&gt;"' in page
    structured = json.loads(re.search(r'application/ld\+json">(.*?)</script>', page)[1])  # type: ignore[index] # it is there
    article, trail = structured["@graph"]
    assert (article["headline"], article["description"]) == ("Lost password", 'Get "in" again </script>')
    assert [each["name"] for each in trail["itemListElement"]] == ["Help", "Your account", "Lost password"]


def test_the_page_speaks_the_language_that_was_asked_for(client: Client) -> None:
    published()
    published(language="de", said=writing("Passwort vergessen"))
    german = client.get("/help/articles/lost-password/?language=de")
    assert german["Content-Language"] == "de"
    assert '<html lang="de"' in html(german)
    assert "Passwort vergessen</h1>" in html(german)
    by_browser = client.get("/help/articles/lost-password/", headers={"Accept-Language": "de"})
    assert "Passwort vergessen</h1>" in html(by_browser)
    assert "Lost password</h1>" in html(client.get("/help/articles/lost-password/?language=<script>"))


def test_an_article_that_is_missing_in_a_language_is_shown_in_another_and_says_so(client: Client) -> None:
    published(language="de", said=writing("Passwort vergessen"))
    page = html(client.get("/help/articles/lost-password/"))
    assert "You read it in another one: Deutsch." in page
    assert '<article class="card reading" lang="de">' in page
    assert "another one" not in html(client.get("/help/articles/lost-password/?language=de"))


def test_a_german_reader_of_an_english_article_is_told(client: Client) -> None:
    published()
    german = html(client.get("/help/articles/lost-password/", headers={"Accept-Language": "de-AT,de;q=0.9"}))
    assert "English" in german[german.index('<article class="card reading" lang="en">') : german.index("</article>")]
    asked = html(client.get("/help/articles/lost-password/?language=fr"))
    assert "You read it in another one: English." in asked
    assert "another one" not in html(client.get("/help/articles/lost-password/?language=en-gb"))


def test_a_guide_leads_from_step_to_step(client: Client) -> None:
    published(kind=Article.Kind.GUIDE)
    page = html(client.get("/help/articles/lost-password/"))
    assert page.count('class="guide-step"') == 3
    assert page.count("Did this help?") == 3
    first = page[page.index('id="h-first"') : page.index('id="h-then"')]
    assert 'href="#h-then"' in page[page.index('class="guide-step" id="h-first"') :]
    assert "Press <strong>Start</strong>" in first
    assert "No, I still need help" in page


def test_drafts_are_nobodys_to_read(client: Client) -> None:
    shelf = category()
    draft(category=shelf)
    with_draft = published("other", category=category("other", en="Other"))
    articles.write(actor=SYSTEM, article=with_draft.article, language="en", writing=writing("Secret plans"))
    articles.write(actor=SYSTEM, article=with_draft.article, language="de", writing=writing("Geheime Pläne"))
    browsers = [client, signed_in(customer()), staff_browser(Role.AGENT)]
    for browser in browsers:
        missing, stranger = browser.get("/help/articles/lost-password/"), browser.get("/help/articles/nothing/")
        assert (missing.status_code, stranger.status_code) == (404, 404)
        assert browser.get("/help/account/").status_code == 404
        for address in ("/help/", "/help/articles/", "/help/other/", "/help/articles/other/",
                        "/help/articles/other/?language=de", "/sitemap.xml"):  # fmt: skip
            page = html(browser.get(address))
            assert "lost-password" not in page, address
            assert "Secret" not in page, address
            assert "Geheime" not in page, address


def test_categories_and_the_overview(client: Client) -> None:
    shelf = category()
    for number in range(6):
        published(f"article-{number}", said=writing(f"Article {number}"), category=shelf)
    category("empty", en="A shelf without books")
    overview = html(client.get("/help/"))
    assert "All 6 articles" in overview
    assert "A shelf without books" not in overview
    assert "Article 3" in overview
    assert "Article 4" not in overview
    page = html(client.get("/help/account/"))
    assert "Article 5" in page
    assert client.get("/help/nothing-like-that/").status_code == 404
    assert "Ihr Konto" in html(client.get("/help/account/", headers={"Accept-Language": "de"}))


def test_what_is_read_most_stands_on_the_overview(client: Client) -> None:
    published(said=writing("Read rarely"), slug="rare")
    published(said=writing("Read often"), slug="often")
    for slug in ("often", "often", "rare"):
        client.get(f"/help/articles/{slug}/", headers=PERSON)
    page = html(client.get("/help/"))
    assert page.index("Read often") < page.index("Read rarely")


def test_views_are_counted_by_day_for_people_only(client: Client) -> None:
    shown = published()
    address = "/help/articles/lost-password/"
    client.get(address, headers=PERSON)
    client.get(address, headers=PERSON)
    client.head(address, headers=PERSON)
    client.get(address)
    client.get(address, headers={"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"})
    client.get(address, headers={**PERSON, "Sec-Purpose": "prefetch"})
    client.get(address, headers={**PERSON, "Referer": f"http://testserver{address}"})
    staff_browser(Role.AGENT).get(address, headers=PERSON)
    assert ArticleViews.objects.get().count == 2
    assert ArticleViews.objects.get().translation == shown


def test_a_reason_shows_the_article_behind_it_once_there_is_one(client: Client) -> None:
    address = "/help/r/code_unknown"
    assert "Press <strong>Start</strong>" not in html(client.get(address))
    revision = draft("unknown-code", said=writing("A code that we do not know"))
    article = revision.translation.article
    articles.stand_behind(actor=SYSTEM, article=article, codes=["code_unknown"])
    assert "A code that we do not know" not in html(client.get(address))
    articles.publish(actor=SYSTEM, revision=revision)
    page = html(client.get(address))
    assert '<a href="/help/articles/unknown-code/">A code that we do not know</a>' in page
    assert "Press <strong>Start</strong>" in page
    assert "code_unknown" in page


@pytest.mark.parametrize(
    "address", ["/help/", "/help/articles/", "/help/account/", "/help/articles/lost-password/", "/help/r/code_unknown"]
)
def test_pages_need_few_queries(
    client: Client, address: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    shelf = category()
    for slug in ("lost-password", "two", "three", "four", "five", "six", "seven"):
        published(slug, category=shelf)
    published(language="de", said=writing("Passwort vergessen"))
    articles.stand_behind(actor=SYSTEM, article=Article.objects.get(slug="two"), codes=["code_unknown"])
    client.post("/help/articles/lost-password/helpful/", {"language": "en", "is_helpful": "yes"})
    with django_assert_max_num_queries(12):
        assert client.get(address, headers=PERSON).status_code == 200
