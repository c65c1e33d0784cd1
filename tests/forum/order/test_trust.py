"""Trust levels, experts, and what is looked at once something was posted."""

from datetime import timedelta
from uuid import uuid4

import pytest

from frontdesk.accounts.models import Message as Letter
from frontdesk.core import clock
from frontdesk.core.models import AuditEntry
from frontdesk.support.forum import accepting, changing, experts, liking, moderating, trust, writing
from frontdesk.support.forum.holding import watching
from frontdesk.support.forum.models import Decision, EditLock, Expertise, Flag, Member, Post, Subscription, Topic, Trace
from frontdesk.support.forum.moderating.people import UNTIL_LOOKED
from frontdesk.support.forum.order_errors import NotAllowed
from frontdesk.support.forum.trust import Record
from tests.support import order
from tests.support.order import Level

pytestmark = pytest.mark.django_db

BASIC = Record(days=2, read=5, posts=1)
MEMBER = Record(days=15, read=20, posts=10, liked=3)
REGULAR = Record(days=50, read=100, posts=50, liked=20, accepted=3, reports=1)


@pytest.mark.parametrize(
    ("record", "current", "level"),
    [
        (Record(), 0, 0),
        (Record(days=1, read=500, posts=500), 0, 0),
        (BASIC, 0, 1),
        (MEMBER, 0, 2),
        (REGULAR, 1, 3),
        (REGULAR, 4, 4),
        (Record(), 2, 2),
        (Record(**{**vars(MEMBER), "reported": 2}), 2, 2),
        (Record(**{**vars(MEMBER), "reported": 3}), 2, 1),
        (Record(**{**vars(MEMBER), "reported": 3}), 1, 1),
        (Record(**{**vars(MEMBER), "reported": 6}), 2, 0),
        (Record(**{**vars(REGULAR), "reported": 3}), 4, 2),
        (Record(**{**vars(REGULAR), "reported": 99}), 4, 0),
    ],
)
def test_what_level_a_record_deserves(record: Record, current: int, level: int) -> None:
    assert trust.reckon(record, current) == level


def test_the_sweep_reckons_what_members_did() -> None:
    nia = order.member("nia", Level.NEW, days_seen=2)
    fixed = order.member("fay", Level.NEW, days_seen=2, level_fixed=True)
    ada = order.member("ada")
    topics = [order.topic(ada, text=f"q{n}") for n in range(5)]
    for who in (nia, fixed):
        order.post(topics[0], who)
        for topic in topics:
            Subscription.objects.create(member=who, topic=topic, kind="read", last_number=1)
    assert trust.sweep() == 1
    assert trust.sweep() == 0
    nia.refresh_from_db()
    fixed.refresh_from_db()
    assert (nia.level, nia.topics_read, fixed.level) == (1, 5, 0)
    assert AuditEntry.objects.get(action="member.advanced").person == nia.person_id


def test_reports_that_were_right_cost_a_level_until_they_are_past() -> None:
    bob, kim = order.member("bob", Level.BASIC), order.moderator()
    topic = order.topic(order.member("ada"))
    for number in range(3):
        post = order.post(topic, bob, f"Rude {number}")
        Flag.objects.create(
            post=post, member=kim, kind="rude", created_at=clock.now(), decided_at=clock.now(), was_right=True
        )
    assert trust.sweep() == 1
    bob.refresh_from_db()
    assert bob.level == 0
    assert "Several of your posts" in Letter.objects.get(person=bob.person).text
    Flag.objects.update(decided_at=clock.now() - timedelta(days=91))
    Member.objects.filter(pk=bob.pk).update(days_seen=9)
    assert trust.record_of(bob).reported == 0


def test_a_day_is_counted_once() -> None:
    ada = order.member("ada")
    for _ in range(2):
        trust.seen(ada)
        trust.seen(Member.objects.get(pk=ada.pk))
    assert Member.objects.get(pk=ada.pk).days_seen == 1


def test_experts_are_who_others_thank() -> None:
    studio = order.category("studio")
    bob = order.member("bob")
    for number in range(3):
        asker = order.member(f"asker{number}")
        topic = order.topic(asker, category=studio)
        accepting.accept(member=asker, post=order.post(topic, bob))
    own = order.topic(bob, category=studio)
    accepting.accept(member=bob, post=order.post(own, bob))
    assert vars_of(bob) == (3, 0)
    assert experts.lines(studio, [bob.pk]) == {bob.pk: "answered 3 questions about Studio"}
    assert [each.member for each in experts.listed([studio])] == [bob]
    assert [each.member for each in experts.to_ask(studio, [])] == [bob]
    assert experts.to_ask(studio, [bob.pk]) == []
    experts.choose(member=bob, shown=False)
    assert experts.listed([studio]) == []
    assert experts.lines(studio, [bob.pk]) == {}


def vars_of(member: Member) -> tuple[int, int]:
    row = Expertise.objects.filter(member=member).first()
    return (row.accepted, row.liked) if row else (0, 0)


def test_the_same_two_count_once_a_month() -> None:
    ada, bob, new = order.member("ada"), order.member("bob"), order.member("nia", Level.NEW)
    for _ in range(3):
        topic = order.topic(ada)
        post = order.post(topic, bob)
        liking.like(member=ada, post=post)
        liking.like(member=new, post=post)
        accepting.accept(member=ada, post=post)
    experts.reckon()
    assert vars_of(bob) == (1, 0)
    Topic.objects.filter(pk=topic.pk).update(solved_at=clock.now() - timedelta(days=40))
    experts.reckon()
    assert vars_of(bob) == (2, 0)


def test_the_team_is_not_among_the_experts() -> None:
    ada, kim = order.member("ada"), order.moderator()
    accepting.accept(member=ada, post=order.post(order.topic(ada), kim))
    assert experts.listed([order.category()]) == []


def test_what_is_taken_back_counts_no_more() -> None:
    ada, bob = order.member("ada"), order.member("bob")
    topic = order.topic(ada)
    accepting.accept(member=ada, post=order.post(topic, bob))
    assert vars_of(bob) == (1, 0)
    accepting.unaccept(member=ada, topic=topic)
    assert vars_of(bob) == (0, 0)


def test_a_flood_of_a_newcomer_is_stopped() -> None:
    nia, topic = order.member("nia", Level.NEW), order.topic(order.member("ada"))
    for number in range(4):
        post = writing.reply(member=nia, topic=topic, text=f"Buy at cheap{number}.com now", client_id=uuid4())
        assert post.state == Post.State.WAITING
    nia.refresh_from_db()
    assert nia.silenced_until is None
    from frontdesk.core import throttle
    from frontdesk.core.throttle import Limit

    throttle.clear(Limit("forum minute", 1, 60), str(nia.pk))
    writing.reply(member=nia, topic=topic, text="Buy at cheap99.com now", client_id=uuid4())
    nia.refresh_from_db()
    assert nia.silenced_until == UNTIL_LOOKED
    assert Decision.objects.get(what="member.silenced").by is None
    assert "Several of your posts wait" in Letter.objects.get(person=nia.person).text


def test_who_is_named_in_edits_is_spared_a_storm_as_well() -> None:
    topic = order.topic(order.member("ada"))
    news = [order.member(f"n{number}", Level.NEW) for number in range(5)]
    mine = [order.post(topic, new, f"It hums at {new.handle}'s.") for new in news]
    for new, post in zip(news[:4], mine, strict=False):
        edited = changing.edit(member=new, post=post, text=f"@ada, it hums at {new.handle}'s.")
        assert edited.state == Post.State.VISIBLE
        changing.edit(member=new, post=edited, text=f"@ada, it hums at {new.handle}'s, and loudly.")
    assert Trace.objects.filter(kind="mention", key="ada").count() == 4  # once each
    last = changing.edit(member=news[4], post=mine[4], text="@ada, it hums here.")
    last.refresh_from_db()
    assert (last.state, last.waits_for) == (Post.State.WAITING, "storm")


def test_the_same_words_put_in_by_edits_wait() -> None:
    topic = order.topic(order.member("ada"))
    one, two = order.member("one", Level.NEW), order.member("two", Level.NEW)
    first, second = order.post(topic, one, "Hello."), order.post(topic, two, "Hello there.")
    words = "The very best of offers is waiting here."
    assert changing.edit(member=one, post=first, text=words).state == Post.State.VISIBLE
    assert changing.edit(member=one, post=first, text=f"{words}!").state == Post.State.VISIBLE
    assert changing.edit(member=two, post=second, text=words).waits_for == "same_words"


def test_what_a_moderator_writes_into_a_newcomers_post_is_no_trace_of_theirs() -> None:
    kim, nia = order.moderator(), order.member("nia", Level.NEW)
    post = order.post(order.topic(order.member("ada")), nia)
    changing.edit(member=kim, post=post, text="@ada wrote it, and nobody else.", reason="To the point")
    assert not Trace.objects.exists()


def test_traces_of_newcomers_are_kept_for_two_days() -> None:
    nia, ada = order.member("nia", Level.NEW), order.member("ada")
    topic = order.topic(ada)
    text = "Has anybody tried the other socket, @ada?"
    writing.reply(member=nia, topic=topic, text=text, client_id=uuid4())
    assert sorted(Trace.objects.values_list("kind", flat=True)) == ["mention", "words"]
    other = order.member("nat", Level.NEW)
    again = writing.reply(member=other, topic=topic, text=text, client_id=uuid4())
    assert again.waits_for == "same_words"
    assert watching.forget_old() == 0
    Trace.objects.update(created_at=clock.now() - timedelta(days=3))
    assert watching.forget_old() == 4


def test_an_edit_war_closes_the_editing() -> None:
    ada, rex, rae = order.member("ada"), order.member("rex", Level.REGULAR), order.member("rae", Level.REGULAR)
    topic = order.topic(ada)
    for number in range(6):
        moderating.rename(
            by=(rex, rae)[number % 2], topic=topic, title=f"Better title number {number}", reason="Better"
        )
    assert EditLock.objects.get().by is None
    with pytest.raises(NotAllowed):
        moderating.rename(by=rex, topic=topic, title="The very best title", reason="Better")
    assert moderating.rename(by=order.moderator(), topic=topic, title="The team's title", reason="Enough")
