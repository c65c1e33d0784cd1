"""Beginning topics, replying, editing, deleting; once, in parallel, and where it must not be."""

from uuid import uuid4

import pytest

from frontdesk.core.errors import NotFound
from frontdesk.support.forum import members, wording, writing
from frontdesk.support.forum.errors import (
    NameNotChosen,
    PostedAlready,
    PostEditedMeanwhile,
    PostRefused,
    TopicLocked,
)
from frontdesk.support.forum.models import Post, Revision, Subscription, Topic
from frontdesk.support.forum.order_errors import NotAllowed
from tests import people
from tests.support import forum
from tests.support.races import at_once

pytestmark = pytest.mark.django_db


def test_a_topic_begins_with_its_first_post() -> None:
    ada = forum.member()
    topic = forum.topic(ada, "Größe der Datei ändern", "Wie *geht* das?")
    topic.refresh_from_db()
    post = topic.posts.get()
    assert (topic.slug, topic.post_count, topic.last_number) == ("groesse-der-datei-aendern", 1, 1)
    assert topic.unanswered_since == topic.created_at
    assert post.html == "<p>Wie <em>geht</em> das?</p>\n"
    ada.refresh_from_db()
    assert ada.post_count == 1
    assert Subscription.objects.get(member=ada, topic=topic).kind == Subscription.Kind.WATCH


def test_a_reply_counts_and_answers() -> None:
    topic = forum.topic()
    post = forum.reply(topic)
    topic.refresh_from_db()
    assert (topic.post_count, topic.last_poster, topic.last_post_at) == (2, post.author, post.created_at)
    assert topic.unanswered_since is None


def test_ones_own_reply_answers_nothing() -> None:
    topic = forum.topic()
    forum.reply(topic, topic.author, "Nobody?")
    topic.refresh_from_db()
    assert topic.unanswered_since is not None


def test_nobody_writes_without_a_name() -> None:
    person = people.customer("new@example.org", "New")
    with pytest.raises(NameNotChosen):
        forum.topic(members.of(person))


def test_a_form_sent_twice_posts_once() -> None:
    ada, category, twice = forum.member(), forum.category(), uuid4()
    one = writing.begin(member=ada, category=category, title=forum.TITLE, text="What helps?", client_id=twice)
    same = writing.begin(member=ada, category=category, title=forum.TITLE, text="What helps?\r\n", client_id=twice)
    assert one == same
    with pytest.raises(PostedAlready):
        writing.begin(member=ada, category=category, title=forum.TITLE, text="Something else", client_id=twice)


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_in_parallel_posts_once() -> None:
    topic, bea, twice = forum.topic(), forum.member("bea@example.org", "Bea"), uuid4()
    outcomes = at_once(*[lambda: writing.reply(member=bea, topic=topic, text="Restart.", client_id=twice)] * 4)
    assert len({post.pk for post in outcomes if isinstance(post, Post)}) == 1
    assert [post.number for post in topic.posts.all()] == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_replies_of_many_at_once_stand_in_a_row() -> None:
    topic = forum.topic()
    several = [forum.member(f"m{number}@example.org", f"Mo{number}") for number in range(6)]
    outcomes = at_once(*[lambda by=by: forum.reply(topic, by, f"By {by.name}") for by in several])
    assert all(isinstance(post, Post) for post in outcomes), outcomes
    topic.refresh_from_db()
    assert sorted(topic.posts.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6, 7]
    assert topic.post_count == topic.last_number == 7


@pytest.mark.parametrize(
    ("text", "why"),
    [("", "empty"), (" \u200b\n", "empty"), ("x" * 100_000, "too_long"), ("<https://a.example> " * 60, "links")],
)
def test_what_cannot_be_a_post_is_refused(text: str, why: str) -> None:
    with pytest.raises(PostRefused) as refused:
        forum.reply(forum.topic(), text=text)
    assert refused.value.members["why"] == why


def test_signs_that_turn_directions_and_control_characters_go() -> None:
    topic = forum.topic(title="Harmless \u202eexe.txt\u202c \x00 title", text="one\x07 \u2066two\u2069\x00")
    assert topic.title == "Harmless exe.txt title"
    assert topic.posts.get().text == "one two"


def test_a_locked_topic_takes_nothing() -> None:
    topic = forum.topic()
    mine = forum.reply(topic)
    Topic.objects.filter(pk=topic.pk).update(locked_at=topic.created_at)
    with pytest.raises(TopicLocked):
        forum.reply(topic)
    with pytest.raises(TopicLocked):
        writing.edit(member=mine.author, post=mine, text="Another")


def test_a_reply_to_a_merged_topic_goes_where_it_went() -> None:
    here, there = forum.topic(), forum.topic(title="The same matter elsewhere")
    Topic.objects.filter(pk=here.pk).update(merged_into=there)
    assert forum.reply(here).topic == there


def test_a_hidden_topic_is_not_there_for_others() -> None:
    topic = forum.topic()
    Topic.objects.filter(pk=topic.pk).update(hidden_at=topic.created_at)
    with pytest.raises(NotFound):
        forum.reply(topic)


def test_categories_say_who_begins_and_who_reads() -> None:
    news = forum.category("news", begins="staff", asks=False)
    inside = forum.category("inside", reads="staff", begins="staff")
    with pytest.raises(NotAllowed):
        forum.topic(category_=news)
    with pytest.raises(NotFound):
        forum.topic(category_=inside)
    topic = forum.topic(forum.team(), category_=news)
    assert topic.unanswered_since is None
    assert topic.posts.get().is_official


def test_an_edit_keeps_what_was_said() -> None:
    topic = forum.topic()
    post = topic.posts.get()
    writing.edit(member=topic.author, post=post, text="Solved it.", title="It starts again now", reason="typo", seen=0)
    topic.refresh_from_db()
    post.refresh_from_db()
    kept = Revision.objects.get(post=post)
    assert (kept.text, kept.title, kept.reason) == (forum.TEXT, forum.TITLE, "typo")
    assert (topic.slug, post.text, post.edit_count) == ("it-starts-again-now", "Solved it.", 1)
    assert writing.edit(member=topic.author, post=post, text="Solved it.").edit_count == 1


def test_the_second_of_two_edits_is_told() -> None:
    post = forum.topic().posts.get()
    writing.edit(member=post.author, post=post, text="First", seen=0)
    with pytest.raises(PostEditedMeanwhile):
        writing.edit(member=post.author, post=post, text="Second", seen=0)
    assert Revision.objects.filter(post=post).count() == 1


def test_others_neither_edit_nor_delete() -> None:
    post = forum.reply(forum.topic())
    eve = forum.member("eve@example.org", "Eve")
    for verb in (
        lambda: writing.edit(member=eve, post=post, text="Mine"),
        lambda: writing.delete(member=eve, post=post),
    ):
        with pytest.raises(NotAllowed):
            verb()


def test_what_is_deleted_counts_no_more_and_quotes_stay() -> None:
    topic = forum.topic()
    post = forum.reply(topic, text="Call me.")
    quoting = forum.reply(topic, topic.author, "> Call me.\n\nI did.")
    assert writing.delete(member=post.author, post=post)
    assert not Post.objects.filter(pk=post.pk, state="visible").exists()
    topic.refresh_from_db()
    assert (topic.post_count, topic.last_post_at) == (2, quoting.created_at)
    assert topic.unanswered_since is not None
    quoting.refresh_from_db()
    assert "Call me." in quoting.html


def test_a_text_quotes_a_few_posts_and_not_hundreds() -> None:
    topic = forum.topic()
    heads = [f"> **[Ada](/community/p/{uuid4()}/)**\n>\n> so\n\nYes.\n\n" for _each in range(21)]
    with pytest.raises(PostRefused) as refused:
        forum.reply(topic, text="".join(heads))
    assert wording.why_in_words(refused.value) == "There are too many quotations: of at most 20 posts."
    assert forum.reply(topic, text="".join([*heads[:20], heads[0]]))
