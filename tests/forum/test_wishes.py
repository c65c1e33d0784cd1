"""Which mails members want, and that none goes where nothing arrives."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from frontdesk.accounts.models import Message as Letter
from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.core.models import AuditEntry
from frontdesk.support.forum import following, members
from frontdesk.support.forum.models import Member, News, NewsMail, Subscription
from frontdesk.support.forum.moderating import joining
from frontdesk.support.forum.notifying import digesting, reaching
from tests.support import forum
from tests.support.news import later, mails

pytestmark = pytest.mark.django_db


def bea() -> Member:
    return forum.member("bea@example.org", "Bea")


def test_no_mails_at_all_are_none_whatever_one_follows_or_writes() -> None:
    ada = forum.member(handle="ada")
    members.choose_mails(member=ada, digest_days=7, mentions=True, nothing=True)
    following.follow(member=ada, target=forum.category(), kind="watch")
    topic = forum.topic(ada)
    forum.reply(topic, bea(), "@ada, look", answers=topic.posts.get())
    forum.topic(bea(), "Another matter")
    Member.objects.filter(pk=ada.pk).update(digest_at=clock.now() - timedelta(days=1))
    assert not mails()
    assert digesting.send_due() == 0
    assert News.objects.filter(member=ada).count() == 2
    members.choose_mails(member=ada, digest_days=7, mentions=True)
    forum.reply(topic, bea(), "Again")
    assert len(mails()) == 1


@pytest.mark.parametrize("kind", ["read", "digest"])
def test_a_topic_of_which_one_wants_no_mails_sends_none(kind: str) -> None:
    ada = forum.member(handle="ada")
    following.follow(member=ada, target=forum.category(), kind="watch")
    topic = forum.topic(bea(), "Another matter")
    assert len(mails()) == 1
    following.mark_read(ada, topic, 1)
    later()
    forum.reply(topic, bea(), "Read so far, and still wanted")
    assert len(mails()) == 1
    following.follow(member=ada, target=topic, kind=kind)
    later()
    forum.reply(topic, bea(), "More")
    forum.reply(topic, bea(), "@ada, look")
    assert not mails()
    forum.reply(topic, ada, "My word on it.")
    forum.reply(topic, bea(), "And mine")
    assert not mails()
    assert Subscription.objects.get(member=ada, topic=topic).kind == kind


def test_who_follows_and_wants_no_mails_is_told_so(client: Client) -> None:
    ada = forum.member()
    members.choose_mails(member=ada, digest_days=7, mentions=True, nothing=True)
    client.force_login(Person.objects.get(email="ada@example.org"))
    path = f"/community/t/{forum.topic(ada).number}/follow/"
    assert "so none comes" in client.post(path, {"kind": "watch"}, follow=True).content.decode()
    assert "so none comes" not in client.post(path, {"kind": "read"}, follow=True).content.decode()
    page = client.post("/community/me/", {"form": "mails", "digest_days": "7", "mentions": "on"}, follow=True)
    assert page.status_code == 200
    assert not Member.objects.get(pk=ada.pk).mails_nothing


def test_a_wish_for_no_mails_outlives_a_merge() -> None:
    ada, kim = forum.member(), forum.team()
    source, target = forum.topic(ada), forum.topic(bea(), "Another matter")
    following.follow(member=ada, target=target, kind="read")
    joining.merge(by=kim, topic=source, into=target, reason="The same matter")
    assert Subscription.objects.get(member=ada, topic=target).kind == "read"


def returned(member: Member) -> None:
    """The newest mails to them came back."""
    for _each in range(reaching.BOUNCES):
        letter = Letter.objects.create(
            reference=f"{uuid4()}"[:11], address="ada@example.org", template="forum/news", created_at=clock.now()
        )
        NewsMail.objects.create(
            member=member, internet_id=f"<{uuid4()}@x>", account_message=letter.pk, sent_at=clock.real_now(),
            bounced_at=clock.real_now(),
        )  # fmt: skip


def test_digests_do_not_go_where_nothing_arrives() -> None:
    ada = forum.member()
    forum.topic(bea(), "Another matter")
    Member.objects.filter(pk=ada.pk).update(digest_at=clock.now())
    Member.objects.exclude(pk=ada.pk).update(digest_at=None)
    returned(ada)
    sent = NewsMail.objects.count()
    assert digesting.send_due() == 1
    assert NewsMail.objects.count() == sent


def test_what_came_back_from_another_address_does_not_count() -> None:
    ada = forum.member()
    returned(ada)
    assert not reaching.reaches(ada)
    Person.objects.filter(member=ada).update(email="ada@new.example")
    assert reaching.reaches(Member.objects.get(pk=ada.pk))


def test_who_is_not_reached_reads_so_and_may_let_us_try_again(client: Client) -> None:
    ada = forum.member()
    client.force_login(Person.objects.get(email="ada@example.org"))
    assert "Our mails do not reach you" not in client.get("/community/me/").content.decode()
    returned(ada)
    assert "Our mails do not reach you" in client.get("/community/me/").content.decode()
    page = client.post("/community/me/", {"form": "again"}, follow=True).content.decode()
    assert "Our mails do not reach you" not in page
    assert reaching.reaches(Member.objects.get(pk=ada.pk))
    assert AuditEntry.objects.filter(action="member.mails_tried_again").count() == 1
