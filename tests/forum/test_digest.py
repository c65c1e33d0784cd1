"""The digest: when it is due, what stands in it, and that it comes once."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from frontdesk.accounts.models import Person
from frontdesk.core import clock, outbox
from frontdesk.support.forum import following, members
from frontdesk.support.forum.models import Category, Member, NewsMail
from frontdesk.support.forum.notifying import digesting
from tests.support import forum
from tests.support.races import at_once

pytestmark = pytest.mark.django_db


class Hand:
    ahead = timedelta()


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Hand:
    """Business time that the test moves."""
    moved = Hand()
    monkeypatch.setattr(clock, "offset", lambda: moved.ahead)
    return moved


def digests() -> list[EmailMultiAlternatives]:
    before = len(mail.outbox)
    digesting.send_due()
    outbox.deliver_due()
    found = [each for each in mail.outbox[before:] if isinstance(each, EmailMultiAlternatives)]
    return [each for each in found if "What is new" in each.subject]


def only(member: Member) -> None:
    """Nobody else gets digests."""
    Member.objects.exclude(pk=member.pk).update(digest_at=None)


def test_it_comes_after_a_week_with_what_is_new(hand: Hand) -> None:
    carl = forum.member("carl@example.org", "Carl")
    topic = forum.topic()
    only(carl)
    hand.ahead = timedelta(days=6)
    assert not digests()
    hand.ahead = timedelta(days=7, minutes=1)
    (found,) = digests()
    assert found.to == ["carl@example.org"]
    assert topic.title in found.body
    assert found.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert not digests()


def test_nothing_new_is_no_mail_and_the_next_is_due_all_the_same(hand: Hand) -> None:
    carl = forum.member("carl@example.org", "Carl")
    hand.ahead = timedelta(days=8)
    assert not digests()
    carl.refresh_from_db()
    assert carl.digest_at is not None
    assert carl.digest_at > clock.now() + timedelta(days=6)


def test_after_a_year_there_is_one(hand: Hand) -> None:
    carl = forum.member("carl@example.org", "Carl")
    hand.ahead = timedelta(days=365)
    forum.topic()
    only(carl)
    assert len(digests()) == 1
    assert NewsMail.objects.count() == 1


@pytest.mark.parametrize("days", [0, 1, 30])
def test_how_often_is_theirs_to_choose(hand: Hand, days: int) -> None:
    carl = members.choose_mails(member=forum.member("carl@example.org", "Carl"), digest_days=days, mentions=True)
    forum.topic()
    only(carl)
    hand.ahead = timedelta(days=days, minutes=-1)
    assert not digests()
    hand.ahead = timedelta(days=days, minutes=61)
    assert len(digests()) == (1 if days else 0)


def test_what_is_muted_read_or_not_theirs_to_read_is_left_out(hand: Hand) -> None:
    carl = forum.member("carl@example.org", "Carl")
    muted, read, kept = (forum.topic(title=f"This is the {name} one") for name in ("muted", "read", "kept"))
    secret = forum.topic(title="This is the secret one", category_=forum.category("secret"))
    Category.objects.filter(slug="secret").update(reads=Category.Who.STAFF)
    following.follow(member=carl, target=muted, kind="muted")
    following.mark_read(carl, read, 1)
    only(carl)
    hand.ahead = timedelta(days=8)
    (found,) = digests()
    assert kept.title in found.body
    assert not any(each.title in found.body for each in (muted, read, secret))


def test_the_most_liked_stands_first(hand: Hand) -> None:
    carl = forum.member("carl@example.org", "Carl")
    plain, liked = forum.topic(title="A plain one"), forum.topic(title="A liked one")
    liked.posts.update(like_count=3)
    only(carl)
    hand.ahead = timedelta(days=8)
    (found,) = digests()
    assert found.body.index(liked.title) < found.body.index(plain.title)


def test_experts_see_questions_in_their_language_that_wait(hand: Hand) -> None:
    carl = forum.member("carl@example.org", "Carl")
    english, german = forum.topic(title="Who knows this?"), forum.topic(title="Wer weiß das?", language="de")
    Person.objects.filter(email="carl@example.org").update(language="en")
    for topic in (english, german):
        following.mark_read(carl, topic, 1)
    only(carl)
    hand.ahead = timedelta(days=8)
    assert not digests()
    Member.objects.filter(pk=carl.pk).update(accepted_count=1, digest_at=clock.now())
    (found,) = digests()
    assert english.title in found.body
    assert german.title not in found.body


def test_it_speaks_the_readers_language(hand: Hand) -> None:
    carl = forum.member("carl@example.org", "Carl")
    forum.topic()
    Person.objects.filter(email="carl@example.org").update(language="de")
    only(carl)
    hand.ahead = timedelta(days=8)
    digesting.send_due()
    outbox.deliver_due()
    assert [each.subject for each in mail.outbox] == ["Neues in der Halcyon-Community"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_write_one(hand: Hand) -> None:
    carl = forum.member("carl@example.org", "Carl")
    forum.topic()
    only(carl)
    hand.ahead = timedelta(days=8)
    at_once(digesting.send_due, digesting.send_due)
    assert NewsMail.objects.count() == 1
