"""Search in the forum: by words of any language, titles first; whatever is asked, it never fails."""

import pytest
from django.test import Client

from frontdesk.support.forum import accepting, searching, writing
from frontdesk.support.forum.models import Category
from tests.support import forum

pytestmark = pytest.mark.django_db


def found(query: str, **values: bool) -> list[str]:
    return [hit.topic.title for hit in searching.find(query, list(Category.objects.all()), **values)]


def test_what_a_title_says_weighs_more() -> None:
    said = forum.topic(title="About something else", text="The printer is here, the printer is there.")
    named = forum.topic(title="Printers stay offline", text="As said.")
    assert found("printer") == [named.title, said.title]
    assert found("printer -offline") == [said.title]


def test_answers_are_found_and_solved_ones_can_be_asked_for() -> None:
    topic = forum.topic()
    answer = forum.reply(topic, text="Delete the quarantine folder.")
    forum.topic(title="Quarantine is full again")
    assert set(found("quarantine")) == {topic.title, "Quarantine is full again"}
    accepting.accept(member=topic.author, post=answer)
    assert found("quarantine", solved=True) == [topic.title]


def test_german_topics_are_found_by_any_form_of_a_word() -> None:
    topic = forum.topic(title="Die Lizenzen wurden verlängert", text="Häuser", language="de")
    assert found("Lizenz") == [topic.title]


def test_what_is_not_shown_is_not_found() -> None:
    topic = forum.topic()
    post = forum.reply(topic, text="Zebra")
    writing.delete(member=post.author, post=post)
    assert found("zebra") == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        "'",
        '"',
        "\0",
        "& | ! ( )",
        ":*",
        "<->",
        "a" * 5_000,
        "%s %(x)s",
        "-",
        "or or",
        "\u202e",
        "../",
        "''';--",
        "🦓",
    ],
)
def test_no_query_fails(query: str) -> None:
    forum.topic()
    assert found(query) == []
    assert searching.similar(query, list(Category.objects.all())) == []
    assert Client().get("/community/search/", {"q": query}).status_code == 200


def test_snippets_are_escaped() -> None:
    forum.topic(text="zebra & horse `<script>`")
    hit = searching.find("zebra", list(Category.objects.all()))[0]
    assert "<mark>zebra</mark> &amp; horse" in hit.snippet
    assert "<script" not in hit.snippet


def test_similar_topics_share_more_than_a_word() -> None:
    near = forum.topic(title="Printer stays offline after the update")
    forum.topic(title="The update of the manual")
    assert searching.similar("My printer is offline since the update", list(Category.objects.all()))[0] == near
    assert searching.similar("A manual for children", list(Category.objects.all())) == []
