"""Writing, publishing, taking back, restoring: revisions are added and never changed."""

import pytest

from frontdesk.core.errors import RequestInvalid
from frontdesk.core.models import AuditEntry
from frontdesk.support.helpcentre import articles, selectors
from frontdesk.support.helpcentre.errors import RevisionOutdated
from frontdesk.support.helpcentre.models import Article, ArticleReason, Revision, SearchEntry, Translation
from tests.support.articles import SYSTEM, draft, published, writing
from tests.support.races import at_once

pytestmark = pytest.mark.django_db


def numbers(translation: Translation) -> list[int]:
    return list(translation.revisions.order_by("number").values_list("number", flat=True))


def test_a_draft_is_nobodys_to_read_and_cannot_be_found() -> None:
    revision = draft()
    assert revision.number == 1
    assert selectors.published("lost-password") is None
    assert not SearchEntry.objects.exists()
    assert AuditEntry.objects.filter(action__in=["article.created", "article.written"]).count() == 2


def test_a_slug_that_is_taken_gets_a_number() -> None:
    slugs = [draft("Lost password!").translation.article.slug for _ in range(3)]
    assert slugs == ["lost-password", "lost-password-2", "lost-password-3"]


def test_a_writing_that_changes_nothing_adds_none() -> None:
    revision = draft()
    article = revision.translation.article
    again = articles.write(actor=SYSTEM, article=article, language="en", writing=writing(note="again"), after=0)
    assert again == revision
    assert numbers(revision.translation) == [1]


def test_the_second_of_two_editors_is_told_of_the_newest() -> None:
    revision = draft()
    article = revision.translation.article
    articles.write(actor=SYSTEM, article=article, language="en", writing=writing("Mine"), after=1)
    with pytest.raises(RevisionOutdated) as told:
        articles.write(actor=SYSTEM, article=article, language="en", writing=writing("Yours"), after=1)
    assert told.value.members["newest"] == 2
    assert [each.title for each in revision.translation.revisions.all()] == ["Mine", "Lost password"]


def test_a_second_press_of_the_same_button_is_no_conflict() -> None:
    revision = draft()
    article = revision.translation.article
    first = articles.write(actor=SYSTEM, article=article, language="en", writing=writing("Mine"), after=1)
    second = articles.write(actor=SYSTEM, article=article, language="en", writing=writing("Mine"), after=1)
    assert first == second


def test_publishing_chooses_a_revision_and_the_search_follows() -> None:
    shown = published()
    article = shown.article
    newer = articles.write(actor=SYSTEM, article=article, language="en", writing=writing("New title"))
    assert selectors.published("lost-password").published.title == "Lost password"  # type: ignore[union-attr] # it is there
    articles.publish(actor=SYSTEM, revision=newer)
    assert selectors.published("lost-password").published.title == "New title"  # type: ignore[union-attr] # it is there
    assert SearchEntry.objects.get().title == "New title"
    articles.publish(actor=SYSTEM, revision=newer)
    assert AuditEntry.objects.filter(action="article.published").count() == 2
    articles.unpublish(actor=SYSTEM, translation=shown)
    assert selectors.published("lost-password") is None
    assert not SearchEntry.objects.exists()
    assert numbers(shown) == [1, 2]


def test_restoring_adds_a_revision_that_says_it_again() -> None:
    first = draft(said=writing("Old", keywords=["key"], summary="Short"))
    article = first.translation.article
    articles.write(actor=SYSTEM, article=article, language="en", writing=writing("New"))
    restored = articles.restore(actor=SYSTEM, revision=first)
    assert (restored.number, restored.title, restored.keywords, restored.summary) == (3, "Old", ["key"], "Short")
    first.refresh_from_db()
    assert first.number == 1


def test_an_article_stands_behind_reasons_and_takes_them_from_another() -> None:
    one, other = draft().translation.article, draft("other").translation.article
    articles.stand_behind(actor=SYSTEM, article=one, codes=["code_unknown", "code_malformed"])
    articles.stand_behind(actor=SYSTEM, article=other, codes=["code_unknown"])
    assert dict(ArticleReason.objects.values_list("code", "article__slug")) == {
        "code_malformed": "lost-password", "code_unknown": "other",
    }  # fmt: skip
    articles.stand_behind(actor=SYSTEM, article=one, codes=[])
    assert ArticleReason.objects.count() == 1
    with pytest.raises(ValueError, match="no_such_reason"):
        articles.stand_behind(actor=SYSTEM, article=one, codes=["no_such_reason"])


@pytest.mark.parametrize(
    "said",
    [writing(title=" "), writing(title="x" * 201), writing(body="\n"), writing(body="a\0b"),
     writing(body="x" * 100_001), writing(summary="x" * 301), writing(keywords=["x" * 81])],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused(said: articles.Writing) -> None:
    with pytest.raises(RequestInvalid):
        draft(said=said)
    assert not Article.objects.exists()


def test_languages_fall_back_to_the_installations_and_then_to_any() -> None:
    published(language="de", said=writing("Passwort vergessen"))
    assert selectors.published("lost-password", "en").language == "de"  # type: ignore[union-attr] # it is there
    published(language="en")
    found = {wanted: selectors.published("lost-password", wanted).language for wanted in ("en", "de", "de-at", "fr")}  # type: ignore[union-attr] # it is there
    assert found == {"en": "en", "de": "de", "de-at": "de", "fr": "en"}


@pytest.mark.django_db(transaction=True)
def test_first_drafts_at_once_make_articles_and_translations_of_their_own() -> None:
    made = at_once(*[lambda: draft("same")] * 4)
    assert sorted(Article.objects.values_list("slug", flat=True)) == ["same", "same-2", "same-3", "same-4"], made
    article = Article.objects.get(slug="same")

    def first_in_german(number: int) -> Revision:
        said = writing(f"Nummer {number}")
        return articles.write(actor=SYSTEM, article=article, language="de", writing=said, after=0)

    answers = at_once(*[lambda number=number: first_in_german(number) for number in range(4)])
    assert sum(isinstance(each, RevisionOutdated) for each in answers) == 3, answers
    assert Translation.objects.filter(article=article, language="de").count() == 1
    assert Revision.objects.filter(translation__article=article, translation__language="de").count() == 1

    def another(number: int) -> Revision:
        return articles.write(actor=SYSTEM, article=article, language="de", writing=writing(f"Neu {number}"))

    at_once(*[lambda number=number: another(number) for number in range(4)])
    assert numbers(Translation.objects.get(article=article, language="de")) == [1, 2, 3, 4, 5]
