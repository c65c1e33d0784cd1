"""Decisions about names, handles and what members say about themselves."""

from collections.abc import Sequence

import pytest

from frontdesk.accounts.models import Message as Letter
from frontdesk.accounts.roles import Role
from frontdesk.core.models import AuditEntry
from frontdesk.support.forum import cleared, members, moderating
from frontdesk.support.forum.errors import NameRefused
from frontdesk.support.forum.models import Decision, Member
from frontdesk.support.forum.order_errors import DecidedMeanwhile, NotAllowed
from tests import people
from tests.support import order
from tests.support.order import Level

pytestmark = pytest.mark.django_db
WHY = "Nobody is called that here"
BAD = "Ada Is A Cow"


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
