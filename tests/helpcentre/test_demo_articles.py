"""The demo's articles say what the product does: every reason has one, every quoted button exists, no link is dead."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.urls import resolve
from scripts import messages
from scripts import reasons as catalogue

from frontdesk.project.demo.sources import FOLDER

LANGUAGES = ("en", "de")
NEEDED = {"title", "slug", "category", "language", "keywords", "summary", "kind", "position"}
SAME_IN_ALL = ("audience", "category", "kind", "position", "reasons", "related")
BUTTON = re.compile(r"(?<!\*)\*\*([^*]+)\*\*(?!\*)")
LINK = re.compile(r"\]\(([^)\s]+)\)")
# Words that blame, plead or wave; the rest of the product does without them, too.
UNKIND = {
    "en": ("unfortunately", "sorry", "invalid user", "illegal", "click here", "obviously", "your fault", "please note"),
    "de": ("leider", "sorry", "illegal", "hier klicken", "offensichtlich", "ihr fehler", "bitte beachten", "user"),
}


@dataclass(frozen=True)
class Page:
    """A file of the demo: its front matter and its text."""

    path: Path
    meta: dict[str, Any]
    body: str

    @property
    def name(self) -> str:
        return f"{self.path.parent.name}/{self.path.name}"


@cache
def pages(language: str) -> dict[str, Page]:
    """The articles of a language by slug."""
    found = {}
    for path in sorted((FOLDER / "help" / language).glob("*.md")):
        _, front, body = path.read_text().split("---\n", 2)
        meta = yaml.safe_load(front)
        found[meta["slug"]] = Page(path, meta, body)
    return found


def everything() -> list[Page]:
    return [page for language in LANGUAGES for page in pages(language).values()]


@cache
def said(language: str) -> frozenset[str]:
    """Every text of the product, as it is in a language."""
    texts: set[str] = set()
    for entry in messages.read("de"):
        found = entry.id if language == "en" else entry.string
        texts.update([str(found)] if isinstance(found, str) else map(str, found or ()))
    return frozenset(texts)


def test_there_is_front_matter_for_everything() -> None:
    categories = yaml.safe_load((FOLDER / "help" / "categories.yaml").read_text())
    assert all(set(category["titles"]) == set(LANGUAGES) for category in categories.values())
    for page in everything():
        assert set(page.meta) >= NEEDED, page.name
        assert page.meta["language"] == page.path.parent.name, page.name
        assert page.meta["slug"] == page.path.stem, page.name
        assert page.meta["category"] in categories, page.name
        assert page.meta["kind"] in {"article", "guide"}, page.name
        assert 0 < len(page.meta["summary"]) <= 160, page.name
        assert len(page.meta["keywords"]) >= 4, page.name
        assert all(isinstance(word, str) and word for word in page.meta["keywords"]), page.name


def test_both_languages_hold_the_same_articles() -> None:
    assert pages("en").keys() == pages("de").keys()
    for slug, page in pages("en").items():
        assert [page.meta.get(key) for key in SAME_IN_ALL] == [pages("de")[slug].meta.get(key) for key in SAME_IN_ALL]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_exactly_one_article(language: str) -> None:
    behind = Counter(code for page in pages(language).values() for code in page.meta.get("reasons", ()))
    assert behind == Counter(reason["code"] for reason in json.loads(catalogue.generate())["reasons"])


def test_related_articles_exist_and_are_others() -> None:
    for page in everything():
        related = page.meta.get("related", [])
        assert set(related) <= pages("en").keys() - {page.meta["slug"]}, page.name
        assert len(related) == len(set(related)) > 0, page.name


def test_every_link_leads_to_a_page_that_customers_can_open() -> None:
    """Within the product only; whether a linked article exists is checked against the files."""
    for page in everything():
        for link in LINK.findall(page.body):
            assert link.startswith("/"), (page.name, link)
            found = resolve(link)
            if found.url_name == "article":
                assert found.kwargs["slug"] in pages("en"), (page.name, link)


def test_every_quoted_button_exists_in_the_product() -> None:
    """Bold is for what can be pressed: in English as in the source, in German as in the catalogue."""
    wrong = [
        (page.name, button)
        for page in everything()
        for button in BUTTON.findall(page.body)
        if button not in said(page.meta["language"])
    ]
    assert wrong == []


def test_there_is_much_to_press() -> None:
    """So that the test above cannot pass by finding nothing."""
    assert sum(len(BUTTON.findall(page.body)) for page in everything()) > 200
    assert "a button that nobody made" not in said("en")


def test_words_are_kind() -> None:
    wrong = [
        (page.name, word)
        for page in everything()
        for word in UNKIND[page.meta["language"]]
        if re.search(rf"\b{word}\b", f"{page.meta['title']} {page.meta['summary']} {page.body}", re.IGNORECASE)
    ]
    assert wrong == []


def test_every_article_says_what_to_do_and_what_if_it_does_not_help() -> None:
    for page in everything():
        headings = re.findall(r"^## (.+)$", page.body, re.MULTILINE)
        assert len(headings) >= 3, page.name
        if page.meta["kind"] == "article":
            assert headings[0].startswith(("What", "Was")), page.name
            assert headings[-1] in {"If that does not help", "Wenn das nicht hilft"}, page.name
            assert re.search(r"^(1\.|- )", page.body, re.MULTILINE), page.name
        else:
            assert headings[-1] in {"Nothing of this helped", "Nichts davon hat geholfen"}, page.name
