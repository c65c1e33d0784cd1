"""Decisions: rights, reasons, mails, the log, and two moderators at once."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from frontdesk.accounts.models import Message as Letter
from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.core import audit, clock, throttle
from frontdesk.core.errors import ReasonMissing
from frontdesk.core.models import AuditEntry
from frontdesk.core.throttle import Limit
from frontdesk.support.forum import accepting, adding, holding, moderating, writing
from frontdesk.support.forum.holding import limits
from frontdesk.support.forum.models import (
    Category,
    Decision,
    Duplicate,
    EditLock,
    Member,
    Post,
    Reaction,
    Revision,
    Topic,
)  # fmt: skip
from frontdesk.support.forum.moderating.people import UNTIL_LOOKED
from frontdesk.support.forum.order_errors import DecidedMeanwhile, NotAllowed, PostingTooFast, TopicsNotMergeable
from frontdesk.support.forum.views.common import words_for
from tests.support import forum, order
from tests.support.order import Level
from tests.support.races import at_once

pytestmark = pytest.mark.django_db
WHY = "It does not belong here"


@pytest.fixture
def kim() -> Member:
    return order.moderator()


@pytest.fixture
def lea() -> Member:
    return order.member("lea", Level.LEADER)


@pytest.fixture
def ada() -> Member:
    return order.member("ada")


def state(post: Post) -> str:
    return Post.objects.get(pk=post.pk).state


def test_hiding_needs_a_reason_is_logged_audited_and_told(kim: Member, ada: Member) -> None:
    bob = order.member("bob")
    post = order.post(order.topic(ada), bob, "Buy my things.")
    with pytest.raises(ReasonMissing):
        moderating.hide(by=kim, post=post, reason=" \0 ")
    assert moderating.hide(by=kim, post=post, reason=f" {WHY}\n")
    assert not moderating.hide(by=kim, post=post, reason=WHY)
    assert state(post) == Post.State.HIDDEN
    made = Decision.objects.get()
    assert (made.what, made.reason, made.by, made.post, made.member) == ("post.hidden", WHY, kim.person, post, bob)
    entry = AuditEntry.objects.get(action="post.hidden")
    assert (entry.person, entry.actor, audit.reason_of(entry)) == (bob.person_id, kim.person_id, WHY)
    letter = Letter.objects.get(person=bob.person)
    assert WHY in letter.text
    assert "Buy my things." in letter.text
    assert f"/community/p/{post.pk}/again/" in letter.text


def test_the_mail_is_in_the_authors_language(kim: Member, ada: Member) -> None:
    bob = order.member("bob")
    order.person_of(bob).language = "de"
    order.person_of(bob).save()
    moderating.hide(by=kim, post=order.post(order.topic(ada), bob), reason=WHY)
    assert Letter.objects.get(person=bob.person).subject == "Ihr Beitrag in der Community wurde verborgen"


def test_moderators_are_told_when_somebody_else_decided(kim: Member, lea: Member, ada: Member) -> None:
    post = order.post(order.topic(ada), order.member("bob"))
    seen = moderating.mark(post)
    moderating.hide(by=lea, post=post, reason=WHY, seen=seen)
    with pytest.raises(DecidedMeanwhile) as told:
        moderating.black_out(by=kim, post=post, reason=WHY, seen=seen)
    assert told.value.members == {"by": "Lea", "what": "A post was hidden"}
    post.refresh_from_db()
    assert moderating.black_out(by=kim, post=post, reason=WHY, seen=moderating.mark(post))


def test_what_was_edited_meanwhile_is_not_approved_unseen(kim: Member) -> None:
    new = order.member("nia", Level.NEW)
    topic = order.topic(order.member("ada"))
    post = writing.reply(member=new, topic=topic, text="Look: www.good.com", client_id=uuid4())
    assert state(post) == Post.State.WAITING
    seen = moderating.mark(post)
    from frontdesk.support.forum import changing

    changing.edit(member=new, post=post, text="Look: www.evil.com")
    with pytest.raises(DecidedMeanwhile):
        moderating.approve(by=kim, post=post, reason=WHY, seen=seen)
    assert moderating.approve(by=kim, post=post, reason=WHY)
    assert state(post) == Post.State.VISIBLE


@pytest.mark.django_db(transaction=True)
def test_two_moderators_at_once() -> None:
    kim, max_ = order.moderator("kim"), order.moderator("max")
    post = order.post(order.topic(order.member("ada")), order.member("bob"))
    seen = moderating.mark(post)
    outcomes = at_once(
        lambda: moderating.hide(by=kim, post=post, reason=WHY, seen=seen),
        lambda: moderating.black_out(by=max_, post=post, reason=WHY, seen=seen),
    )
    assert sorted(type(each).__name__ for each in outcomes) == ["DecidedMeanwhile", "bool"]
    assert Decision.objects.count() == 1


def test_leaders_do_not_take_back_what_the_team_decided(kim: Member, lea: Member, ada: Member) -> None:
    topic = order.topic(ada)
    post = order.post(topic, order.member("bob"))
    moderating.hide(by=kim, post=post, reason=WHY)
    moderating.lock(by=kim, topic=topic, reason=WHY)
    with pytest.raises(NotAllowed):
        moderating.show(by=lea, post=post, reason=WHY)
    with pytest.raises(NotAllowed):
        moderating.lock(by=lea, topic=topic, reason=WHY, locked=False)
    assert moderating.show(by=kim, post=post, reason=WHY)
    assert moderating.hide(by=lea, post=post, reason=WHY)
    assert moderating.show(by=lea, post=post, reason=WHY)


def test_black_out_leaves_no_word(kim: Member, ada: Member) -> None:
    bob = order.member("bob")
    topic = order.topic(ada)
    post = order.post(topic, bob, "My card is 4242 4242.")
    Revision.objects.create(post=post, text="My card is 4242.", until=clock.now())
    assert moderating.black_out(by=kim, post=post, reason="Private data")
    post.refresh_from_db()
    assert (post.text, post.html, post.state) == ("", "", Post.State.DELETED)
    assert not Revision.objects.exists()
    assert "4242" not in Letter.objects.get(person=bob.person).text
    assert not moderating.show(by=kim, post=post, reason=WHY)
    assert not moderating.black_out(by=kim, post=post, reason=WHY)


def test_locks_pins_and_their_undoing(kim: Member, ada: Member) -> None:
    topic = order.topic(ada)
    assert moderating.lock(by=kim, topic=topic, reason=WHY)
    assert not moderating.lock(by=kim, topic=topic, reason=WHY)
    first = Decision.objects.get()
    assert moderating.pin(by=kim, topic=topic, reason=WHY)
    with pytest.raises(DecidedMeanwhile):
        moderating.undo(by=kim, decision=first, reason="Undone")
    last = Decision.objects.get(what="topic.pinned")
    assert moderating.undo(by=kim, decision=last, reason="Undone")
    topic.refresh_from_db()
    assert topic.pinned_at is None
    assert topic.locked_at is not None


def test_renaming_keeps_the_old_title(ada: Member) -> None:
    rex = order.member("rex", Level.REGULAR)
    topic = order.topic(ada, "Help!!!!")
    assert moderating.rename(by=rex, topic=topic, title="No sound after the update", reason="Says more")
    topic.refresh_from_db()
    assert (topic.title, topic.slug) == ("No sound after the update", "no-sound-after-the-update")
    assert Revision.objects.get().title == "Help!!!!"
    with pytest.raises(NotAllowed):
        moderating.rename(by=order.member("mo", Level.MEMBER), topic=topic, title="Something else", reason=WHY)


def test_moving_between_what_everybody_reads(kim: Member, ada: Member) -> None:
    rex = order.member("rex", Level.REGULAR)
    other, team = order.category("other"), order.category("team", reads=Category.Who.STAFF, begins=Category.Who.STAFF)
    topic = order.topic(ada)
    assert moderating.move(by=rex, topic=topic, category=other, reason=WHY)
    with pytest.raises(NotAllowed):
        moderating.move(by=rex, topic=topic, category=team, reason=WHY)
    assert moderating.move(by=kim, topic=topic, category=team, reason=WHY)
    topic.refresh_from_db()
    assert topic.category == team


def test_duplicates_lead_to_what_was_asked_first(kim: Member, ada: Member) -> None:
    rex = order.member("rex", Level.REGULAR)
    first, second, third = (order.topic(ada, f"No sound {n}") for n in range(3))
    assert moderating.mark_duplicate(by=rex, topic=third, of=second, reason=WHY)
    assert not moderating.mark_duplicate(by=rex, topic=third, of=second, reason=WHY)
    assert moderating.mark_duplicate(by=rex, topic=second, of=first, reason=WHY)
    assert set(Duplicate.objects.values_list("topic__title", "of__title")) == {
        ("No sound 1", "No sound 0"), ("No sound 2", "No sound 0"),
    }  # fmt: skip
    for topic, of in ((first, first), (first, second)):
        with pytest.raises(TopicsNotMergeable):
            moderating.mark_duplicate(by=rex, topic=topic, of=of, reason=WHY)
    assert moderating.unmark_duplicate(by=kim, topic=third, reason=WHY)
    assert Duplicate.objects.count() == 1


def test_silencing_by_leaders_and_the_team(kim: Member, lea: Member, ada: Member) -> None:
    now = clock.now()
    assert moderating.silence(by=lea, member=ada, reason=WHY, lasts=timedelta(days=30))
    ada.refresh_from_db()
    assert ada.silenced_until is not None
    assert ada.silenced_until < now + timedelta(days=1, minutes=1)
    assert moderating.silence(by=kim, member=ada, reason=WHY)
    ada.refresh_from_db()
    assert ada.silenced_until == UNTIL_LOOKED
    with pytest.raises(NotAllowed):
        moderating.unsilence(by=lea, member=ada, reason=WHY)
    assert moderating.unsilence(by=kim, member=ada, reason=WHY)
    assert not moderating.unsilence(by=kim, member=ada, reason=WHY)
    texts = list(Letter.objects.filter(person=ada.person).order_by("created_at").values_list("text", flat=True))
    assert "Until: a moderator has looked" in texts[1]


def test_banning_is_for_managers_and_never_of_the_team(kim: Member, lea: Member, ada: Member) -> None:
    boss = order.moderator("max", Role.MANAGER)
    for each in (kim, lea):
        with pytest.raises(NotAllowed):
            moderating.ban(by=each, member=ada, reason=WHY)
    with pytest.raises(NotAllowed):
        moderating.ban(by=boss, member=kim, reason=WHY)
    with pytest.raises(NotAllowed):
        moderating.silence(by=boss, member=kim, reason=WHY)
    topic = order.topic(ada)
    assert moderating.ban(by=boss, member=ada, reason=WHY)
    ada.refresh_from_db()
    with pytest.raises(NotAllowed):
        writing.reply(member=ada, topic=topic, text="But I have a right to!", client_id=uuid4())
    assert moderating.ban(by=boss, member=ada, reason=WHY, banned=False)
    ada.refresh_from_db()
    assert writing.reply(member=ada, topic=topic, text="Thank you very much.", client_id=uuid4())


def test_levels_set_by_the_team_stay(kim: Member, ada: Member) -> None:
    assert moderating.set_level(by=kim, member=ada, level=Level.LEADER, reason="Helps everybody")
    assert not moderating.set_level(by=kim, member=ada, level=Level.LEADER, reason="Helps everybody")
    ada.refresh_from_db()
    assert (ada.level, ada.level_fixed) == (Level.LEADER, True)


def test_the_teams_answer_is_marked(kim: Member, ada: Member) -> None:
    post = order.post(order.topic(ada), order.member("bob"))
    assert moderating.mark_official(by=kim, post=post, reason="It is right")
    assert not moderating.mark_official(by=kim, post=post, reason="It is right")
    assert moderating.mark_official(by=kim, post=post, reason="It is not", is_official=False)


def test_hiding_the_accepted_answer_unsolves(kim: Member, ada: Member) -> None:
    topic = order.topic(ada)
    post = order.post(topic, order.member("bob"))
    accepting.accept(member=ada, post=post)
    moderating.hide(by=kim, post=post, reason=WHY)
    topic.refresh_from_db()
    assert topic.accepted is None
    assert topic.solved_at is None


def test_whoever_changes_what_others_wrote_says_why_and_they_hear_of_it(kim: Member, ada: Member) -> None:
    bob = order.member("bob")
    post = order.post(order.topic(ada), bob, "Buy my things.")
    with pytest.raises(ReasonMissing):
        writing.edit(member=kim, post=post, text="Removed.", reason=" \0 ")
    assert Post.objects.get(pk=post.pk).text == "Buy my things."
    writing.edit(member=kim, post=post, text="Removed.", reason=WHY)
    made = Decision.objects.get()
    assert (made.what, made.reason, made.by, made.member) == ("post.rewritten", WHY, kim.person, bob)
    entry = AuditEntry.objects.get(action="post.rewritten")
    assert (entry.person, entry.actor, audit.reason_of(entry)) == (bob.person_id, kim.person_id, WHY)
    letter = Letter.objects.get(person=bob.person)
    assert WHY in letter.text
    assert "Removed." not in letter.text
    assert f"/community/p/{post.pk}/history/" in letter.text
    writing.edit(member=bob, post=post, text="Sorry.")
    assert Decision.objects.count() == Letter.objects.count() == 1


def test_authors_hear_that_they_edit_no_more_and_again(kim: Member, ada: Member) -> None:
    bob = order.member("bob")
    post = order.post(order.topic(ada), bob)
    moderating.close_edits(by=kim, post=post, reason=WHY)
    moderating.close_edits(by=kim, post=post, reason="Thank you", closed=False)
    letters = list(Letter.objects.filter(person=bob.person).order_by("created_at").values_list("subject", "text"))
    assert [subject for subject, _text in letters] == [
        "Your post in the community cannot be edited any more", "You can edit your post in the community again",
    ]  # fmt: skip
    assert WHY in letters[0][1]


def test_who_was_first_is_told_by_the_name_of_the_community(kim: Member, lea: Member, ada: Member) -> None:
    post = order.post(order.topic(ada), order.member("bob"))
    Person.objects.filter(pk=order.person_of(lea).pk).update(name="Leonora Private")
    seen = moderating.mark(post)
    moderating.hide(by=lea, post=post, reason=WHY)
    with pytest.raises(DecidedMeanwhile) as first:
        moderating.approve(by=kim, post=post, reason=WHY, seen=seen)
    assert words_for(first.value).startswith("Somebody else has just decided this: A post was hidden (Lea). ")


def test_closing_edits(kim: Member, ada: Member) -> None:
    post = order.post(order.topic(ada), ada)
    assert moderating.close_edits(by=kim, post=post, reason=WHY)
    assert EditLock.objects.filter(post=post, by=kim.person).exists()
    assert moderating.close_edits(by=kim, post=post, reason=WHY, closed=False)
    assert not EditLock.objects.exists()


@pytest.mark.parametrize("level", [None, Level.NEW, Level.REGULAR])
def test_nobody_else_decides(level: int | None) -> None:
    who = order.member("nia", level or Level.NEW)
    topic = order.topic(order.member("ada"))
    post = order.post(topic, order.member("bob"))
    for verb in (moderating.hide, moderating.show, moderating.approve, moderating.black_out, moderating.mark_official):
        with pytest.raises(NotAllowed):
            verb(by=who, post=post, reason=WHY)
    for change in (moderating.lock, moderating.pin):
        with pytest.raises(NotAllowed):
            change(by=who, topic=topic, reason=WHY)
    for deed in (moderating.silence, moderating.unsilence, moderating.ban):
        with pytest.raises(NotAllowed):
            deed(by=who, member=post.author, reason=WHY)
    with pytest.raises(NotAllowed):
        moderating.set_level(by=who, member=who, level=4, reason=WHY)
    assert not Decision.objects.exists()
    assert not Reaction.objects.exists()
    assert Topic.objects.get().locked_at is None


@pytest.mark.parametrize("state", [Post.State.HIDDEN, Post.State.WAITING])
def test_an_answer_that_is_shown_again_solves_again(state: Post.State) -> None:
    topic = forum.topic()
    answer = forum.reply(topic, forum.member("old@example.org", "Olga"), "Restart it.")
    accepting.accept(member=topic.author, post=answer)
    solved_at = Topic.objects.get(pk=topic.pk).solved_at
    adding.set_state(adding.lock(topic), answer, state)
    topic.refresh_from_db()
    assert (topic.accepted, topic.solved_at) == (None, None)
    adding.set_state(adding.lock(topic), answer, Post.State.VISIBLE)
    topic.refresh_from_db()
    assert (topic.accepted, topic.solved_at) == (answer, solved_at)
    assert Member.objects.get(pk=answer.author_id).accepted_count == 1


def test_what_was_accepted_meanwhile_stays_so() -> None:
    topic = forum.topic()
    first, second = (forum.reply(topic, forum.member(f"m{n}@example.org", f"M{n}"), f"Try {n}.") for n in "12")
    accepting.accept(member=topic.author, post=first)
    adding.set_state(adding.lock(topic), first, Post.State.HIDDEN)
    accepting.accept(member=topic.author, post=second)
    adding.set_state(adding.lock(topic), first, Post.State.VISIBLE)
    topic.refresh_from_db()
    assert topic.accepted == second
    accepting.unaccept(member=topic.author, topic=topic)
    adding.set_state(adding.lock(topic), second, Post.State.HIDDEN)
    adding.set_state(adding.lock(topic), second, Post.State.VISIBLE)
    topic.refresh_from_db()
    assert topic.accepted is None


def test_going_to_and_fro_fills_nobodys_mailbox(ada: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    rex, topic = order.member("rex", Level.REGULAR), order.topic(ada)
    parts = [order.category("a"), order.category("b")]
    monkeypatch.setitem(limits.LIMITS, Level.REGULAR, replace(limits.LIMITS[Level.REGULAR], a_minute=100))
    for number in range(limits.LETTERS.count):
        assert moderating.move(by=rex, topic=topic, category=parts[number % 2], reason=WHY)
    with pytest.raises(PostingTooFast):
        moderating.move(by=rex, topic=topic, category=parts[limits.LETTERS.count % 2], reason=WHY)
    assert Letter.objects.filter(person=ada.person).count() == limits.LETTERS.count
    assert moderating.move(by=rex, topic=order.topic(ada), category=parts[0], reason=WHY)
    kim = order.moderator()
    for number in range(limits.LETTERS.count + 2):
        assert moderating.lock(by=kim, topic=topic, reason=WHY, locked=number % 2 == 0)


def test_a_members_decisions_count_as_edits(ada: Member) -> None:
    rex, topic = order.member("rex", Level.REGULAR), order.topic(ada)
    for _each in range(limits.LIMITS[Level.REGULAR].edits):
        throttle.clear(Limit("forum minute", 1, 60), str(rex.pk))
        holding.count(rex, "edit")
    throttle.clear(Limit("forum minute", 1, 60), str(rex.pk))
    with pytest.raises(PostingTooFast):
        moderating.rename(by=rex, topic=topic, title="A better title", reason=WHY)
    assert moderating.rename(by=order.moderator(), topic=topic, title="A better title", reason=WHY)
