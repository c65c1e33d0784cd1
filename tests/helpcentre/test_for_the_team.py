"""Articles for the team: read and found by the staff alone, by whichever door; to everybody else they are not there."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from frontdesk.accounts.roles import Role
from frontdesk.core import reasons
from frontdesk.support.helpcentre import arranging, articles, importing, selectors
from frontdesk.support.helpcentre.arranging import Place
from frontdesk.support.helpcentre.models import Article, ArticleViews, Category, SearchEntry, Translation
from frontdesk.support.helpcentre.search import finding, indexing
from tests.people import customer, signed_in, staff_browser
from tests.support.articles import SYSTEM, category, draft, published, writing
from tests.support.races import at_once

TITLE = "Zebra handbook"
FILE = "---\ntitle: Zebra handbook\nslug: zebra\ncategory: Team\naudience: team\nkeywords: [quagga]\n---\nStripes.\n"


def html(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def internal(db: None) -> Translation:
    """An article for the team, of which others speak as related, behind a reason, and read often."""
    shown = published("zebra", said=writing(TITLE, keywords=["quagga"]), category=category("team", en="Team"))
    arranging.arrange(
        actor=SYSTEM,
        article=shown.article,
        place=Place(category=shown.article.category, is_internal=True, related=[published("horse").article]),
    )
    articles.stand_behind(actor=SYSTEM, article=shown.article, codes=["permission_missing"])
    ArticleViews.objects.create(translation=shown, day="2100-01-01", count=100)
    return shown


PUBLIC = ("/help/", "/help/articles/", "/help/articles/horse/", "/help/search/?q=zebra", "/help/search/?q=quagga",
          "/contact/suggestions/?subject=zebra", "/contact/?article=zebra", "/sitemap.xml",
          "/help/r/permission_missing", "/contact/?reason=permission_missing")  # fmt: skip


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_nobody_else_reads_or_finds_it(internal: Translation, is_signed_in: bool) -> None:
    browser = signed_in(customer()) if is_signed_in else Client()
    for address in PUBLIC:
        page = html(browser.get(address))
        assert TITLE not in page, address
        assert "articles/zebra" not in page, address
    missing, stranger = browser.get("/help/articles/zebra/"), browser.get("/help/articles/nothing/")
    assert (missing.status_code, stranger.status_code) == (404, 404)
    assert browser.get("/help/team/").status_code == 404, "a shelf with nothing else is none"
    voted = browser.post("/help/articles/zebra/helpful/", {"language": "en", "is_helpful": "yes"})
    assert voted.status_code == 404
    assert browser.get("/desk/articles/search/?q=zebra").status_code in {302, 403}


def test_the_staff_reads_it(internal: Translation) -> None:
    browser = staff_browser(Role.AGENT)
    answer = browser.get("/help/articles/zebra/")
    assert TITLE in html(answer)
    assert "For the team only" in html(answer)
    assert answer["X-Robots-Tag"] == "noindex"
    assert "ld+json" not in html(answer)
    assert TITLE in html(browser.get("/help/team/"))
    assert TITLE in html(browser.get("/help/articles/horse/"))
    assert TITLE in html(browser.get("/help/r/permission_missing"))
    assert TITLE not in html(browser.get("/help/search/?q=zebra")), "the public search stays everybody's"


def test_the_desk_finds_everything(internal: Translation) -> None:
    published("lost", said=writing("Zebra lost"))
    browser = staff_browser(Role.AGENT)
    page = html(browser.get("/desk/articles/search/?q=zebra"))
    assert TITLE in page
    assert "Zebra lost" in page
    assert page.count("For the team only") == 1
    assert "We found nothing" in html(browser.get("/desk/articles/search/?q=xylophone"))
    for query in ("", "\0", "a" * 5_000, "🙂", "'; drop"):
        assert browser.get("/desk/articles/search/", {"q": query}).status_code == 200
    assert 'href="/desk/articles/search/"' in html(browser.get("/desk/customers/"))


def test_it_becomes_everybodys_and_the_teams_again(internal: Translation) -> None:
    for is_internal in (False, True):
        arranging.arrange(actor=SYSTEM, article=internal.article, place=Place(is_internal=is_internal))
        found = [hit.slug for hit in finding.find("quagga", language="en")]
        assert found == ([] if is_internal else ["zebra"])
        assert (selectors.published("zebra") is None) == is_internal
    indexing.rebuild()
    assert finding.find("quagga", language="en") == []
    assert finding.find("quagga", language="en", with_private=True)


def test_what_is_published_later_is_the_teams_too(internal: Translation) -> None:
    newer = articles.write(actor=SYSTEM, article=internal.article, language="en", writing=writing("Zebra anew"))
    articles.publish(actor=SYSTEM, revision=newer)
    german = articles.write(actor=SYSTEM, article=internal.article, language="de", writing=writing("Zebrabuch"))
    articles.publish(actor=SYSTEM, revision=german)
    assert not SearchEntry.objects.filter(subject=internal.article_id, is_public=True).exists()
    assert "Zebrabuch" not in html(Client().get("/help/articles/"))


def test_a_file_says_for_whom_it_is(tmp_path: Path, db: None) -> None:
    def take(text: str) -> importing.Imported:
        (tmp_path / "zebra.md").write_text(text)
        return importing.import_folder(actor=SYSTEM, folder=tmp_path)

    assert take(FILE).new == 1
    assert finding.find("quagga", language="en") == []
    assert selectors.shelves() == []
    done = take(FILE.replace("audience: team", "audience: everybody"))
    assert (done.changed, done.new) == (1, 0)
    assert [hit.slug for hit in finding.find("quagga", language="en")] == ["zebra"]
    assert take(FILE).changed == 1
    assert finding.find("quagga", language="en") == []
    assert take(FILE.replace("audience: team\n", "")).same == 1, "what a file does not name stays"
    assert Article.objects.get().is_internal
    assert "its audience is everybody or team" in take(FILE.replace(": team\n", ": nobody\n", 1)).wrong["zebra.md"]


def test_a_new_article_for_the_team_was_never_anybody_elses(db: None) -> None:
    browser, shelf = staff_browser(Role.MANAGER), category("team", en="Team")
    typed = {"title": TITLE, "body": "Stripes.", "language": "en", "kind": "article", "category": str(shelf.pk),
             "slug": "zebra", "after": 0, "is_internal": "on", "do": "publish"}  # fmt: skip
    assert browser.post("/desk/articles/new/", typed).status_code == 302
    article = Article.objects.get()
    assert article.is_internal
    assert finding.find("zebra", language="en") == []
    assert "For the team only" in html(browser.get("/desk/articles/"))
    place = {"kind": "article", "category": str(shelf.pk), "position": 0, "related": ""}
    browser.post(f"/desk/articles/{article.pk}/place/", place)
    assert [hit.slug for hit in finding.find("zebra", language="en")] == ["zebra"]
    browser.post(f"/desk/articles/{article.pk}/place/", {**place, "is_internal": "on"})
    assert finding.find("zebra", language="en") == []


def test_a_reason_without_an_article_for_customers_still_explains_itself(internal: Translation) -> None:
    page = html(Client().get("/help/r/permission_missing"))
    known = reasons.find("permission_missing")
    assert known
    assert str(known.title) in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(6))
def test_what_is_turned_while_it_is_published_is_not_public(attempt: int) -> None:
    revision = draft("zebra", said=writing(TITLE))
    article = revision.translation.article
    outcomes = at_once(
        lambda: articles.publish(actor=SYSTEM, revision=revision),
        lambda: arranging.arrange(actor=SYSTEM, article=article, place=Place(is_internal=True)),
    )
    assert outcomes == [None, None]
    assert list(SearchEntry.objects.values_list("is_public", flat=True)) == [False]
    assert Category.objects.count() == 0
