"""Decisions about names, handles and what members say about themselves."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from frontdesk.accounts.models import Message as Letter
from frontdesk.accounts.roles import Role
from frontdesk.core.errors import NotFound
from frontdesk.core.models import AuditEntry
from frontdesk.core.personal import Traces
from frontdesk.support.forum import cleared, erasing, flags, holding, members, moderating, order_jobs, rendering
from frontdesk.support.forum.errors import NameRefused
from frontdesk.support.forum.models import Decision, Flag, Member, Post
from frontdesk.support.forum.moderating.people import UNTIL_LOOKED
from frontdesk.support.forum.order_errors import DecidedMeanwhile, FlaggedAlready, NotAllowed, PostingTooFast
from tests import people
from tests.support import order
from tests.support.order import Level
from tests.support.queries import statements
from tests.support.races import at_once

pytestmark = pytest.mark.django_db
WHY = "Nobody is called that here"
BAD = "Ada Is A Cow"
OFFERED = ("clear", "silence", "ban", "reports_keep", "reports_dismiss", "reports_right")


@pytest.fixture
def kim() -> Member:
    return order.moderator("kim")


@pytest.fixture
def ada() -> Member:
    return named("ada")


def named(handle: str, name: str = BAD) -> Member:
    who = order.member(handle, about="You are all cows.")
    Member.objects.filter(pk=who.pk).update(name=name)
    return fresh(who)


def fresh(member: Member) -> Member:
    return Member.objects.select_related("person").get(pk=member.pk)


def clear(by: Member, whom: Member, parts: Sequence[str] = ("name", "about"), **values: str) -> bool:
    return moderating.clear_profile(by=by, member=whom, reason=WHY, parts=parts, rule="rude", **values)


def test_a_name_is_taken_away_logged_audited_and_told(kim: Member, ada: Member) -> None:
    assert clear(kim, ada)
    now = fresh(ada)
    assert now.name.startswith("Member ")
    assert (now.handle, now.about) == ("ada", "")
    made = Decision.objects.get(what="member.cleared")
    assert (made.reason, made.by_id, made.data["name"]) == (WHY, kim.person_id, BAD)
    row = AuditEntry.objects.get(action="member.cleared")
    assert "cow" not in str(row.data).lower()
    letter = Letter.objects.get(person=ada.person, template="forum/order")
    for text in (WHY, "Names and profiles insult and hurt nobody.", "/community/me/"):
        assert text in letter.text
    assert "Cow" not in letter.text
    assert not clear(kim, fresh(ada), parts=["about"]), "nothing stands there any more"


def test_the_letter_is_in_the_members_language(kim: Member, ada: Member) -> None:
    person = order.person_of(ada)
    person.language = "de"
    person.save(update_fields=["language"])
    clear(kim, fresh(ada))
    assert "Namen und Profile beleidigen und verletzen niemanden." in Letter.objects.get(person=person).text


def test_another_is_chosen_and_not_the_same_again(kim: Member, ada: Member) -> None:
    clear(kim, ada, parts=["name", "handle", "about"])
    now = fresh(ada)
    for wanted in (
        {"name": BAD, "handle": now.handle},
        {"name": "аda ls a c0w", "handle": now.handle},
        {"name": "Ada", "handle": "ada"},
        {"name": "Ada", "handle": now.handle, "about": "you are all COWS"},
    ):
        with pytest.raises(NameRefused) as refused:
            members.introduce(member=now, **wanted)
        assert refused.value.members["why"] == "cleared"
    chosen = members.introduce(member=now, name="Ada", handle="ada_b", about="I draw cows.")
    assert (chosen.name, chosen.handle) == ("Ada", "ada_b")
    assert members.introduce(member=fresh(ada), name="Ada", handle="ada_b", about="I draw.")


def test_addresses_with_a_handle_that_went_still_lead_there(kim: Member, ada: Member) -> None:
    clear(kim, ada, parts=["handle"])
    assert fresh(ada).handle.startswith("member")
    assert members.by_handle("ada") == ada
    with pytest.raises(NameRefused):
        members.introduce(member=order.member("bob"), name="Bob", handle="ada")


def test_taking_back_gives_what_was_not_chosen_anew(kim: Member, ada: Member) -> None:
    clear(kim, ada, parts=["name", "handle", "about"])
    members.introduce(member=fresh(ada), name="Ada B", handle=fresh(ada).handle)
    assert moderating.undo(by=kim, decision=Decision.objects.get(), reason="A mistake")
    now = fresh(ada)
    assert (now.name, now.handle, now.about) == ("Ada B", "ada", "You are all cows.")
    assert members.introduce(member=now, name=BAD, handle="ada", about=now.about).name == BAD
    assert not moderating.restore_profile(by=kim, member=now, reason="Again")
    assert Letter.objects.filter(person=ada.person).count() == 2


def test_leaders_among_members_and_not_against_the_team(kim: Member, ada: Member) -> None:
    lea = order.member("lea", Level.LEADER)
    assert clear(lea, ada)
    assert moderating.restore_profile(by=lea, member=fresh(ada), reason="A mistake")
    clear(kim, fresh(ada))
    with pytest.raises(NotAllowed):
        moderating.restore_profile(by=lea, member=fresh(ada), reason="I like it")
    for whom in (kim, order.member("lee", Level.LEADER), lea):
        with pytest.raises(NotAllowed):
            clear(lea, whom)
    with pytest.raises(NotAllowed):
        clear(kim, order.moderator("max"))
    for level in (Level.NEW, Level.REGULAR):
        with pytest.raises(NotAllowed):
            clear(order.member(f"m{level}", level), fresh(ada))


def test_nobody_takes_another_name_away_than_the_one_they_saw(kim: Member, ada: Member) -> None:
    seen = moderating.mark(ada)
    members.introduce(member=ada, name="Ada", handle="ada")
    with pytest.raises(DecidedMeanwhile):
        clear(kim, ada, seen=seen)
    assert fresh(ada).name == "Ada"


def test_without_an_account_nobody_is_told_and_the_name_goes(kim: Member) -> None:
    old = order.imported("zed")
    assert clear(kim, old, parts=["name"])
    assert fresh(old).name.startswith("Member ")
    assert not Letter.objects.exists()
    assert not cleared.last_of(order.member("bob"))


def test_on_the_pages_of_the_desk_and_the_community(ada: Member) -> None:
    stranger, desk = people.signed_in(order.person_of(order.member("zoe"))), people.staff_browser(Role.AGENT)
    for address, back in (
        (f"/desk/community/members/{ada.pk}/clear/", f"/desk/community/members/{ada.pk}/"),
        ("/community/u/ada/order/clear/", "/community/u/ada/"),
    ):
        Member.objects.filter(pk=ada.pk).update(name=BAD)
        assert stranger.post(address, {"reason": WHY, "parts": ["name"], "rule": "rude"}).status_code in {403, 404}
        assert fresh(ada).name == BAD
        assert address in desk.get(back).content.decode()
        page = desk.get(address).content.decode()
        assert f"Name: {BAD}" in page
        assert desk.post(address, {"reason": WHY, "rule": "rude"}).status_code == 422
        assert desk.post(address, {"reason": WHY, "parts": ["level"], "rule": "rude"}).status_code == 422
        done = desk.post(address, {"reason": WHY, "parts": ["name"], "rule": "rude"}, follow=True).content.decode()
        assert "It is taken away." in done
        assert fresh(ada).name != BAD
    assert BAD in desk.get(f"/desk/community/members/{ada.pk}/").content.decode(), "the team sees what it was"
    mine = people.signed_in(order.person_of(ada))
    assert WHY in mine.get("/community/me/").content.decode()
    members.introduce(member=fresh(ada), name="Ada", handle="ada")
    assert WHY not in mine.get("/community/me/").content.decode()


def flag(by: Member, profile: Member, kind: str = "rude", words: str = "") -> Flag:
    return flags.flag_profile(member=by, profile=profile, kind=kind, words=words)


def letters_to(member: Member) -> list[str]:
    return [each.text for each in Letter.objects.filter(person=member.person, template="forum/order")]


def test_one_open_report_of_each_and_again_once_it_is_decided(kim: Member, ada: Member) -> None:
    bob = order.member("bob")
    made = flag(bob, ada, words="This hurts\0  all cows")
    assert (made.words, made.weight, made.post) == ("This hurts all cows", 1, None)
    assert AuditEntry.objects.get(action="member.flagged").person == bob.person_id
    with pytest.raises(FlaggedAlready):
        flag(bob, ada)
    assert moderating.close_profile_reports(by=kim, member=ada, reason="It is harmless", were_right=False)
    assert not moderating.close_profile_reports(by=kim, member=ada, reason="Again", were_right=False)
    assert "It is harmless" in letters_to(bob)[0]
    assert "and it stays" in letters_to(bob)[0]
    assert flag(bob, fresh(ada)).weight == 0, "the wrong one weighs against them"
    assert not letters_to(ada), "the author does not learn of it"


def test_who_and_what_cannot_be_reported(kim: Member, ada: Member) -> None:
    bob = order.member("bob")
    with pytest.raises(NotAllowed):
        flag(ada, ada)
    with pytest.raises(NotAllowed):
        flag(order.member("tom", silenced_until=UNTIL_LOOKED), ada)
    former = order.imported("former-1")
    Member.objects.filter(pk=former.pk).update(name="", agreed_at=former.joined_at)
    for hidden in (order.member("nia", agreed_at=None), former):
        with pytest.raises(NotFound):
            flag(bob, hidden)
    with pytest.raises(ValueError, match="place"):
        flag(bob, ada, kind="place")


def test_so_many_a_day_as_of_posts(monkeypatch: pytest.MonkeyPatch, ada: Member) -> None:
    nia = order.member("nia", Level.NEW)
    few = replace(holding.LIMITS[Level.NEW], flags=2, a_minute=100)
    monkeypatch.setitem(holding.LIMITS, Level.NEW, few)
    post = order.post(order.topic(order.member("bob")), ada)
    flags.flag(member=nia, post=post, kind="rude")
    flag(nia, ada)
    with pytest.raises(PostingTooFast):
        flag(nia, named("bea"))


def test_clearing_says_that_reports_were_right_and_taking_back_that_they_were_not(kim: Member, ada: Member) -> None:
    bob = order.member("bob")
    made = flag(bob, ada)
    clear(kim, fresh(ada))
    made.refresh_from_db()
    assert made.was_right
    assert "you were right" in letters_to(bob)[0]
    moderating.restore_profile(by=kim, member=fresh(ada), reason="A mistake")
    again = Flag.objects.get(pk=made.pk)
    assert again.decided_at is not None
    assert again.was_right is None


@pytest.mark.django_db(transaction=True)
def test_reporting_twice_at_once_makes_one() -> None:
    ada, bob = named("ada"), order.member("bob")
    at_once(*[lambda: flag(bob, ada)] * 2)
    assert Flag.objects.count() == 1


def test_reports_from_the_page_stand_in_the_queue_with_what_may_be_done(ada: Member) -> None:
    bob, desk = people.signed_in(order.person_of(order.member("bob"))), people.staff_browser(Role.MANAGER)
    address = "/community/u/ada/report/"
    assert Client().get(address).status_code == 302
    assert address not in Client().get("/community/u/ada/").content.decode()
    assert address in bob.get("/community/u/ada/").content.decode()
    assert "You are all cows." in bob.get(address).content.decode()
    assert bob.post(address, {"kind": "place"}).status_code == 422
    assert bob.post(address, {"kind": "rude", "words": "It hurts"}).status_code == 302
    assert "You have reported this already" in bob.post(address, {"kind": "rude"}).content.decode()
    mine = people.signed_in(order.person_of(ada))
    assert mine.get(address).status_code == 403
    assert address not in mine.get("/community/u/ada/").content.decode()
    assert bob.get("/community/u/nobody/report/").status_code == 404
    page = desk.get("/desk/community/").content.decode()
    for text in (BAD, "It hurts", "You are all cows.", "Reported (1)", *(f"/{ada.pk}/{name}/" for name in OFFERED)):
        assert text in page
    assert "It hurts" in desk.get(f"/desk/community/members/{ada.pk}/").content.decode()
    one = f"/desk/community/members/{ada.pk}/reports_keep/"
    assert bob.post(one, {"reason": WHY}).status_code == 403
    assert desk.post(one, {"reason": WHY}).status_code == 302
    assert Decision.objects.get().what == "member.reports_closed"
    page = desk.get("/desk/community/?show=reported").content.decode()
    assert "Nothing waits" in page
    who = Member.objects.get(handle="bob")
    assert BAD in desk.get(f"/desk/community/members/{who.pk}/").content.decode(), "among the reports by them"


def test_queries_do_not_grow_with_reported_profiles(ada: Member) -> None:
    desk, bob = people.staff_browser(Role.AGENT), order.member("bob", Level.LEADER)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            desk.get("/desk/community/?show=reported")
        return len(statements(queries))

    flag(bob, ada)
    few = asked()
    for number in range(4):
        flag(bob, named(f"n{number}"))
    assert asked() <= few


def test_reports_of_who_left_are_closed_and_told(ada: Member) -> None:
    bob = order.member("bob")
    made = flag(bob, ada, words=f"{BAD} is no name")
    person = order.person_of(ada)
    erasing.erase(Traces(person.pk, names=frozenset({BAD})))
    made.refresh_from_db()
    assert (made.was_right, made.decided_at is None, BAD in made.words) == (None, False, False)
    assert "not there any more" in letters_to(bob)[0]


def test_a_name_goes_from_the_heads_of_quotations_and_from_nobody_elses(kim: Member, ada: Member) -> None:
    bob, twin = order.member("bob"), named("twin")
    topic = order.topic(ada, text="Moo.")
    others = order.post(topic, twin, "Moo, too.")

    def quote(post: Post) -> str:
        return rendering.quote(post.text, by=BAD, path=f"/community/p/{post.pk}/")

    mine = topic.posts.get(number=1)
    post = order.post(topic, bob, f"{quote(mine)}As {BAD} says.\n\n{quote(others)}Yes.")
    post.revisions.create(text=f"{quote(mine)}Yes.", editor=bob, until=post.created_at)
    clear(kim, ada)
    assert order_jobs.requote() == 1
    assert order_jobs.requote() == 0
    post.refresh_from_db()
    name = fresh(ada).name
    assert f"> **[{name}](/community/p/{mine.pk}/)**" in post.text
    assert f"> **[{BAD}](/community/p/{others.pk}/)**" in post.text, "it is another's name"
    assert f"As {BAD} says." in post.text, "it is what Bob wrote"
    assert name in post.html
    assert BAD not in post.revisions.get().text
    assert cleared.last_of(fresh(ada)) is not None


def test_what_was_given_back_at_once_stays_in_quotations(kim: Member, ada: Member) -> None:
    topic = order.topic(ada, text="Moo.")
    said = rendering.quote("Moo.", by=BAD, path=f"/community/p/{topic.posts.get().pk}/")
    post = order.post(topic, order.member("bob"), said + "Yes.")
    clear(kim, ada)
    moderating.restore_profile(by=kim, member=fresh(ada), reason="A mistake")
    assert order_jobs.requote() == 0
    post.refresh_from_db()
    assert BAD in post.text


def test_what_goes_is_chosen_where_more_than_a_name_stands(ada: Member) -> None:
    desk = people.staff_browser(Role.AGENT)
    assert "checked" not in desk.get(f"/desk/community/members/{ada.pk}/clear/").content.decode()
    Member.objects.filter(pk=ada.pk).update(about="")
    assert "checked" in desk.get(f"/desk/community/members/{ada.pk}/clear/").content.decode()
