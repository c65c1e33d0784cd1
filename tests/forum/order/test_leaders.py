"""What leaders may not: overrule the team, judge themselves, go round a lock."""

from datetime import timedelta
from uuid import uuid4

import pytest

from frontdesk.support.forum import flags, moderating, order_deeds, rights, writing
from frontdesk.support.forum.models import EditLock, Member, Post
from frontdesk.support.forum.order_errors import NotAllowed
from tests import people
from tests.support import order
from tests.support.order import Level

pytestmark = pytest.mark.django_db
WHY = "It does not belong here"


@pytest.fixture
def kim() -> Member:
    return order.moderator()


@pytest.fixture
def lea() -> Member:
    return order.member("lea", Level.LEADER)


@pytest.fixture
def post() -> Post:
    return order.post(order.topic(order.member("ada")), order.member("bob"))


def test_what_waits_for_the_team_is_not_hidden_by_a_leader(kim: Member, lea: Member, post: Post) -> None:
    moderating.hide(by=kim, post=post, reason=WHY)
    flags.ask_again(member=post.author, post=post, text="Please read it once more.")
    with pytest.raises(NotAllowed):
        moderating.hide(by=lea, post=post, reason=WHY)
    post.refresh_from_db()
    assert post.state == Post.State.WAITING
    assert not EditLock.objects.exists()
    assert moderating.approve(by=kim, post=post, reason=WHY)


def test_nobody_judges_their_own_posts(lea: Member, post: Post) -> None:
    own = order.post(post.topic, lea, "I say so.")
    leo = order.member("leo", Level.LEADER)
    assert moderating.hide(by=leo, post=own, reason=WHY)
    with pytest.raises(NotAllowed):
        moderating.show(by=lea, post=own, reason=WHY)
    assert not order_deeds.offered(lea, Post.objects.select_related("author__person", "topic__category").get(pk=own.pk))
    assert moderating.show(by=leo, post=own, reason=WHY)


def test_a_deleted_post_is_no_leaders_business(lea: Member, post: Post) -> None:
    writing.delete(member=post.author, post=post)
    gone = Post.objects.select_related("author__person", "topic__category").get(pk=post.pk)
    assert not rights.may(lea, "hide", gone)
    assert not order_deeds.offered(lea, gone)


def test_a_leaders_own_on_top_opens_nothing_of_the_teams(kim: Member, lea: Member, post: Post) -> None:
    bob = post.author
    assert moderating.silence(by=kim, member=bob, reason=WHY, lasts=timedelta(hours=2))
    assert moderating.silence(by=lea, member=bob, reason=WHY, lasts=timedelta(days=1))
    with pytest.raises(NotAllowed):
        moderating.unsilence(by=lea, member=bob, reason=WHY)
    assert moderating.unsilence(by=kim, member=bob, reason=WHY)
    assert moderating.silence(by=lea, member=bob, reason=WHY)
    assert moderating.unsilence(by=lea, member=bob, reason=WHY)


def test_what_a_colleague_decided_who_has_left_stays_the_teams(kim: Member, lea: Member, post: Post) -> None:
    moderating.hide(by=kim, post=post, reason=WHY)
    person = order.person_of(kim)
    person.is_staff, person.role = False, ""
    person.save()
    with pytest.raises(NotAllowed):
        moderating.show(by=lea, post=post, reason=WHY)


def test_merging_is_no_way_round_a_lock(kim: Member, lea: Member, post: Post) -> None:
    moderating.lock(by=kim, topic=post.topic, reason=WHY)
    into = order.topic(order.member("cleo"))
    with pytest.raises(NotAllowed):
        moderating.merge(by=lea, topic=post.topic, into=into, reason=WHY)
    page = people.signed_in(order.person_of(lea)).post(
        f"/community/t/{post.topic.number}/order/merge/", {"reason": WHY, "other": str(into.number), "seen": ""}
    )
    assert page.status_code == 422
    assert "only the team merges it" in page.content.decode()
    assert moderating.merge(by=kim, topic=post.topic, into=into, reason=WHY)
    said = writing.reply(member=lea, topic=into, text="And what now?", client_id=uuid4())
    assert said.topic_id == into.pk
