"""Which names may be taken: nobody passes for the team, the vendor or another member, and no address shows."""

import pytest
from pytest_django import Settings

from frontdesk.support.forum import members, names
from frontdesk.support.forum.errors import NameRefused
from frontdesk.support.forum.models import FormerHandle, Member
from tests import people
from tests.support import forum

pytestmark = pytest.mark.django_db


def refused(field: str, text: str) -> str:
    with pytest.raises(NameRefused) as why:
        (names.check_handle if field == "handle" else names.check_name)(text)
    return str(why.value.members["why"])


@pytest.mark.parametrize("handle", ["ab", "-ada", "ada lovelace", "аda", "ada@example.org", "x" * 41, "ä" * 5])
def test_handles_are_plain(handle: str) -> None:
    assert refused("handle", handle) == "form"


@pytest.mark.parametrize(
    "handle", ["admin", "adm1n", "supp0rt", "halcyon", "ha1cyon-help", "rnoderator", "everyone", "kim"]
)
def test_handles_do_not_look_like_the_teams(handle: str) -> None:
    forum.team()
    assert refused("handle", handle) == "reserved"


@pytest.mark.parametrize(
    "name",
    [
        "Kim Reyes",
        "Κim Rеyes",
        "KIM  REYES",
        "Halcyon Team",
        "Hаlсyon",
        "Ѕupport",
        "K1m Reyes",
        "Verified owner",
        "Kundenservice",
        "Мoderatorin",
        "Moderatorin Eva",
        "Eva (Support)",
        "Verified owner Bob",
        "Bob, besitzt nachweislich Shield",
    ],
)
def test_names_do_not_look_like_the_teams(name: str) -> None:
    forum.team()
    assert refused("name", name) == "reserved"


def test_names_show_no_address() -> None:
    assert refused("name", "ada@example.org") == "address"
    assert refused("name", "\u200b ") == "empty"
    assert refused("name", "x" * 61) == "long"


@pytest.mark.parametrize("name", ["Ada", "Ali", "Søren Å", "Доротея", "李小龙", "Teamo"])
def test_names_of_people_are_welcome(name: str) -> None:
    assert names.check_name(name) == name


@pytest.mark.parametrize("about", ["Call +49 30 1234567", "See https://evil.invalid/x", "Write to eva@evil.invalid"])
def test_new_members_spread_nothing_by_their_profile(about: str) -> None:
    ada = forum.member(level=Member.Level.NEW)
    with pytest.raises(NameRefused) as why:
        members.introduce(member=ada, name="Ada", handle="ada", about=about)
    assert (why.value.members["field"], why.value.members["why"]) == ("about", "spreads")
    with pytest.raises(NameRefused) as why:
        members.introduce(member=ada, name="Eva 030 1234567", handle="ada")
    assert why.value.members["field"] == "name"
    assert members.introduce(member=ada, name="Ada", handle="ada", about="I like engines.").about == "I like engines."


def test_the_first_handle_is_of_the_name_never_of_the_address() -> None:
    assert members.of(people.customer("secret.address@example.org", "Zoë Müller")).handle == "zoe"
    assert members.of(people.customer("zoe2@example.org", "Zoe")).handle == "zoe2"
    assert members.of(people.customer("hidden@example.org", "")).handle == "member2"
    assert members.of(people.customer("hidden2@example.org", "Support")).handle == "member3"


def test_a_former_handle_stays_with_its_member() -> None:
    ada = forum.member()
    members.introduce(member=ada, name="Ada", handle="countess")
    assert refused("handle", "ada") == "taken"
    assert refused("handle", "countess") == "taken"
    members.introduce(member=ada, name="Ada", handle="ada")
    assert list(FormerHandle.objects.values_list("handle", flat=True)) == ["countess"]


def test_the_team_needs_no_introduction() -> None:
    kim = forum.team()
    assert kim.agreed_at is not None
    assert (kim.name, kim.handle) == ("Kim Reyes", "kim")


@pytest.mark.parametrize(("vendor", "name"), [("Nova", "Jan Novak"), ("Arc", "Marcus Garcia")])
def test_a_short_name_of_the_vendors_stands_in_many_others(settings: Settings, vendor: str, name: str) -> None:
    settings.FRONTDESK_BRAND = {**settings.FRONTDESK_BRAND, "name": vendor}
    assert names.check_name(name) == name
    assert names.check_handle(name.lower().replace(" ", "-"))


@pytest.mark.parametrize(
    "name", ["Nova", "N0va", "Nova Team", "Nova-Lynn", "Team Nova", "NovaSupport", "nova_gmbh", "N o v a"]
)
def test_a_short_name_of_the_vendors_is_theirs_all_the_same(settings: Settings, name: str) -> None:
    settings.FRONTDESK_BRAND = {**settings.FRONTDESK_BRAND, "name": "Nova"}
    assert refused("name", name) == "reserved"
