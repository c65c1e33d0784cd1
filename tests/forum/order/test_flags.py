"""Reports: what they weigh, when they hide a post, and asking once for another look."""

from datetime import timedelta

import pytest

from frontdesk.accounts.models import Message as Letter
from frontdesk.core import clock
from frontdesk.core.errors import NotFound
from frontdesk.support.forum import flags, moderating, writing
from frontdesk.support.forum.models import Category, Decision, EditLock, Flag, Member, Post
from frontdesk.support.forum.moderating import queue
from frontdesk.support.forum.order_errors import AskedAgainAlready, FlaggedAlready, NotAllowed, PostingTooFast
from tests.support import order
from tests.support.order import Level
from tests.support.races import at_once

pytestmark = pytest.mark.django_db
WHY = "I have looked at it"


@pytest.fixture
def post() -> Post:
    ada = order.member("ada")
    return order.post(order.topic(ada), order.member("bob"), "You are all fools.")


def fresh(post: Post) -> Post:
    return Post.objects.select_related("author", "topic").get(pk=post.pk)


def flag(by: Member, post: Post, kind: str = "rude") -> Flag:
    return flags.flag(member=by, post=post, kind=kind, words="look\0 at  it")


def letters_to(member: Member) -> list[str]:
    return list(Letter.objects.filter(person=member.person).order_by("created_at").values_list("subject", flat=True))


def test_enough_weight_hides_a_post_and_tells_its_author(post: Post) -> None:
    ada, cleo = order.member("dan", Level.MEMBER), order.member("cleo", Level.REGULAR)
    made = flag(ada, post)
    assert (made.weight, made.words) == (2, "look at it")
    flag(cleo, post)
    assert fresh(post).state == Post.State.VISIBLE
    flag(order.member("eve"), post)
    assert (fresh(post).state, fresh(post).waits_for) == (Post.State.WAITING, "flags")
    assert Decision.objects.get().what == "post.held"
    assert letters_to(post.author) == ["Your post in the community waits for a look"]
    assert fresh(post).topic.post_count == 1


def test_a_leaders_report_hides_at_once(post: Post) -> None:
    flag(order.member("lea", Level.LEADER), post)
    assert fresh(post).state == Post.State.WAITING


def test_newcomers_alone_hide_nothing(post: Post) -> None:
    for number in range(8):
        flag(order.member(f"n{number}", Level.NEW), post)
    now = clock.now()
    flag(order.member("young", Level.MEMBER, joined_at=now - timedelta(minutes=59)), post)
    assert fresh(post).state == Post.State.VISIBLE
    flag(order.member("old", Level.BASIC), post)
    assert fresh(post).state == Post.State.WAITING


def test_the_teams_posts_are_never_hidden_by_reports(post: Post) -> None:
    kim = order.moderator()
    teams = order.post(post.topic, kim, is_official=True)
    former = order.post(post.topic, order.member("fred"), is_official=True)
    lea = order.member("lea", Level.LEADER)
    for each in (teams, former):
        flag(lea, each)
        assert fresh(each).state == Post.State.VISIBLE


def test_each_once_and_not_ones_own(post: Post) -> None:
    cleo = order.member("cleo")
    flag(cleo, post)
    with pytest.raises(FlaggedAlready):
        flag(cleo, post)
    with pytest.raises(NotAllowed):
        flag(post.author, post)
    with pytest.raises(ValueError, match="moon"):
        flag(order.member("dan"), post, kind="moon")


def test_not_what_one_cannot_read(post: Post) -> None:
    private = order.topic(order.moderator(), category=order.category("team", reads=Category.Who.STAFF))
    hidden = order.post(post.topic, post.author, state=Post.State.HIDDEN)
    for each in (private.posts.get(), hidden):
        with pytest.raises(NotFound):
            flag(order.member(f"m{each.number}{private.number}{each.state}"), each)


def test_so_many_a_day(post: Post) -> None:
    new = order.member("nia", Level.NEW)
    posts = [order.post(post.topic, post.author) for _ in range(5)]
    for each in posts[:4]:
        flag(new, each)
    with pytest.raises(PostingTooFast):
        flag(new, posts[4])


def test_wrong_reports_weigh_against_who_made_them(post: Post) -> None:
    kim, cleo = order.moderator(), order.member("cleo", Level.REGULAR)
    for _ in range(2):
        each = order.post(post.topic, post.author)
        flag(cleo, each)
        moderating.keep(by=kim, post=each, reason="Nothing wrong", flags_wrong=True)
    assert flags.weight_of(cleo) == 1
    good = order.post(post.topic, post.author)
    flag(cleo, good)
    moderating.keep(by=kim, post=good, reason="Well meant", flags_wrong=False)
    assert flags.weight_of(cleo) == 1
    assert letters_to(cleo) == ["We have looked at your report"] * 2 + ["Thank you for your report"]
    assert flags.weight_of(kim) == 6


def test_keeping_shows_again_what_reports_hid(post: Post) -> None:
    flag(order.member("lea", Level.LEADER), post)
    assert moderating.keep(by=order.moderator(), post=post, reason="It is fine", flags_wrong=False)
    assert fresh(post).state == Post.State.VISIBLE
    assert not moderating.keep(by=Member.objects.get(handle="kim"), post=post, reason="Again", flags_wrong=False)
    assert letters_to(post.author)[-1] == "Your post in the community is shown again"


def test_the_author_asks_once_for_another_look(post: Post) -> None:
    kim = order.moderator()
    with pytest.raises(AskedAgainAlready):
        flags.ask_again(member=post.author, post=post, text="I am sorry.")
    moderating.hide(by=kim, post=post, reason="Rude")
    with pytest.raises(NotFound):
        flags.ask_again(member=order.member("zoe"), post=post, text="Mine now")
    flags.ask_again(member=post.author, post=post, text="I disagree.")
    again = fresh(post)
    assert (again.state, again.waits_for, again.text) == (Post.State.WAITING, "asked_again", "I disagree.")
    moderating.hide(by=kim, post=post, reason="Still rude")
    assert EditLock.objects.filter(post=post).exists()
    with pytest.raises(AskedAgainAlready):
        flags.ask_again(member=post.author, post=post, text="Please.")
    assert Decision.objects.latest("created_at").data["is_final"]


def test_asking_again_may_end_well(post: Post) -> None:
    kim = order.moderator()
    moderating.hide(by=kim, post=post, reason="Rude")
    flags.ask_again(member=post.author, post=post, text="I disagree.")
    moderating.approve(by=kim, post=post, reason="Thank you")
    assert fresh(post).state == Post.State.VISIBLE


@pytest.mark.django_db(transaction=True)
def test_reporting_while_it_is_decided() -> None:
    ada = order.member("ada")
    post = order.post(order.topic(ada), order.member("bob"), "You are all fools.")
    lea, kim = order.member("lea", Level.LEADER), order.moderator()
    flag(order.member("cleo"), post)
    outcomes = at_once(
        lambda: bool(flag(lea, post)), lambda: moderating.keep(by=kim, post=post, reason="Fine", flags_wrong=False)
    )
    assert outcomes == [True, True]
    open_ones = Flag.objects.filter(post=post, decided_at=None).count()
    state = fresh(post).state
    assert (open_ones, state) in {(1, "waiting"), (0, "visible")}  # reported after the decision, or before it


@pytest.mark.django_db(transaction=True)
def test_reports_at_once_are_all_counted() -> None:
    ada = order.member("ada")
    post = order.post(order.topic(ada), order.member("bob"), "You are all fools.")
    members = [order.member(f"m{number}", Level.MEMBER) for number in range(3)]
    outcomes = at_once(*[lambda each=each: bool(flag(each, post)) for each in members])
    assert outcomes == [True] * 3
    assert fresh(post).state == Post.State.WAITING
    assert Decision.objects.filter(what="post.held").count() == 1


@pytest.mark.parametrize(("were_right", "said"), [(True, "you were right"), (False, "not shown any more")])
def test_reports_of_what_its_author_deleted_are_closed_truly(post: Post, were_right: bool, said: str) -> None:
    kim, bea = order.moderator(), order.member("bea", Level.MEMBER)
    made = flag(bea, post)
    writing.delete(member=post.author, post=post)
    assert not moderating.close_reports(by=kim, post=order.post(post.topic, bea), reason=WHY, were_right=True)
    for wrong in (True, False):
        assert not moderating.keep(by=kim, post=post, reason=WHY, flags_wrong=wrong)
    assert not letters_to(bea)
    assert moderating.close_reports(by=kim, post=post, reason=WHY, were_right=were_right)
    assert not moderating.close_reports(by=kim, post=post, reason=WHY, were_right=were_right)
    made.refresh_from_db()
    assert (made.decided_at is not None, made.was_right) == (True, were_right or None)
    letter = Letter.objects.get(person=bea.person).text
    assert said in letter
    assert "It stays" not in letter
    assert not queue.reported().exists()


def test_showing_again_takes_back_what_hiding_said(post: Post) -> None:
    kim, bea, early = order.moderator(), order.member("bea", Level.MEMBER), order.member("eve", Level.MEMBER)
    flag(early, post)
    moderating.hide(by=kim, post=post, reason=WHY)
    flags.ask_again(member=post.author, post=post, text="Please read it once more.")
    flags_of_second = flag_while_waiting(bea, post)
    moderating.hide(by=kim, post=post, reason=WHY)
    assert EditLock.objects.exists()

    last = Decision.objects.filter(what="post.hidden").latest("created_at")
    assert moderating.undo(by=kim, decision=last, reason="I was wrong")
    flags_of_second.refresh_from_db()
    assert flags_of_second.was_right is None
    assert Flag.objects.get(member=early).was_right is True
    assert not EditLock.objects.exists()


def flag_while_waiting(by: Member, post: Post) -> Flag:
    """A report that was made while the post was seen, and is open still."""
    return Flag.objects.create(post=post, member=by, kind="rude", created_at=clock.now())


def test_edits_that_were_closed_before_stay_closed(post: Post) -> None:
    kim = order.moderator()
    moderating.close_edits(by=kim, post=post, reason=WHY)
    moderating.hide(by=kim, post=post, reason=WHY)
    moderating.show(by=kim, post=post, reason=WHY)
    assert EditLock.objects.exists()
