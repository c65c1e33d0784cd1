"""What each level and role may do, and what binds even them."""

from datetime import timedelta

import pytest

from frontdesk.accounts.roles import Role
from frontdesk.core import clock
from frontdesk.support.forum import rights
from frontdesk.support.forum.models import Category, EditLock, Post
from frontdesk.support.forum.order_errors import NotAllowed
from tests.support import order
from tests.support.order import Level

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("what", list(rights.RIGHTS))
def test_each_right_begins_at_its_level_or_role(what: str) -> None:
    right = rights.RIGHTS[what]
    topic = order.topic(order.member("zoe"))
    for level in Level:
        verdict = rights.may(order.member(f"m{level}", level), what)
        assert verdict.is_allowed == (right.level is not None and level >= right.level)
        assert verdict or verdict.why
    assert rights.may(order.moderator("kim", Role.AGENT), what, topic).is_allowed == (right.role == Role.AGENT)
    assert rights.may(order.moderator("max", Role.MANAGER), what, topic)
    assert not rights.may(None, what)


def test_members_change_only_what_is_theirs() -> None:
    ada, bob, kim = order.member("ada"), order.member("bob", Level.LEADER), order.moderator()
    topic = order.topic(ada)
    post = order.post(topic, ada)
    assert rights.may(ada, "edit", post)
    assert rights.may(ada, "accept", topic)
    assert rights.may(ada, "rename", topic)
    assert not rights.may(ada, "like", post)
    assert not rights.may(ada, "flag", post)
    for what in ("edit", "delete"):
        assert not rights.may(bob, what, post)
        assert rights.may(kim, what, post)
    assert not rights.may(bob, "accept", topic)
    assert rights.may(bob, "like", post)
    EditLock.objects.create(post=post, since=clock.now())
    assert not rights.may(ada, "edit", post)
    assert rights.may(kim, "edit", post)


def test_locked_hidden_and_merged_topics() -> None:
    ada, bob, leader, kim = (
        order.member("ada"),
        order.member("bob"),
        order.member("lea", Level.LEADER),
        order.moderator(),
    )
    topic = order.topic(ada, locked_at=clock.now())
    assert [bool(rights.may(each, "reply", topic)) for each in (ada, bob, leader, kim)] == [False, False, True, True]
    assert not rights.may(ada, "edit", topic.posts.get())
    hidden = order.topic(ada, hidden_at=clock.now())
    assert not rights.may(bob, "reply", hidden)
    merged = order.topic(ada, merged_into=topic)
    assert not rights.may(kim, "reply", merged)
    with pytest.raises(NotAllowed):
        rights.may(bob, "reply", merged).require()


def test_silenced_and_banned_read_and_take_back() -> None:
    silent = order.member("ada", Level.LEADER, silenced_until=clock.now() + timedelta(hours=1))
    banned = order.member("bob", Level.LEADER, banned_at=clock.now())
    for each in (silent, banned):
        post = order.post(order.topic(each), each)
        assert [what for what in rights.RIGHTS if rights.may(each, what, post)] == ["delete", "link", "weigh"]
    over = order.member("cleo", silenced_until=clock.now() - timedelta(seconds=1))
    assert rights.may(over, "reply")


def test_leaders_stay_within_what_everybody_reads() -> None:
    leader, other, kim = order.member("lea", Level.LEADER), order.member("leo", Level.LEADER), order.moderator()
    ada = order.member("ada")
    owners = order.category("owners", reads=Category.Who.OWNERS)
    mine, teams, private = order.topic(ada), order.topic(kim), order.topic(ada, category=owners)
    assert rights.may(leader, "hide", order.post(mine, ada))
    assert not rights.may(leader, "hide", order.post(mine, kim))
    assert not rights.may(leader, "lock", teams)
    assert not rights.may(leader, "rename", teams)
    assert not rights.may(leader, "hide", order.post(private, ada))
    assert rights.may(leader, "silence", ada)
    assert not any(rights.may(leader, "silence", each) for each in (leader, other, kim))


def test_only_the_team_begins_where_only_the_team_begins() -> None:
    news = order.category("news", begins=Category.Who.STAFF)
    assert not rights.may(order.member(), "begin", news)
    assert rights.may(order.moderator(), "begin", news)


def test_nobody_likes_what_is_not_shown() -> None:
    ada, bob = order.member("ada"), order.member("bob")
    post = order.post(order.topic(ada), ada, state=Post.State.HIDDEN)
    assert not rights.may(bob, "like", post)
