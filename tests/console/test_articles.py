"""Writing articles at the desk: list, drafts, preview, conflict, revisions, place, pictures, categories."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from frontdesk.console.help_forms import ICONS
from frontdesk.core.errors import RequestInvalid
from frontdesk.core.models import AuditEntry
from frontdesk.support.helpcentre import articles, categories, feedback
from frontdesk.support.helpcentre.models import Article, ArticleImage, Category, Revision
from tests.helpcentre.pictures import png
from tests.people import customer, signed_in
from tests.support import desk
from tests.support.articles import BODY, SYSTEM, category, draft, published, writing

pytestmark = pytest.mark.django_db
LIST = "/desk/articles/"


def html(answer: Any) -> str:
    return str(answer.content.decode())


def typed(title: str = "Lost password", body: str = BODY, after: int = 0, **more: str) -> dict[str, Any]:
    return {
        "title": title,
        "body": body,
        "summary": "",
        "keywords": "",
        "note": "",
        "after": after,
        "do": "save",
        **more,
    }


def address(article: Article, rest: str = "en/") -> str:
    return f"{LIST}{article.pk}/{rest}"


def pages(article: Article) -> Iterator[str]:
    yield from (LIST, f"{LIST}new/", f"{LIST}categories/", f"{LIST}categories/new/")
    yield from (address(article, rest) for rest in ("", "en/", "de/", "en/revisions/"))


def test_only_managers_come_in(agent: Client, billing: Client, manager: Client) -> None:
    article = draft().translation.article
    stranger = signed_in(customer("eve@example.org", "Eve"))
    for page in pages(article):
        assert manager.get(page).status_code == 200, page
        assert {browser.get(page).status_code for browser in (agent, billing, stranger)} == {403}, page
        assert Client().get(page).status_code == 302, page
    for rest in ("place/", "pictures/", "en/publish/", "en/unpublish/", "en/restore/"):
        assert agent.post(address(article, rest), {"number": 1}).status_code == 403, rest
        assert manager.get(address(article, rest)).status_code == 405, rest
    assert agent.post(f"{LIST}preview/", {"body": "x"}).status_code == 200, "agents draft"
    assert stranger.post(f"{LIST}preview/", {"body": "x"}).status_code == 403
    assert not Revision.objects.get().translation.published_id


def test_an_article_is_begun_gone_on_with_and_published(manager: Client) -> None:
    shelf = category()
    new = {**typed("How do I sign in?", keywords="log in, sign in\nenter"), "language": "en", "kind": "guide",
           "category": str(shelf.pk), "slug": ""}  # fmt: skip
    begun = manager.post(f"{LIST}new/", new)
    article = Article.objects.get()
    assert (begun.status_code, begun["Location"]) == (302, address(article))
    assert (article.slug, article.kind, article.category) == ("how-do-i-sign-in", "guide", shelf)
    assert Revision.objects.get().keywords == ["log in", "sign in", "enter"]
    assert Client().get("/help/articles/how-do-i-sign-in/").status_code == 404
    manager.post(address(article), typed("Signing in", after=1, note="Shorter", do="publish"))
    assert "Signing in</h1>" in html(Client().get("/help/articles/how-do-i-sign-in/"))
    written = AuditEntry.objects.filter(action="article.written").latest("id")
    assert (written.reason, written.data["revision"]) == ("Shorter", 2)


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(manager: Client) -> None:
    article = draft().translation.article
    answer = manager.post(address(article), typed("", "My long text", after=1))
    assert answer.status_code == 422
    assert "My long text" in html(answer)
    assert Revision.objects.count() == 1
    assert manager.post(f"{LIST}new/", typed("x" * 201)).status_code == 422


def test_the_second_of_two_editors_sees_both_and_saves_on_top(manager: Client) -> None:
    article = draft().translation.article
    assert manager.post(address(article), typed(body="Press Stop", after=1)).status_code == 302
    told = manager.post(address(article), typed(body="Press **Go**", after=1, do="publish"))
    page = html(told)
    assert told.status_code == 409
    assert "Somebody has changed this article" in page
    assert "Press **Go**</textarea>" in page
    assert "<del>Stop</del>" in page
    assert told.context["form"]["after"].value() == 2
    assert Revision.objects.count() == 2
    assert manager.post(address(article), typed(body="Press **Go**", after=2)).status_code == 302
    assert Revision.objects.order_by("-number")[0].body == "Press **Go**"


def test_the_preview_is_what_readers_will_see_and_saves_nothing(manager: Client) -> None:
    article = draft().translation.article
    body = "# Hello\n\n<script>alert(1)</script> ![x](https://elsewhere.example/x.png)"
    by_script = html(manager.post(f"{LIST}preview/", {"body": body}))
    without = html(manager.post(address(article), typed(body=body, after=1, do="preview")))
    for page in (by_script, without):
        assert '<h2 id="h-hello">Hello</h2>' in page
        assert "<script>alert" not in page
        assert 'src="https://elsewhere' not in page
    assert "# Hello" in without
    new = html(manager.post(f"{LIST}new/", {**typed(body="## One\n\nx\n\n## Two\n\ny", do="preview"), "kind": "guide"}))
    assert new.count('class="guide-step"') == 2
    assert Revision.objects.count() == 1


def test_languages_stand_beside_each_other(manager: Client) -> None:
    article = draft().translation.article
    page = html(manager.get(address(article, "de/")))
    assert "Press **Start**" in page, "the English text, beside the first German draft"
    manager.post(address(article, "de/"), typed("Passwort vergessen", "Drücken"))
    assert "Press **Start**" not in html(manager.get(address(article, "de/")))
    assert "Press **Start**" in html(manager.get(address(article, "de/?beside=en")))
    assert "Drücken" in html(manager.get(address(article, "en/?beside=de")))
    assert manager.get(address(article, "nonsense-language/")).status_code == 404


def test_revisions_are_compared_restored_and_published(manager: Client) -> None:
    shown = published()
    article = shown.article
    for text in ("Press **Stop**.", "Press **Go**."):
        articles.write(actor=SYSTEM, article=article, language="en", writing=writing(body=text))
    page = html(manager.get(address(article, "en/revisions/")))
    assert "<del>Stop</del>" in page
    assert "<ins>Go</ins>" in page
    assert "From revision 1 to 3" in html(manager.get(address(article, "en/revisions/?from=1&to=3")))
    assert "From revision 2 to 3" in html(manager.get(address(article, "en/revisions/?from=99&to=x")))
    assert "Both say the same" in html(manager.get(address(article, "en/revisions/?from=2&to=2")))
    manager.post(address(article, "en/restore/"), {"number": 2})
    newest = Revision.objects.order_by("-number")[0]
    assert (newest.number, newest.body) == (4, "Press **Stop**.")
    manager.post(address(article, "en/publish/"), {"number": 3})
    assert "Press <strong>Go</strong>" in html(Client().get("/help/articles/lost-password/"))
    manager.post(address(article, "en/unpublish/"))
    assert Client().get("/help/articles/lost-password/").status_code == 404
    assert manager.post(address(article, "en/publish/"), {"number": 77}).status_code == 404
    assert manager.post(address(article, "de/publish/")).status_code == 404


def test_the_list_is_filtered(manager: Client, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    shelf = category()
    published("both", said=writing("Both"), category=shelf)
    published("both", "de", writing("Beide"))
    published("english", said=writing("English"))
    draft("waiting", said=writing("Waiting"))
    newer = published("newer", said=writing("Newer"))
    articles.write(actor=SYSTEM, article=newer.article, language="en", writing=writing("Newest"))
    feedback.give(translation=newer, reader=b"1" * 32, is_helpful=False)

    def slugs(query: str) -> list[str]:
        return [row.article.slug for row in manager.get(f"{LIST}?{query}").context["rows"]]

    assert sorted(slugs("")) == ["both", "english", "newer", "waiting"]
    assert sorted(slugs("state=draft")) == ["newer", "waiting"]
    assert sorted(slugs("state=published")) == ["both", "english", "newer"]
    assert sorted(slugs("missing=de")) == ["english", "newer", "waiting"]
    assert slugs("category=account") == ["both"]
    assert slugs("q=beid") == ["both"]
    assert slugs("q=%25") == []
    assert slugs("order=votes")[0] == "newer"
    assert len(slugs("state=%00&missing=x'&category=%00&q=%00&page=-3&order=;")) == 4
    with django_assert_max_num_queries(15):
        manager.get(LIST)


def test_an_article_is_put_in_its_place(manager: Client) -> None:
    article, other = draft().translation.article, draft("other").translation.article
    shelf, shield = category(), desk.shield()
    place = {"kind": "guide", "category": str(shelf.pk), "product": str(shield.pk), "position": "7",
             "related": f"http://localhost:8000/help/articles/other/?language=de\n{article.slug}",
             "reasons": ["code_unknown", "code_malformed"]}  # fmt: skip
    assert manager.post(address(article, "place/"), place).status_code == 302
    article.refresh_from_db()
    assert (article.kind, article.category, article.product, article.position) == ("guide", shelf, shield, 7)
    assert list(article.related.all()) == [other]
    assert sorted(article.reasons.values_list("code", flat=True)) == ["code_malformed", "code_unknown"]
    rows = AuditEntry.objects.count()
    manager.post(address(article, "place/"), place)
    assert AuditEntry.objects.count() == rows, "a second press changes nothing"
    wrong = manager.post(address(article, "place/"), {**place, "related": "nowhere"})
    assert wrong.status_code == 422
    assert "There is no article nowhere." in html(wrong)


def test_pictures_are_added_and_shown_with_their_markdown(manager: Client) -> None:
    article = draft().translation.article
    upload = {"picture": SimpleUploadedFile("a.png", png(40, 30))}
    page = html(manager.post(address(article, "pictures/"), upload, headers={"HX-Request": "true"}))
    image = ArticleImage.objects.get()
    assert f'data-copy="![]({image.address})"' in page
    assert "<html" not in page
    refused = {"picture": SimpleUploadedFile("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")}
    answer = manager.post(address(article, "pictures/"), refused)
    assert answer.status_code == 422
    assert "not a picture that browsers show" in html(answer)
    assert image.address in html(manager.get(address(article)))


def test_readers_words_are_read_at_the_article(manager: Client) -> None:
    shown = published()
    feedback.give(translation=shown, reader=b"1" * 32, is_helpful=False, words="Where is <b>Start</b>?")
    page = html(manager.get(address(shown.article, "")))
    assert "Where is &lt;b&gt;Start&lt;/b&gt;?" in page
    assert "did not help 1" in page


def test_categories_are_made_and_changed(manager: Client) -> None:
    new = {
        "title_en": "Search",
        "title_de": "",
        "description_en": "",
        "description_de": "",
        "icon": "lock",
        "position": 2,
    }
    assert manager.post(f"{LIST}categories/new/", new).status_code == 302
    made = Category.objects.get()
    assert (made.slug, made.titles, made.icon, made.position) == ("search-articles", {"en": "Search"}, "lock", 2)
    Category.objects.filter(pk=made.pk).update(titles={"en": "Search", "fr": "Chercher"})
    manager.post(f"{LIST}categories/search-articles/", {**new, "title_de": "Suche"})
    made.refresh_from_db()
    assert made.titles == {"en": "Search", "de": "Suche", "fr": "Chercher"}
    assert manager.post(f"{LIST}categories/new/", {**new, "title_en": ""}).status_code == 422
    assert manager.post(f"{LIST}categories/new/", {**new, "icon": "no-such-icon"}).status_code == 422
    manager.post(f"{LIST}categories/new/", {**new, "title_en": "Поиск"})
    manager.post(f"{LIST}categories/new/", {**new, "title_en": "Search"})
    assert sorted(Category.objects.values_list("slug", flat=True)) == [
        "category",
        "search-articles",
        "search-articles-2",
    ]
    assert manager.get(f"{LIST}categories/nowhere/").status_code == 404


def test_every_icon_that_is_offered_can_be_drawn() -> None:
    for name in ICONS:
        categories.save(actor=SYSTEM, slug="shelf", shelving=categories.Shelving({"en": "Shelf"}, icon=name))
    with pytest.raises(RequestInvalid):
        categories.save(actor=SYSTEM, slug="shelf", shelving=categories.Shelving({"en": "Shelf"}, icon="no-such-icon"))
