"""Two at once and much at once: locks in one order, limits, and work that does not grow."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from frontdesk.core.actors import Actor
from frontdesk.core.errors import TooManyAttempts
from frontdesk.core.throttle import Limit
from frontdesk.support.forum import accepting, categories, experts, flags, members, moderating, names
from frontdesk.support.forum.categories import Arranged
from frontdesk.support.forum.errors import NameRefused
from frontdesk.support.forum.models import Category, Expertise, Member
from frontdesk.support.forum.order_errors import NotAllowed
from frontdesk.support.forum.views import writing as pages
from tests import people
from tests.support import desk, order
from tests.support.queries import statements
from tests.support.races import at_once

pytestmark = pytest.mark.django_db
WHY = "It does not belong here"


def place(asked: list[str], *words: str) -> int:
    """Where the first statement stands that has all of these words."""
    return next(place for place, sql in enumerate(asked) if all(word in sql for word in words))


def test_merging_locks_members_before_what_counts_experts() -> None:
    kim, ada, bob = order.moderator(), order.member("ada"), order.member("bob")
    topic, into = order.topic(ada), order.topic(ada)
    accepting.accept(member=ada, post=order.post(topic, bob))
    with CaptureQueriesContext(connection) as queries:
        moderating.merge(by=kim, topic=topic, into=into, reason=WHY)
    asked = statements(queries)
    assert place(asked, "forum_member", "FOR NO KEY UPDATE") < place(asked, "forum experts")
    into.refresh_from_db()
    assert into.accepted is not None


def test_asking_again_locks_its_author_before_the_topic() -> None:
    kim, bob = order.moderator(), order.member("bob")
    post = order.post(order.topic(order.member("ada")), bob)
    moderating.hide(by=kim, post=post, reason=WHY)
    with CaptureQueriesContext(connection) as queries:
        flags.ask_again(member=bob, post=post, text="Please read it once more.")
    asked = statements(queries)
    topic = place(asked, "forum_topic", "FOR UPDATE")
    assert place(asked, "pg_advisory_xact_lock", "forum member") < place(asked, "core_throttlecounter") < topic


@pytest.mark.django_db(transaction=True)
def test_two_categories_of_one_title_at_once() -> None:
    def make() -> Category:
        return categories.save(actor=Actor.system(), category=None, arranged=Arranged({"en": "Ideas"}))

    outcomes = at_once(*[make] * 4)
    assert all(isinstance(each, Category) for each in outcomes)
    assert set(Category.objects.values_list("slug", flat=True)) == {"ideas", "ideas-2", "ideas-3", "ideas-4"}


@pytest.mark.django_db(transaction=True)
def test_two_choose_one_handle_at_this_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "is_held", lambda handle, **but: False)  # as each sees it
    ada, bob = order.member("ada"), order.member("bob")
    outcomes = at_once(
        lambda: members.introduce(member=ada, name="Ada", handle="countess"),
        lambda: members.introduce(member=bob, name="Bob", handle="countess"),
    )
    assert sorted(type(each).__name__ for each in outcomes) == ["Member", "NameRefused"]


def test_a_handle_that_was_taken_meanwhile_is_said_at_its_field(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "is_held", lambda handle, **but: False)
    order.member("ada")
    with pytest.raises(NameRefused):
        members.introduce(member=order.member("bob"), name="Bob", handle="ada")


def test_names_change_so_often_and_not_for_who_may_not_write(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "CHANGES", Limit("community-name", 2, 86_400))
    ada = order.member("ada")
    for handle in ("countess", "lovelace"):
        members.introduce(member=ada, name="Ada", handle=handle)
    with pytest.raises(TooManyAttempts):
        members.introduce(member=ada, name="Ada", handle="byron")
    banned = order.member("bob", banned_at=ada.joined_at)
    with pytest.raises(NotAllowed):
        members.introduce(member=banned, name="Robert", handle="robert")
    fields = {"form": "profile", "name": "Robert", "handle": "robert", "about": "Buy at cheap.example"}
    page = people.signed_in(order.person_of(banned)).post("/community/me/", fields)
    assert "You cannot write in the community any more." in page.content.decode()
    banned.refresh_from_db()
    assert (banned.handle, banned.about) == ("bob", "")


def test_a_first_handle_is_found_without_looking_at_all_that_are_taken() -> None:
    Member.objects.bulk_create(
        Member(handle=f"member{number}", joined_at="2026-01-01T00:00:00Z") for number in range(2, 60)
    )
    with CaptureQueriesContext(connection) as queries:
        found = names.first_handle("李小龙")
    assert names.HANDLE.fullmatch(found)
    assert not Member.objects.filter(handle=found).exists()
    assert len(queries) < 10


def test_what_is_similar_is_looked_for_so_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "LOOKS", Limit("community-similar", 2, 86_400))
    guest = Client()
    assert [guest.get("/community/new/similar/?title=No+sound").status_code for _try in range(3)] == [200, 200, 429]


def test_thanks_in_restricted_categories_are_not_told_outside() -> None:
    bob, product = order.member("bob"), desk.shield()
    shown = order.category("shield", product=product)
    hidden = order.category("team", product=product, reads=Category.Who.STAFF, begins=Category.Who.STAFF)
    Expertise.objects.create(member=bob, category=hidden, accepted=5)
    assert experts.lines(shown, [bob.pk]) == {}
    assert experts.lines(hidden, [bob.pk]) == {bob.pk: f"answered 5 questions about {product.name}"}
    Expertise.objects.create(member=bob, category=shown, accepted=3)
    assert experts.lines(shown, [bob.pk]) == {bob.pk: f"answered 3 questions about {product.name}"}
