"""Who is erased leaves their posts behind, and nothing by which anybody would know them."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection, transaction

from frontdesk.accounts.models import Message as Letter
from frontdesk.accounts.models import Person
from frontdesk.accounts.privacy.traces import traces_of
from frontdesk.accounts.services.erasing import erase_if_due
from frontdesk.core import clock, outbox, personal
from frontdesk.support.forum import accepting, adding, erasing, escalating, liking, writing
from frontdesk.support.forum.models import Decision, Flag, Member, News, NewsMail, Post, Reaction, Subscription
from frontdesk.support.forum.moderating import deciding
from frontdesk.support.forum.notifying import mailing
from frontdesk.support.tickets.mail import addresses
from frontdesk.support.tickets.models import Conversation, RawMail
from tests.support import forum, order
from tests.support.letters import arrives, letter
from tests.support.races import at_once, waiting

pytestmark = pytest.mark.django_db
NAME, ADDRESS = "Zqadara", "zqadara@example.org"


def zara() -> Member:
    return forum.member(ADDRESS, NAME, handle="zqadara")


def everything() -> str:
    """All that the forum's tables hold, and its letters to others."""
    others = Letter.objects.filter(template__startswith="forum/").exclude(address=ADDRESS)
    tables = [model._default_manager.all() for model in apps.get_app_config("forum").get_models()]
    said: list[str] = []
    with connection.cursor() as cursor:
        for rows in [*tables, others]:
            query, values = rows.query.sql_with_params()
            cursor.execute(f"select row_to_json(each)::text from ({query}) each", values)  # noqa: S608 - Django's own
            said += [row for (row,) in cursor.fetchall()]
    return "\n".join(said).lower()


def erase(member: Member) -> None:
    assert member.person is not None
    erasing.erase(traces_of(member.person))


def test_posts_stay_under_a_number_and_the_name_is_nowhere() -> None:
    member, bea = zara(), forum.member("bea@example.org", "Bea")
    topic = forum.topic(member, "Zqadara asks", f"I am Zqadara, write to {ADDRESS}.")
    post = forum.reply(topic, bea, "@zqadara: Zqadara, please restart.")
    other = forum.topic(bea, "Another matter", "As @zqadara said elsewhere.")
    writing.edit(member=bea, post=other.posts.get(), text="As @zqadara wrote elsewhere.")
    mine = forum.reply(other, member, "That was me, Zqadara.")
    accepting.accept(member=bea, post=mine)
    for _each in range(2):
        outbox.deliver_due()
        mailing.send_due()
    assert NewsMail.objects.filter(member=bea).exists()
    erase(member)
    member.refresh_from_db()
    assert (member.person, member.handle, member.name) == (None, "former-1", "")
    assert Post.objects.filter(author=member).count() == 2
    post.refresh_from_db()
    assert "please restart" in post.text
    assert post.mentions == []
    assert not [row for row in everything().split("\n") if "zqadara" in row]


def test_what_is_theirs_alone_goes() -> None:
    member, bea = zara(), forum.member("bea@example.org", "Bea")
    topic = forum.topic(bea)
    post = topic.posts.get()
    liking.like(member=member, post=post)
    Flag.objects.create(post=post, member=member, kind="spam", words="x", created_at=topic.created_at)
    gone = forum.reply(topic, member, "I should not have said this")
    writing.delete(member=member, post=gone)
    erase(member)
    post.refresh_from_db()
    assert post.like_count == 0
    assert not Reaction.objects.filter(member=member).exists()
    assert not Flag.objects.filter(member=member).exists()
    assert not Subscription.objects.filter(member=member).exists()
    assert not News.objects.filter(member=member).exists()
    assert "should not have said" not in everything()


def test_a_moderator_who_leaves_stands_at_no_decision() -> None:
    kim = forum.team()
    made = Decision.objects.create(what="hidden", reason="x", by=kim.person, created_at=kim.joined_at)
    erase(kim)
    made.refresh_from_db()
    assert made.by is None


def test_it_is_safe_to_repeat_and_numbers_go_on() -> None:
    first, second = zara(), forum.member("bea@example.org", "Bea")
    forum.topic(first)
    traces = traces_of(Person.objects.get(email=ADDRESS))
    erasing.erase(traces)
    erasing.erase(traces)
    erase(second)
    assert sorted(Member.objects.values_list("handle", flat=True)) == ["former-1", "former-2"]


def test_their_copy_shows_what_they_did_and_nothing_of_others() -> None:
    member, bea = zara(), forum.member("bea@example.org", "Bea")
    topic = forum.topic(member)
    forum.reply(topic, bea, "Beas words")
    liking.like(member=member, post=forum.reply(topic, bea, "More of Bea", client_id=uuid4()))
    traces = traces_of(Person.objects.get(email=ADDRESS))
    shown = {
        each.name: [{name: row.get(name) for name in each.columns} for row in each.rows(traces)]
        for each in personal.exporters()
        if each.name.startswith("community-")
    }
    assert shown["community-member"][0]["handle"] == "zqadara"
    assert [row["title"] for row in shown["community-topics"]] == [topic.title]
    assert [row["text"] for row in shown["community-posts"]] == [forum.TEXT]
    assert len(shown["community-likes"]) == 1
    assert "Bea" not in str(shown)


def test_the_mails_of_others_that_quote_them_say_nothing_any_more() -> None:
    member, bea = zara(), forum.member("bea@example.org", "Bea")
    topic = forum.topic(member, "Another matter")
    to = addresses.reply_address(mailing.subscribed(bea, topic).reply_token or "")
    mail = arrives(letter("Restart it.\n\n> Zqadara writes\n> It hangs.\n", "Bea <bea@example.org>", to))
    assert mail.verdict == "posted"
    erase(member)
    assert not RawMail.objects.filter(mail=mail).exists()
    assert Post.objects.get(client_id=mail.pk).text == "Restart it."


def test_likes_of_theirs_count_no_more_for_anybody() -> None:
    member, bea = zara(), forum.member("bea@example.org", "Bea")
    post = forum.topic(bea).posts.get()
    liking.like(member=member, post=post)
    erase(member)
    post.refresh_from_db()
    bea.refresh_from_db()
    assert (post.like_count, bea.likes_received) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_who_answers_their_question_at_the_same_time_is_not_waited_for_in_a_circle() -> None:
    """The forum has a topic first, then the conversation that it became; so does the erasure."""
    member, kim = zara(), order.moderator()
    topic = forum.topic(member)
    asked = escalating.hand_over(actor=deciding.actor_of(kim, "Nobody answers"), topic=topic)
    leaver = order.person_of(member).pk
    Person.objects.filter(pk=leaver).update(deletion_due_at=clock.now())
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            adding.lock(topic)
            erased = pool.submit(at_once, partial(erase_if_due, leaver))
            waiting(1)
            list(Conversation.objects.select_for_update(nowait=True).filter(pk=asked.pk))
        assert erased.result() == [True]
