"""Managers make and arrange the community's categories."""

from typing import Any

import pytest

from frontdesk.accounts.roles import Role
from frontdesk.core.models import AuditEntry
from frontdesk.support.forum.models import Category
from tests.people import customer, signed_in, staff_browser
from tests.support import desk, forum

pytestmark = pytest.mark.django_db
PATH = "/desk/community/categories/"
SAID: dict[str, Any] = {
    "title_en": "Early versions", "title_de": "Vorabversionen", "about_en": "For the curious", "reads": "everybody",
    "begins": "everybody", "asks": "on", "position": 2,
}  # fmt: skip


def test_only_managers_arrange() -> None:
    for browser in (signed_in(customer()), staff_browser(Role.AGENT)):
        assert browser.get(PATH).status_code == 403
        assert browser.post(f"{PATH}new/", SAID).status_code == 403
    assert not Category.objects.exists()


def test_a_manager_makes_changes_and_removes_a_category() -> None:
    manager = staff_browser(Role.MANAGER)
    assert manager.post(f"{PATH}new/", SAID).status_code == 302
    made = Category.objects.get()
    assert (made.slug, made.titles["de"], made.asks, made.position) == ("early-versions", "Vorabversionen", True, 2)
    assert "Early versions" in manager.get(PATH).content.decode()
    product = desk.shield()
    changed = {**SAID, "title_en": "Owners only", "product": str(product.pk), "reads": "owners", "begins": "owners"}
    assert manager.post(f"{PATH}{made.slug}/", changed).status_code == 302
    made.refresh_from_db()
    assert (made.slug, made.titles["en"], made.reads, made.product) == (
        "early-versions",
        "Owners only",
        "owners",
        product,
    )
    assert manager.post(f"{PATH}{made.slug}/remove/").status_code == 302
    assert not Category.objects.exists()
    done = AuditEntry.objects.filter(action__startswith="community_category").values_list("action", flat=True)
    assert sorted(done) == ["community_category.added", "community_category.changed", "community_category.removed"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"title_en": "", "title_de": ""},
        {"reads": "owners", "begins": "owners"},
        {"reads": "staff", "begins": "everybody"},
        {"position": -1},
        {"reads": "nobody"},
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(wrong: dict[str, Any]) -> None:
    assert staff_browser(Role.MANAGER).post(f"{PATH}new/", {**SAID, **wrong}).status_code == 422
    assert not Category.objects.exists()


def test_topics_become_questions_with_their_category() -> None:
    category = forum.category("ideas", asks=False)
    topic = forum.topic(category_=category)
    assert topic.unanswered_since is None
    manager = staff_browser(Role.MANAGER)
    manager.post(f"{PATH}ideas/", {**SAID, "asks": "on"})
    topic.refresh_from_db()
    assert topic.unanswered_since == topic.created_at
    assert manager.post(f"{PATH}ideas/remove/").status_code == 409


def test_owners_read_what_is_theirs() -> None:
    person = customer("own@example.org", "Owen")
    desk.licensed(person)
    category = forum.category("early", reads="owners", begins="owners", product=desk.shield())
    topic = forum.topic(forum.member("own@example.org"), category_=category)
    forum.topic(forum.member("own@example.org"), title="A question to everybody")
    assert signed_in(person).get(topic.get_absolute_url()).status_code == 200
    assert "Verified owner of Halcyon Shield" in signed_in(person).get(topic.get_absolute_url()).content.decode()
    assert signed_in(customer("eve@example.org", "Eve")).get(topic.get_absolute_url()).status_code == 404
