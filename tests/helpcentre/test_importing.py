"""Taking in folders of Markdown files, whatever stands in them."""

from pathlib import Path

import pytest

from frontdesk.core.models import AuditEntry
from frontdesk.support.helpcentre import articles, importing, selectors
from frontdesk.support.helpcentre.importing import Imported
from frontdesk.support.helpcentre.models import (
    Article,
    ArticleReason,
    Category,
    Revision,
    SearchEntry,
    Translation,
)
from tests.helpcentre.pictures import png
from tests.support import desk
from tests.support.articles import SYSTEM, writing

pytestmark = pytest.mark.django_db
WHOLE = """---
title: Lost password
slug: lost-password
category: signing-in
language: en
keywords: [password, forgotten, "sign in: again"]
summary: How to get in again.
kind: guide
product: halcyon-shield
reasons: [code_unknown]
related: [second]
position: 3
---

## First
Press **Start**.
"""
SECOND = "---\ntitle: Second step\nslug: second\nlanguage: en\n---\nWith [the first](/help/articles/lost-password/).\n"
GERMAN = "---\ntitle: Passwort vergessen\nslug: lost-password\ncategory: Anmelden\nlanguage: de\n---\nDrücken.\n"


def take(folder: Path, **files: str | bytes) -> Imported:
    """Write these files (`__` stands for a folder) and import the whole folder."""
    for name, content in files.items():
        path = folder / (name.replace("__", "/") + ".md")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return importing.import_folder(actor=SYSTEM, folder=folder)


def counts(done: Imported) -> tuple[int, int, int]:
    return done.new, done.changed, done.same


def test_files_become_published_articles_with_all_that_they_say(tmp_path: Path) -> None:
    shield = desk.shield()
    done = take(tmp_path, en__lost=WHOLE, en__second=SECOND, de__lost=GERMAN)
    assert (counts(done), done.wrong, done.doubtful) == ((3, 0, 0), {}, {})
    shown = selectors.published("lost-password", "en")
    assert shown
    assert shown.published
    said = shown.published
    assert (said.title, said.summary, said.body) == (
        "Lost password",
        "How to get in again.",
        "## First\nPress **Start**.",
    )
    assert said.keywords == ["password", "forgotten", "sign in: again"]
    article = shown.article
    assert (article.kind, article.product, article.position) == ("guide", shield, 3)
    assert {each.slug for each in article.related.all()} == {"second"}
    assert ArticleReason.objects.get().article == article
    assert SearchEntry.objects.filter(subject=article.pk).count() == 2
    assert "Press Start" in SearchEntry.objects.get(subject=article.pk, language="en").body


def test_a_second_time_changes_nothing(tmp_path: Path) -> None:
    desk.shield()
    files = {"en__lost": WHOLE, "en__second": SECOND, "de__lost": GERMAN}
    take(tmp_path, **files)
    before = (Revision.objects.count(), AuditEntry.objects.count(), Category.objects.count())
    moments = list(Translation.objects.order_by("pk").values_list("published_at", flat=True))
    done = take(tmp_path, **files)
    assert counts(done) == (0, 0, 3)
    assert (Revision.objects.count(), AuditEntry.objects.count(), Category.objects.count()) == before
    assert list(Translation.objects.order_by("pk").values_list("published_at", flat=True)) == moments


def test_what_changed_becomes_the_next_revision(tmp_path: Path) -> None:
    desk.shield()
    take(tmp_path, lost=WHOLE, second=SECOND)
    article = Article.objects.get(slug="lost-password")
    articles.write(actor=SYSTEM, article=article, language="en", writing=writing("An editor's draft"))
    done = take(tmp_path, lost=WHOLE.replace("Press **Start**.", "Press **Go**.").replace("position: 3", "position: 4"))
    assert counts(done) == (0, 1, 1)
    numbers = Revision.objects.filter(translation__article=article).values_list("number", "title")
    assert list(numbers) == [(3, "Lost password"), (2, "An editor's draft"), (1, "Lost password")]
    assert Translation.objects.get(article=article).published.number == 3  # type: ignore[union-attr] # it is published
    assert "Press Go" in SearchEntry.objects.get(subject=article.pk).body
    article.refresh_from_db()
    assert article.position == 4


def test_reasons_and_ties_go_when_the_file_takes_them_back(tmp_path: Path) -> None:
    desk.shield()
    take(tmp_path, lost=WHOLE, second=SECOND)
    take(tmp_path, lost=WHOLE.replace("[code_unknown]", "[]").replace("[second]", "[]"))
    assert not ArticleReason.objects.exists()
    assert not Article.objects.get(slug="second").related.exists()
    articles.stand_behind(actor=SYSTEM, article=Article.objects.get(slug="second"), codes=["code_unknown"])
    take(tmp_path)
    assert ArticleReason.objects.get().article.slug == "second", "a file that says nothing of reasons takes none"


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + WHOLE.encode(), WHOLE.replace("\n", "\r\n").encode(), WHOLE.encode("utf-16"),
        b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode(), WHOLE.replace("---\n\n##", "...\n\n##").encode(),
        WHOLE.replace("[password, forgotten, \"sign in: again\"]", "password, forgotten, sign in: again").encode(),
    ],
)  # fmt: skip
def test_files_of_any_editor_are_read(tmp_path: Path, content: bytes) -> None:
    desk.shield()
    done = take(tmp_path, lost=content, second=SECOND)
    assert (counts(done), done.wrong, done.doubtful) == ((2, 0, 0), {}, {})
    revision = Revision.objects.get(title="Lost password")
    assert revision.body == "## First\nPress **Start**."
    assert revision.keywords == ["password", "forgotten", "sign in: again"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("No front matter", "does not begin with front matter"),
        ("", "does not begin with front matter"),
        ("---\ntitle: x\n", "does not begin with front matter"),
        ("---\ntitle: [x\n---\ntext", "not YAML"),
        ("---\n- a\n- b\n---\ntext", "not made of names and values"),
        ("---\njust words\n---\ntext", "not made of names and values"),
        ("---\ntitle: [a, b]\n---\ntext", "its title is not a text"),
        ("---\nslug: x\n---\ntext", "it has no title"),
        ("---\ntitle: x\n---\n \n", "it has no text"),
        ("---\ntitle: x\nlanguage: german!\n---\ntext", "its language cannot be"),
        ("---\ntitle: x\nkind: poem\n---\ntext", "kind is article or guide"),
        ("---\ntitle: x\nposition: first\n---\ntext", "its position is not a number"),
        ("---\ntitle: x\nkeywords: {a: b}\n---\ntext", "its keywords are not a list of words"),
        ("---\ntitle: " + "x" * 201 + "\n---\ntext", "its title cannot be"),
        ("---\na: " + "[" * 15_000 + "\n---\ntext", "not YAML"),
        ("---\n" + "- " * 9_000 + "\n---\ntext", "not"),
        ("---\na: &a [x]\nb: &b [*a,*a]\ntitle: *b\n---\ntext", "its title is not a text"),
        ("---\ntitle: x\nnote: " + "y" * 20_000 + "\n---\ntext", "too long"),
        ("---\ntitle: x\n---\nte\0xt", "NUL"),
        (b"---\ntitle: caf\xe9\n---\ntext", "not UTF-8 (at byte 14)"),
        (b"---\ntitle: x\n---\n" + b"x" * 1_000_001, "larger than 1 MB"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_told_of_and_the_others_are_taken(
    tmp_path: Path, content: str | bytes, why: str
) -> None:
    done = take(tmp_path, bad=content, good=SECOND)
    assert list(done.wrong) == ["bad.md"]
    assert why in done.wrong["bad.md"]
    assert counts(done) == (1, 0, 0)


def test_missing_fields_are_found_elsewhere(tmp_path: Path) -> None:
    take(tmp_path, reset__my_password="---\nkeywords:\n---\n# Reset it: now\n\nPress.")
    shown = selectors.published("my_password", "en")
    assert shown
    assert shown.published
    assert (shown.published.title, shown.published.body) == ("Reset it: now", "Press.")
    assert shown.article.category is None


@pytest.mark.parametrize(
    "title", ["Error: what now", "It's: 'quoted'", "*Star*", "@home", "`code`", "50% off: #1 deal"]
)
def test_titles_need_no_quotes(tmp_path: Path, title: str) -> None:
    done = take(tmp_path, one=f"---\ntitle: {title}\nslug: one\n---\ntext")
    assert done.wrong == {}
    assert Revision.objects.get().title == title


def test_of_two_files_with_the_same_slug_the_first_by_name_is_taken(tmp_path: Path) -> None:
    done = take(tmp_path, b=SECOND.replace("Second step", "From b"), a=SECOND)
    assert done.wrong == {"b.md": "a.md has the slug second in this language already"}
    assert Revision.objects.get().title == "Second step"


def test_unknown_categories_are_made_and_two_files_do_not_quarrel_over_them(tmp_path: Path) -> None:
    for _again in range(2):
        take(tmp_path, a=WHOLE.replace("product: halcyon-shield\n", ""), b=GERMAN, c=SECOND)
    assert Article.objects.get(slug="lost-password").category.slug == "signing-in"  # type: ignore[union-attr] # a.md says so
    assert dict(Category.objects.values_list("slug", "titles")) == {
        "signing-in": {"en": "Signing in"}, "anmelden": {"de": "Anmelden"},
    }  # fmt: skip


def test_a_file_says_what_categories_are_called(tmp_path: Path) -> None:
    (tmp_path / "categories.yaml").write_text(
        "signing-in:\n  icon: key-round\n  position: 2\n  titles: {en: Signing in, de: Anmelden}\n"
        "  descriptions: {en: Passwords and more}\nwrong: text\n"
    )
    done = take(tmp_path, b=GERMAN)
    category = Category.objects.get()
    assert (category.slug, category.titles, category.icon, category.position) == (
        "signing-in", {"en": "Signing in", "de": "Anmelden"}, "key-round", 2,
    )  # fmt: skip
    assert Article.objects.get().category == category, "found by its German title"
    assert done.wrong == {"categories.yaml": "wrong: its titles cannot be"}


def test_what_is_unknown_is_told_and_the_article_taken(tmp_path: Path) -> None:
    done = take(tmp_path, a=WHOLE.replace("code_unknown", "no_such_reason"))
    assert counts(done) == (1, 0, 0)
    assert "no article second" in done.doubtful["a.md"] or "no_such_reason" in done.doubtful["a.md"]
    desk.shield()
    done = take(tmp_path, a=WHOLE, b=WHOLE.replace("slug: lost-password", "slug: other"))
    assert done.doubtful["b.md"] == "there is no article second"
    assert ArticleReason.objects.get().article.slug == "lost-password"


def test_pictures_beside_a_file_come_along_once(tmp_path: Path) -> None:
    (tmp_path / "img").mkdir()
    (tmp_path / "img" / "shot.png").write_bytes(png(40, 30))
    (tmp_path.parent / "secret.png").write_bytes(png(10, 10))
    text = "---\ntitle: x\nslug: x\n---\n![Seen](img/shot.png) ![Out](../secret.png) ![Gone](img/gone.png)"
    done = take(tmp_path, x=text)
    body = Revision.objects.get().body
    assert body.startswith("![Seen](/help/pictures/")
    assert "-40x30.png)" in body
    assert "![Out](../secret.png)" in body
    assert done.doubtful == {"x.md": "the picture img/gone.png cannot be taken"}
    assert counts(take(tmp_path)) == (0, 0, 1)
    (tmp_path.parent / "secret.png").unlink()


def test_slugs_stay_as_they_are_written(tmp_path: Path) -> None:
    for slug in ("Foo_Bar", "größe", "a.b-c", "0x1"):
        take(tmp_path, **{slug: f"---\ntitle: x\nslug: {slug}\n---\ntext"})
        assert selectors.published(slug), slug
    done = take(tmp_path, y="---\ntitle: x\nslug: Two words / here\n---\ntext")
    assert done.wrong == {}
    assert selectors.published("two-words-here")


def test_an_import_stops_where_another_runs(tmp_path: Path) -> None:
    from unittest.mock import patch

    class Busy:
        def __enter__(self) -> bool:
            return False

        def __exit__(self, *_why: object) -> None: ...

    with patch.object(importing, "alone", lambda key: Busy()), pytest.raises(importing.AlreadyRunning):
        take(tmp_path, a=SECOND)


def test_a_page_of_the_help_centre_cannot_be_hidden_by_a_category(tmp_path: Path) -> None:
    take(tmp_path, a=SECOND.replace("slug: second", "slug: second\ncategory: search"))
    assert Category.objects.get().slug == "search-articles"
