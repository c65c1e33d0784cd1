"""Search in the forum: by words of any language, titles first; whatever is asked, it never fails."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from frontdesk.support.forum import accepting, searching, writing
from frontdesk.support.forum.models import Category
from tests.support import forum

pytestmark = pytest.mark.django_db
MANY_POSTS = """
insert into forum_post (id, topic_id, number, author_id, client_id, text, html, state, is_official, mentions,
                        like_count, created_at, edit_count, waits_for, by_mail, external_id, search)
select gen_random_uuid(), %(topic)s, 1000 + i, %(author)s, gen_random_uuid(), text, '', 'visible', false, '{}',
       0, timestamptz '2024-01-01' + i * interval '1 minute', 0, '', false, '', to_tsvector('english', text)
  from generate_series(1, 8000) i, lateral (select 'the update of zebra' || i %% 400 || ' word' || i as text) as said
"""


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


def test_a_common_word_is_looked_for_among_the_newest_and_a_rare_one_is_not() -> None:
    """What most posts have ends when enough of it was found: the statement does not touch every post."""
    topic = forum.topic()
    with connection.cursor() as cursor:
        cursor.execute(MANY_POSTS, {"topic": topic.pk, "author": topic.author_id})
        cursor.execute("analyze forum_post, forum_topic")
    common, rare = plan("update"), plan("zebra7")
    assert "forum_post_newest" in common
    assert "Sort Key: p.created_at" not in common
    assert "forum_post_newest" not in rare, "it would read all posts to find a few"
    assert len(found("update")) == 1


def plan(query: str) -> str:
    """How PostgreSQL looks for it."""
    with CaptureQueriesContext(connection) as asked:
        found(query)
    statement = next(each["sql"] for each in asked if "matching" in each["sql"])
    with connection.cursor() as cursor:
        cursor.execute("explain " + statement)
        return "\n".join(line for (line,) in cursor.fetchall())
