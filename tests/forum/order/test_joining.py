"""Merging and splitting: no post lost or doubled, addresses and subscriptions kept."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontdesk.support.forum import accepting, changing, following, liking, moderating, order_forms, selectors, writing
from frontdesk.support.forum.models import Member, MovedPost, Post, Subscription, Topic
from frontdesk.support.forum.moderating import joining
from frontdesk.support.forum.order_errors import NotAllowed, NothingToSplit, TopicsNotMergeable
from tests.support import order
from tests.support.order import Level
from tests.support.races import Beside, at_once

pytestmark = pytest.mark.django_db
WHY = "The same question"
SPLIT = "Another matter"


def texts(topic: Topic) -> list[str]:
    return list(Post.objects.filter(topic=topic).order_by("number").values_list("text", flat=True))


def where(number: int, post: int) -> Post | None:
    """Where a post stands now that once stood in topic `number` at place `post`."""
    found = MovedPost.objects.filter(topic__number=number, number=post).select_related("post__topic").first()
    return found.post if found else None


def numbers(topic: Topic) -> list[int]:
    return list(Post.objects.filter(topic=topic).order_by("number").values_list("number", flat=True))


def test_merging_appends_by_time_and_leads_old_addresses() -> None:
    kim, ada, bob = order.moderator(), order.member("ada"), order.member("bob")
    one, two = order.topic(ada, text="a1"), order.topic(bob, text="b1")
    a2, b2 = order.post(one, bob, "a2"), order.post(two, ada, "b2")
    left = moderating.merge(by=kim, topic=two, into=one, reason=WHY)
    assert texts(left) == ["a1", "a2", "b1", "b2"]
    assert numbers(left) == [1, 2, 3, 4]
    assert a2.pk == Post.objects.get(topic=one, number=2).pk
    assert where(two.number, 2) == b2
    assert where(one.number, 2) is None
    two.refresh_from_db()
    left.refresh_from_db()
    assert (two.merged_into, two.post_count, left.post_count, left.last_number) == (one, 0, 4, 4)
    said = writing.reply(member=ada, topic=two, text="Still here?", client_id=uuid4())
    assert said.topic_id == one.pk


def test_subscriptions_keep_the_stronger() -> None:
    kim, ada = order.moderator(), order.member("ada")
    one, two = order.topic(ada), order.topic(ada, text="b1")
    kinds = [("watch", "digest", "watch"), ("digest", "watch", "watch"), ("read", "muted", "muted"),
             (None, "watch", "watch"), ("digest", None, "digest"), ("muted", "read", "muted")]  # fmt: skip
    for number, (target, source, _kept) in enumerate(kinds):
        who = order.member(f"m{number}")
        for topic, kind in ((one, target), (two, source)):
            if kind:
                Subscription.objects.create(member=who, topic=topic, kind=kind, last_number=1, mailed_number=1)
    moderating.merge(by=kim, topic=two, into=one, reason=WHY)
    rows = {row.member.handle: row for row in Subscription.objects.filter(topic=one).select_related("member")}
    assert [rows[f"m{number}"].kind for number in range(len(kinds))] == [kept for _t, _s, kept in kinds]
    assert [rows[f"m{n}"].last_number for n in (0, 3)] == [1, 0]
    assert {row.mailed_number for row in rows.values()} == {2}
    assert set(Subscription.objects.filter(topic=two).values_list("kind", flat=True)) == {"read"}


def test_the_accepted_answer_of_the_one_that_stays() -> None:
    kim, ada, bob = order.moderator(), order.member("ada"), order.member("bob")
    one, two, three = (order.topic(ada, text=f"q{n}") for n in range(3))
    answer = order.post(two, bob)
    accepting.accept(member=ada, post=answer)
    left = moderating.merge(by=kim, topic=two, into=one, reason=WHY)
    left.refresh_from_db()
    assert left.accepted == answer
    other = order.post(three, bob)
    accepting.accept(member=ada, post=other)
    moderating.merge(by=kim, topic=three, into=one, reason=WHY)
    left.refresh_from_db()
    bob.refresh_from_db()
    assert left.accepted == answer
    assert bob.accepted_count == 1


def test_what_cannot_be_merged() -> None:
    kim, ada = order.moderator(), order.member("ada")
    one, two, three = (order.topic(ada, text=f"q{n}") for n in range(3))
    with pytest.raises(TopicsNotMergeable):
        moderating.merge(by=kim, topic=one, into=one, reason=WHY)
    moderating.merge(by=kim, topic=two, into=one, reason=WHY)
    with pytest.raises(TopicsNotMergeable):
        moderating.merge(by=kim, topic=two, into=three, reason=WHY)
    with pytest.raises(TopicsNotMergeable):
        moderating.merge(by=kim, topic=one, into=two, reason=WHY)
    assert moderating.merge(by=kim, topic=three, into=two, reason=WHY) == one
    with pytest.raises(NotAllowed):
        moderating.merge(by=order.member("rex", Level.REGULAR), topic=one, into=order.topic(ada), reason=WHY)


def test_chains_of_merges_end_at_the_last() -> None:
    kim, ada = order.moderator(), order.member("ada")
    one, two, three = (order.topic(ada, text=f"q{n}") for n in range(3))
    moderating.merge(by=kim, topic=one, into=two, reason=WHY)
    moderating.merge(by=kim, topic=two, into=three, reason=WHY)
    assert {topic.merged_into_id for topic in Topic.objects.exclude(pk=three.pk)} == {three.pk}
    first = where(one.number, 1)
    assert first is not None
    assert (first.topic, first.text) == (three, "q0")


def test_splitting_posts_off() -> None:
    kim, ada, bob = order.moderator(), order.member("ada"), order.member("bob")
    topic = order.topic(ada, text="1")
    posts = [order.post(topic, who, str(n)) for n, who in enumerate((bob, ada, bob), start=2)]
    accepting.accept(member=ada, post=posts[0])
    following.follow(member=bob, target=topic, kind="watch")
    made = moderating.split(
        by=kim, topic=topic, posts=[posts[0].pk, posts[2].pk, uuid4()], title="Another matter", reason=WHY
    )
    assert (texts(topic), texts(made)) == (["1", "3"], ["2", "4"])
    assert (made.author, numbers(made), made.category) == (bob, [1, 2], topic.category)
    topic.refresh_from_db()
    assert (topic.post_count, topic.accepted) == (2, None)
    assert where(topic.number, 4) == posts[2]
    assert Subscription.objects.get(member=bob, topic=made).kind == "watch"
    assert Subscription.objects.get(member=bob, topic=topic).kind == "watch"
    first = Post.objects.get(topic=topic, number=1)
    for chosen in ([], [first.pk], [posts[0].pk]):
        with pytest.raises(NothingToSplit):
            moderating.split(by=kim, topic=topic, posts=chosen, title="Nothing at all", reason=WHY)


@pytest.mark.parametrize("begins", [True, False])
def test_an_answer_that_is_split_off_solves_where_it_stands(begins: bool) -> None:
    kim, ada, bob = order.moderator(), order.member("ada"), order.member("bob")
    topic = order.topic(ada)
    asked, answer = order.post(topic, ada, "And this?"), order.post(topic, bob, "Restart it.")
    accepting.accept(member=ada, post=answer)
    solved_at = Topic.objects.get(pk=topic.pk).solved_at
    chosen = [answer.pk] if begins else [asked.pk, answer.pk]
    made = moderating.split(by=kim, topic=topic, posts=chosen, title="Another matter", reason=WHY)
    topic.refresh_from_db()
    made.refresh_from_db()
    assert (topic.accepted, topic.solved_at) == (None, None)
    assert (made.accepted, made.solved_at) == ((None, None) if begins else (answer, solved_at))
    bob.refresh_from_db()
    assert bob.accepted_count == (0 if begins else 1)


@pytest.mark.django_db(transaction=True)
def test_merging_while_somebody_replies() -> None:
    kim, ada, bob = order.moderator(), order.member("ada"), order.member("bob")
    one, two = order.topic(ada, text="q0"), order.topic(ada, text="q1")
    outcomes = at_once(
        lambda: moderating.merge(by=kim, topic=two, into=one, reason=WHY),
        lambda: writing.reply(member=bob, topic=two, text="I know the answer.", client_id=uuid4()),
        lambda: writing.reply(member=ada, topic=one, text="Anybody out there?", client_id=uuid4()),
    )
    assert not [each for each in outcomes if isinstance(each, Exception)]
    one.refresh_from_db()
    assert sorted(texts(one)) == ["Anybody out there?", "I know the answer.", "q0", "q1"]
    assert (one.post_count, texts(two)) == (4, [])


@pytest.mark.django_db(transaction=True)
def test_merging_both_ways_at_once() -> None:
    kim, max_, ada = order.moderator(), order.moderator("max"), order.member("ada")
    one, two = order.topic(ada, text="q0"), order.topic(ada, text="q1")
    outcomes = at_once(
        lambda: moderating.merge(by=kim, topic=two, into=one, reason=WHY),
        lambda: moderating.merge(by=max_, topic=one, into=two, reason=WHY),
    )
    assert sorted(type(each).__name__ for each in outcomes) == ["Topic", "TopicsNotMergeable"]
    assert Topic.objects.filter(merged_into=None).count() == 1
    left = Topic.objects.get(merged_into=None)
    assert sorted(texts(left)) == ["q0", "q1"]


STEPS = st.lists(
    st.tuples(st.sampled_from(["merge", "split", "reply"]), st.integers(0, 9), st.integers(0, 9), st.integers(1, 7)),
    max_size=8,
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_no_post_is_lost_or_doubled(steps: list[tuple[str, int, int, int]]) -> None:
    from django.db import transaction

    with transaction.atomic():
        _play(steps)
        transaction.set_rollback(True)


def _play(steps: list[tuple[str, int, int, int]]) -> None:
    kim, ada = order.moderator(), order.imported("ada")
    for number in range(3):
        topic = order.topic(ada, text=f"q{number}")
        order.post(topic, order.imported(f"m{number}"), f"a{number}")
        Subscription.objects.create(member=kim, topic=topic, kind="watch")
    known = {(post.topic.number, post.number): post.pk for post in Post.objects.select_related("topic")}
    for what, one, other, bits in steps:
        _step(kim, ada, what, one, other, bits)
        for post in Post.objects.select_related("topic"):
            known.setdefault((post.topic.number, post.number), post.pk)
        _check(known, kim)


def _step(kim: Member, ada: Member, what: str, one: int, other: int, bits: int) -> None:
    topics = list(Topic.objects.order_by("number"))
    topic, second = topics[one % len(topics)], topics[other % len(topics)]
    posts = list(Post.objects.filter(topic=topic).order_by("number"))
    try:
        if what == "merge":
            moderating.merge(by=kim, topic=topic, into=second, reason=WHY)
        elif what == "split":
            chosen = [post.pk for place, post in enumerate(posts) if bits >> place & 1]
            moderating.split(by=kim, topic=topic, posts=chosen, title=SPLIT, reason=WHY)
        elif topic.merged_into_id is None:
            order.post(topic, ada, f"r{Post.objects.count()}")
    except (TopicsNotMergeable, NothingToSplit, NotAllowed):
        pass


def _check(known: dict[tuple[int, int], Any], kim: Member) -> None:
    said = list(Post.objects.values_list("text", flat=True))
    assert len(said) == len(set(said)) == len(set(known.values()))
    for (topic, number), pk in known.items():
        stands = Post.objects.filter(topic__number=topic, number=number).first() or where(topic, number)
        assert stands is not None
        assert stands.pk == pk
    for topic_ in Topic.objects.all():
        places = numbers(topic_)
        assert len(places) == len(set(places))
        assert topic_.post_count == len(places)
        assert not (topic_.merged_into_id and places)
        assert max(places, default=0) <= topic_.last_number
        if topic_.merged_into_id is None and topic_.title != SPLIT:
            assert Subscription.objects.get(member=kim, topic=topic_).kind == "watch"
    assert MovedPost.objects.values("topic", "number").distinct().count() == MovedPost.objects.count()


def test_the_last_posts_of_a_long_topic_are_on_offer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_forms, "MOST_SPLIT", 3)
    kim = order.moderator()
    topic = order.topic(order.member("ada"))
    posts = [order.post(topic, order.member("bob") if n == 0 else kim, str(n)) for n in range(5)]
    form = order_forms.SplitForm(reader=selectors.reader_for(kim), subject=topic)
    offered = [str(each.data["value"]) for each in form["posts"]]
    assert offered == [str(post.pk) for post in posts[2:]]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verb", ["like", "delete", "accept", "hide"])
def test_whoever_waits_for_where_a_post_went_holds_nothing_where_it_was(verb: str, beside: Beside) -> None:
    kim, ada, bob = order.moderator(), order.member("ada"), order.member("bob")
    topic = order.topic(ada)
    stale = order.post(topic, bob, "moved")
    deeds: dict[str, Callable[[], object]] = {
        "like": lambda: liking.like(member=ada, post=stale),
        "delete": lambda: changing.delete(member=bob, post=stale),
        "accept": lambda: accepting.accept(member=kim, post=stale),
        "hide": lambda: moderating.hide(by=kim, post=stale, reason=WHY),
    }
    new = moderating.split(by=kim, topic=topic, posts=[stale.pk], title=SPLIT, reason=WHY)
    assert stale.topic_id == topic.pk  # as a page that was opened before knows it
    with transaction.atomic():
        Topic.objects.select_for_update().get(pk=new.pk)
        deed = beside(deeds[verb])
        Topic.objects.select_for_update(nowait=True).get(pk=topic.pk)
    refused = deed.exception(timeout=30)
    assert isinstance(refused, NotAllowed) if verb == "accept" else refused is None  # it begins the new one


def test_a_mark_of_what_was_read_may_come_between(monkeypatch: pytest.MonkeyPatch) -> None:
    kim, ada, bob = order.moderator(), order.member("ada"), order.member("bob")
    one, two = order.topic(ada), order.topic(ada, text="b1")
    Subscription.objects.create(member=bob, topic=two, kind="watch", is_chosen=True)
    moves = joining._is_moved

    def late(row: Subscription, target: Topic) -> bool:
        if row.member_id == bob.pk:
            following.mark_read(bob, target, 1)
        return moves(row, target)

    monkeypatch.setattr(joining, "_is_moved", late)
    moderating.merge(by=kim, topic=two, into=one, reason=WHY)
    kept = Subscription.objects.get(topic=one, member=bob)
    assert (kept.kind, kept.is_chosen, kept.last_number, kept.mailed_number) == ("watch", True, 1, 2)
