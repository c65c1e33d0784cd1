"""Solved topics in the help centre's search: whatever happens, the index is what a rebuild makes of it."""

import random

import pytest
from django.db import connection

from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.support.forum import accepting, adding, categories, entries, writing
from frontdesk.support.forum.categories import Arranged
from frontdesk.support.forum.models import Category, Post, Topic
from frontdesk.support.helpcentre.models import SearchEntry
from frontdesk.support.helpcentre.search import indexing
from tests.support import desk, forum

pytestmark = pytest.mark.django_db


def solved() -> tuple[Topic, Post]:
    topic = forum.topic()
    post = forum.reply(topic, text="Renew the **certificate**.")
    accepting.accept(member=topic.author, post=post)
    topic.refresh_from_db()
    return topic, post


def entry() -> SearchEntry | None:
    return SearchEntry.objects.filter(kind="topic").first()


def test_accepting_enters_and_unaccepting_takes_out() -> None:
    topic, _post = solved()
    found = entry()
    assert found is not None
    assert (found.subject, found.language, found.is_public) == (topic.pk, "en", True)
    assert "Renew the certificate." in found.body
    assert found.url == f"/community/t/{topic.number}/{topic.slug}/"
    accepting.unaccept(member=topic.author, topic=topic)
    assert entry() is None


def test_an_edit_is_followed() -> None:
    topic, post = solved()
    writing.edit(member=post.author, post=post, text="Renew the licence.")
    found = entry()
    assert found is not None
    assert "licence" in found.body
    writing.edit(member=topic.author, post=topic.posts.get(number=1), text=forum.TEXT, title="Another title")
    found = entry()
    assert found is not None
    assert found.title == "Another title"


@pytest.mark.parametrize("state", [Post.State.HIDDEN, Post.State.DELETED, Post.State.WAITING])
def test_an_answer_that_is_not_seen_is_not_found(state: Post.State) -> None:
    topic, post = solved()
    adding.set_state(adding.lock(topic), Post.objects.get(pk=post.pk), state)
    assert entry() is None


def test_the_words_of_a_deleted_question_are_not_found() -> None:
    topic, _post = solved()
    writing.edit(member=topic.author, post=topic.posts.get(number=1), text="Call me: 0170 1234567")
    writing.delete(member=topic.author, post=topic.posts.get(number=1))
    found = entry()
    assert found is not None
    assert "0170" not in found.body
    assert "Renew the certificate." in found.body


def test_a_topic_that_is_hidden_restricted_or_merged_is_not_found_by_the_public() -> None:
    topic, _post = solved()
    into = forum.topic(title="Another one")
    Category.objects.update(reads=Category.Who.OWNERS)
    entries.follow(topic.pk)
    found = entry()
    assert found is not None
    assert not found.is_public
    Topic.objects.filter(pk=topic.pk).update(hidden_at=clock.now())
    entries.follow(topic.pk)
    assert entry() is None
    Topic.objects.filter(pk=topic.pk).update(hidden_at=None, merged_into=into)
    entries.follow(topic.pk)
    assert entry() is None


def test_a_category_that_is_closed_to_the_public_takes_its_topics_along() -> None:
    topic, _post = solved()
    own = topic.category
    closed = Arranged(own.titles, {}, None, Category.Who.STAFF, Category.Who.STAFF, own.asks, 0)
    categories.save(actor=Actor.staff(desk.agent().pk, "closed"), category=own, arranged=closed)
    found = entry()
    assert found is not None
    assert not found.is_public


def index() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select kind, subject, language, title, body, url, is_public from helpcentre_searchentry order by 1, 2, 3"
        )
        return list(cursor.fetchall())


@pytest.mark.parametrize("seed", range(3))
def test_after_random_steps_the_index_is_that_of_a_rebuild(seed: int) -> None:
    chance = random.Random(seed)
    kim = forum.team()
    topics = [forum.topic(kim, f"Question number {number}") for number in range(3)]
    for topic in topics:
        forum.reply(topic, kim, "One"), forum.reply(topic, kim, "Two")
    for step in range(25):
        topic = Topic.objects.get(pk=chance.choice(topics).pk)
        post = chance.choice(list(topic.posts.all()))
        deed = chance.choice(["accept", "unaccept", "edit", "hide", "show", "delete"])
        if deed == "accept" and post.number > 1 and post.state == Post.State.VISIBLE and topic.hidden_at is None:
            accepting.accept(member=kim, post=post)
        elif deed == "unaccept":
            accepting.unaccept(member=kim, topic=topic)
        elif deed == "edit" and post.state == Post.State.VISIBLE:
            writing.edit(member=kim, post=post, text=f"Edited in step {step}")
        elif deed in {"hide", "show", "delete"}:
            to = {"hide": Post.State.HIDDEN, "show": Post.State.VISIBLE, "delete": Post.State.DELETED}[deed]
            adding.set_state(adding.lock(topic), post, to)
    before = index()
    indexing.rebuild()
    assert before == index()
