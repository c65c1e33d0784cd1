"""What is new for whom: told once, mailed at most each five minutes, only while they may read it and want it."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.core import clock, outbox
from frontdesk.support.forum import accepting, following, members, moderating, writing
from frontdesk.support.forum.models import Category, Member, News, NewsMail, Post, Subscription, Topic
from frontdesk.support.forum.notifying import audience, mailing, reaching, reading
from tests.support import forum
from tests.support.news import later, mails
from tests.support.races import at_once

pytestmark = pytest.mark.django_db
Kind = News.Kind


def bea() -> Member:
    return forum.member("bea@example.org", "Bea")


def test_who_asked_hears_of_a_reply_and_its_writer_does_not() -> None:
    topic = forum.topic()
    post = forum.reply(topic, bea(), "Please try a **restart**.")
    (found,) = mails()
    assert found.to == ["ada@example.org"]
    assert found.subject == f"Re: {topic.title}"
    assert "Please try a **restart**." in found.body
    assert "<strong>restart</strong>" in str(found.alternatives[0][0])
    assert f"/community/p/{post.pk}/" in found.body
    assert not mails()


def test_the_head_makes_a_thread_a_list_and_a_way_out() -> None:
    topic = forum.topic()
    forum.reply(topic, bea())
    (first,) = mails()
    later()
    forum.reply(topic, bea(), "And then look again.")
    (second,) = mails()
    head = {name.lower(): value for name, value in second.extra_headers.items()}
    assert head["message-id"] != first.extra_headers["Message-ID"]
    assert head["in-reply-to"] == first.extra_headers["Message-ID"]
    assert head["references"].split()[0] == first.extra_headers["References"].split()[0]
    assert head["auto-submitted"] == "auto-generated"
    assert head["precedence"] == "list"
    assert head["list-id"].endswith(">")
    assert head["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    token = Subscription.objects.get(member=topic.author, topic=topic).reply_token
    assert second.reply_to == [f"support+{token}@halcyon.example"]
    assert "Bea" in second.from_email


def test_for_one_topic_five_minutes_pass_and_the_rest_comes_together() -> None:
    topic = forum.topic()
    for number in range(4):
        forum.reply(topic, bea(), f"Idea number {number}")
        assert len(mails()) == (number == 0)
    later()
    (found,) = mails()
    assert all(f"Idea number {number}" in found.body for number in (1, 2, 3))
    assert "Idea number 0" not in found.body


def test_many_topics_at_once_are_no_storm_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailing, "MOST_AN_HOUR", 2)
    ada = forum.member()
    for number in range(4):
        forum.reply(forum.topic(ada, f"Question number {number}"), bea(), f"Answer number {number}")
    assert len(mails()) == 2
    assert not mails()
    later(timedelta(hours=1, minutes=1))
    assert len(mails()) == 2


def test_one_post_is_told_once_whatever_it_is_for_somebody() -> None:
    ada = forum.member(handle="ada")
    topic = forum.topic(ada)
    first = topic.posts.get()
    following.follow(member=ada, target=topic.category, kind="watch")
    forum.reply(topic, bea(), "@ada please try this.", answers=first)
    assert len(mails()) == 1
    assert News.objects.get(member=ada).kind == Kind.MENTION


def test_a_mention_is_mailed_unless_one_wants_none() -> None:
    carl = forum.member("carl@example.org", "Carl", handle="carl")
    forum.topic(text="@carl knows this.")
    (found,) = mails()
    assert found.to == ["carl@example.org"]
    assert "mentions you" in found.body
    members.choose_mails(member=carl, digest_days=0, mentions=False)
    forum.topic(text="@carl knows this as well.")
    assert not mails()
    assert reading.unread(carl) == 2


def test_a_mention_by_an_edit_is_told_once() -> None:
    forum.member("carl@example.org", "Carl", handle="carl")
    topic = forum.topic()
    post = topic.posts.get()
    for text in ("@carl perhaps?", "@carl, perhaps?"):
        writing.edit(member=topic.author, post=post, text=text)
        post.refresh_from_db()
        later()
        mails()
    assert News.objects.filter(kind=Kind.MENTION).count() == 1
    assert [each.to for each in mail.outbox] == [["carl@example.org"]]


def test_a_mention_storm_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audience, "MOST_OF_ONE", 5)
    for number in range(4):
        forum.member(f"m{number}@example.org", f"Member {number}", handle=f"mem{number}")
    text = " ".join(f"@mem{number}" for number in range(4))
    for number in range(3):
        forum.topic(title=f"Look at this, {number}", text=text)
    outbox.deliver_due()
    assert News.objects.filter(kind=Kind.MENTION).count() == 5


def test_muted_topics_and_categories_are_silent() -> None:
    ada = forum.member(handle="ada")
    topic = forum.topic(ada)
    following.follow(member=ada, target=topic, kind="muted")
    forum.reply(topic, bea(), "@ada look")
    other = forum.topic(bea(), "Another matter")
    following.follow(member=ada, target=other.category, kind="muted")
    forum.reply(other, bea(), "@ada look here")
    assert not mails()


def test_who_watches_a_category_hears_of_new_topics_and_posts() -> None:
    carl = forum.member("carl@example.org", "Carl")
    following.follow(member=carl, target=forum.category(), kind="watch")
    topic = forum.topic()
    (found,) = mails()
    assert (found.to, found.subject) == (["carl@example.org"], topic.title)
    following.mark_read(carl, topic, 1)
    later()
    forum.reply(topic, bea())
    assert sorted(each.to[0] for each in mails()) == ["ada@example.org", "carl@example.org"]


def test_what_one_may_not_read_is_not_mailed_even_when_that_changes_late() -> None:
    carl = forum.member("carl@example.org", "Carl", handle="carl")
    topic = forum.topic(text="@carl look")
    outbox.deliver_due()
    Category.objects.filter(pk=topic.category_id).update(reads=Category.Who.STAFF)
    assert not mails()
    assert reading.unread(carl) == 0


@pytest.mark.parametrize("state", [Post.State.HIDDEN, Post.State.DELETED, Post.State.WAITING])
def test_what_is_not_seen_any_more_is_not_mailed(state: str) -> None:
    post = forum.reply(forum.topic())
    outbox.deliver_due()
    Post.objects.filter(pk=post.pk).update(state=state)
    assert not mails()


def test_what_was_read_meanwhile_is_not_mailed() -> None:
    topic = forum.topic()
    post = forum.reply(topic)
    outbox.deliver_due()
    following.mark_read(topic.author, topic, post.number)
    assert not mails()
    assert reading.unread(topic.author) == 0


def test_an_accepted_answer_is_told_to_who_gave_it() -> None:
    topic = forum.topic()
    post = forum.reply(topic, bea())
    mails()
    later()
    accepting.accept(member=topic.author, post=post)
    (found,) = mails()
    assert found.to == ["bea@example.org"]
    assert "accepted" in found.body


def test_who_left_gets_nothing() -> None:
    topic = forum.topic()
    forum.reply(topic)
    outbox.deliver_due()
    Person.objects.filter(email="ada@example.org").update(is_active=False)
    assert not mails()


def test_who_cannot_be_reached_gets_no_more() -> None:
    topic = forum.topic()
    for _each in range(reaching.BOUNCES):
        forum.reply(topic, bea(), f"Again {_each}")
        assert len(mails()) == 1
        NewsMail.objects.update(bounced_at=clock.real_now())
        later()
    forum.reply(topic, bea(), "And again")
    assert not mails()


@pytest.mark.django_db(transaction=True)
def test_two_workers_mail_once() -> None:
    topic = forum.topic()
    forum.reply(topic)
    outbox.deliver_due()
    at_once(mailing.send_due, mailing.send_due)
    outbox.deliver_due()
    assert [each.to for each in mail.outbox] == [["ada@example.org"]]


def quiet_path(found: EmailMultiAlternatives) -> str:
    return str(found.extra_headers["List-Unsubscribe"]).strip("<>").partition("://")[2].partition("/")[2]


def test_one_click_ends_the_mails_of_a_topic_without_signing_in() -> None:
    topic = forum.topic()
    forum.reply(topic)
    (found,) = mails()
    path = "/" + quiet_path(found)
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.get(path).status_code == 200
    assert Subscription.objects.get(member=topic.author, topic=topic).kind == "watch"
    assert stranger.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Subscription.objects.get(member=topic.author, topic=topic).kind == "digest"
    later()
    forum.reply(topic, bea(), "More")
    assert not mails()


@pytest.mark.parametrize("follows_both", [False, True])
def test_one_click_ends_the_mails_of_the_topic_that_it_was_merged_into(*, follows_both: bool) -> None:
    topic, into = forum.topic(), forum.topic(bea(), "The same matter")
    ada = topic.author
    if follows_both:
        following.follow(member=ada, target=into, kind="watch")
    forum.reply(topic)
    (found,) = (each for each in mails() if each.to == ["ada@example.org"])
    moderating.merge(by=forum.team(), topic=topic, into=into, reason="The same matter")
    assert "The same matter" in mails()[0].body  # what was decided
    assert Subscription.objects.get(member=ada, topic=into).kind == "watch"
    Client().post("/" + quiet_path(found), {"List-Unsubscribe": "One-Click"})
    row = Subscription.objects.get(member=ada, topic=into)
    assert (row.kind, row.is_chosen) == ("digest", True)
    assert Subscription.objects.filter(member=ada, topic=topic).count() == follows_both  # the mark of the old one
    later()
    forum.reply(into, bea(), "More")
    assert not [each for each in mails() if each.to == ["ada@example.org"]]


@pytest.mark.parametrize("kind", ["muted", "read"])
def test_one_click_loosens_nothing_that_was_chosen_stricter(kind: str) -> None:
    topic = forum.topic()
    forum.reply(topic)
    (found,) = mails()
    following.follow(member=topic.author, target=topic, kind=kind)
    Client().post("/" + quiet_path(found), {"List-Unsubscribe": "One-Click"})
    assert Subscription.objects.get(member=topic.author, topic=topic).kind == kind


def test_one_click_in_a_mail_about_a_mention_ends_those() -> None:
    carl = forum.member("carl@example.org", "Carl", handle="carl")
    forum.topic(text="@carl look")
    (found,) = mails()
    Client().post("/" + quiet_path(found))
    carl.refresh_from_db()
    assert not carl.mails_mentions


def test_the_page_of_the_link_ends_everything_on_wish() -> None:
    topic = forum.topic()
    forum.reply(topic)
    (found,) = mails()
    Client().post("/" + quiet_path(found), {"what": "all"})
    topic.author.refresh_from_db()
    assert topic.author.mails_nothing


def test_another_mails_secret_ends_nothing() -> None:
    topic, other = forum.topic(), forum.topic(bea(), "Another matter")
    forum.reply(topic)
    forum.reply(other, forum.member())
    paths = ["/" + quiet_path(each) for each in mails()]
    crossed = paths[0].rsplit("/", 2)[0] + "/" + paths[1].split("/")[-2] + "/"
    assert Client().post(crossed).status_code == 410
    assert set(Subscription.objects.values_list("kind", flat=True)) == {"watch"}


def test_the_page_shows_ones_own_news_alone(client: Client) -> None:
    topic = forum.topic()
    forum.reply(topic)
    outbox.deliver_due()
    assert client.get("/community/me/news/").status_code == 302
    client.force_login(Person.objects.get(email="bea@example.org"))
    assert topic.title not in client.get("/community/me/news/").content.decode()
    client.force_login(Person.objects.get(email="ada@example.org"))
    assert topic.title in client.get("/community/me/news/").content.decode()
    assert reading.unread(topic.author) == 1
    client.post("/community/me/news/read/")
    assert reading.unread(topic.author) == 0
    assert not mails()


def test_the_mail_speaks_the_readers_language() -> None:
    topic = forum.topic()
    Person.objects.filter(email="ada@example.org").update(language="de")
    forum.reply(topic, bea())
    (found,) = mails()
    assert "Bea schreibt" in found.body


def test_a_post_of_somebody_else_cannot_bring_markup_or_heads_into_the_mail() -> None:
    evil = forum.member("eve@example.com", "Eve")
    Member.objects.filter(pk=evil.pk).update(name="Eve\r\nBcc: all@example.org")
    topic = forum.topic()
    forum.reply(topic, evil, "<script>alert(1)</script> [here](/community/t/1/x/)")
    (found,) = mails()
    assert "<script" not in str(found.alternatives[0][0])
    assert 'href="/' not in str(found.alternatives[0][0])
    assert "\n" not in found.from_email


def test_a_merged_topic_is_told_of_no_more() -> None:
    topic, into = forum.topic(), forum.topic(title="The same matter")
    forum.reply(topic)
    outbox.deliver_due()
    Topic.objects.filter(pk=topic.pk).update(merged_into=into)
    assert not mails()
