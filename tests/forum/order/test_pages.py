"""The pages about levels, experts and order: who sees them, and what strangers can do with their addresses."""

from uuid import uuid4

import pytest
from django.test import Client

from frontdesk.accounts.roles import Role
from frontdesk.core import clock
from frontdesk.support.forum import accepting, moderating
from frontdesk.support.forum.models import Category, Decision, Flag, Member, Post, Topic
from frontdesk.support.forum.order_deeds import MEMBER_DEEDS, POST_DEEDS, TOPIC_DEEDS
from tests import people
from tests.support import order
from tests.support.order import Level

pytestmark = pytest.mark.django_db


def browser(member: Member) -> Client:
    return people.signed_in(order.person_of(member))


def test_levels_are_explained_to_everybody() -> None:
    page = Client().get("/community/levels/").content.decode()
    for text in ("0 · New", "4 · Leader", "Silence somebody for a day", "Sign in to see your level"):
        assert text in page
    nia = order.member("nia", Level.NEW, days_seen=1)
    page = browser(nia).get("/community/levels/").content.decode()
    assert "Your level" in page
    assert "1 of 2" in page
    kim = order.moderator()
    assert "You are on the team" in browser(kim).get("/community/levels/").content.decode()


def test_experts_by_category_and_hiding_oneself() -> None:
    studio, other = order.category("studio"), order.category("other")
    secret = order.category("secret", reads=Category.Who.STAFF)
    ada, bob = order.member("ada"), order.member("bob")
    accepting.accept(member=ada, post=order.post(order.topic(ada, category=studio), bob))
    page = Client().get("/community/experts/").content.decode()
    assert "Bob" in page
    assert "answered 1 question" in page
    assert secret.title not in page
    assert "Bob" not in Client().get(f"/community/experts/?in={other.slug}").content.decode()
    assert Client().post("/community/experts/mine/", {"shown": "no"}).status_code == 302
    browser(bob).post("/community/experts/mine/", {"shown": "no"})
    assert "Bob" not in Client().get("/community/experts/").content.decode()


def test_reporting_from_the_page() -> None:
    ada = order.member("ada")
    post = order.post(order.topic(ada), order.member("bob"), "You are all fools.")
    address = f"/community/p/{post.pk}/report/"
    assert Client().get(address).status_code == 302
    page = browser(ada)
    assert "You are all fools." in page.get(address).content.decode()
    assert page.post(address, {"kind": "moon"}).status_code == 422
    assert page.post(address, {"kind": "rude", "words": "It hurts"}).status_code == 302
    assert Flag.objects.get().words == "It hurts"
    again = page.post(address, {"kind": "rude"})
    assert "You have reported this already" in again.content.decode()
    assert browser(post.author).get(address).status_code == 403
    private = order.topic(order.moderator(), category=order.category("team", reads=Category.Who.STAFF))
    assert page.get(f"/community/p/{private.posts.get().pk}/report/").status_code == 404


def test_asking_again_from_the_mail() -> None:
    kim, bob = order.moderator(), order.member("bob")
    post = order.post(order.topic(order.member("ada")), bob, "You are all fools.")
    moderating.hide(by=kim, post=post, reason="Please be kind")
    address = f"/community/p/{post.pk}/again/"
    assert browser(order.member("zoe")).get(address).status_code == 404
    page = browser(bob).get(address).content.decode()
    assert "Please be kind" in page
    assert browser(bob).post(address, {"text": "I see it otherwise."}).status_code == 302
    assert Post.objects.get(pk=post.pk).state == Post.State.WAITING
    assert "It waits for a look" in browser(bob).get(address).content.decode()


def addresses() -> list[str]:
    bob = order.member("bob")
    topic = order.topic(order.member("ada"))
    order.post(topic, bob)
    post = order.post(topic, bob)
    return [
        *(f"/community/p/{post.pk}/order/{name}/" for name in POST_DEEDS),
        *(f"/community/t/{topic.number}/order/{name}/" for name in TOPIC_DEEDS),
        *(f"/community/u/bob/order/{name}/" for name in MEMBER_DEEDS),
    ]


def values(title: str = "Another title") -> dict[str, str]:
    return {"reason": "Because", "title": title, "category": "studio", "other": "1", "level": "4", "fixed": "on"}


@pytest.mark.parametrize("level", [None, Level.NEW, Level.MEMBER])
def test_strangers_decide_nothing(level: int | None) -> None:
    every = addresses()
    before = list(Post.objects.order_by("pk").values()), list(Topic.objects.order_by("pk").values())
    page = Client() if level is None else browser(order.member("zoe", level))
    for address in every:
        for response in (page.get(address), page.post(address, values())):
            assert response.status_code == (302 if level is None else 403), address
    assert before == (list(Post.objects.order_by("pk").values()), list(Topic.objects.order_by("pk").values()))
    assert not Decision.objects.exists()
    assert not Member.objects.exclude(banned_at=None, silenced_until=None).exists()


def test_leaders_decide_within_their_rights() -> None:
    page = browser(order.member("lea", Level.LEADER))
    allowed = {address.rsplit("/", 2)[1] for address in addresses() if page.get(address).status_code == 200}
    assert allowed == {
        "hide", "show", "lock", "unlock", "rename", "move", "duplicate", "not_duplicate", "merge", "silence",
        "unsilence", "clear", "restore",
    }  # fmt: skip
    teams = order.post(order.topic(order.moderator()), Member.objects.get(handle="kim"))
    assert page.post(f"/community/p/{teams.pk}/order/hide/", values()).status_code == 403
    assert page.post("/community/u/kim/order/silence/", values()).status_code == 403
    private = order.topic(Member.objects.get(handle="ada"), category=order.category("own", reads=Category.Who.OWNERS))
    assert page.post(f"/community/t/{private.number}/order/lock/", values()).status_code == 404


def test_leaders_do_not_see_what_is_private() -> None:
    kim = order.moderator()
    post = order.post(order.topic(order.member("ada")), order.member("bob"), "Her number is 0170 1234567.")
    Flag.objects.create(post=post, member=order.member("cleo"), kind="private", created_at=clock.now())
    page = browser(order.member("lea", Level.LEADER))
    assert page.get(f"/community/p/{post.pk}/order/hide/").status_code == 200
    moderating.hide(by=kim, post=post, reason="Private")
    assert page.get(f"/community/p/{post.pk}/order/show/").status_code == 404
    topic = page.get(post.topic.get_absolute_url()).content.decode()
    assert "0170" not in topic


def test_hiding_from_the_topic_needs_a_reason_and_tells_of_others() -> None:
    lea = order.member("lea", Level.LEADER)
    post = order.post(order.topic(order.member("ada")), order.member("bob"))
    page = browser(lea)
    assert "Moderate" in page.get(post.topic.get_absolute_url()).content.decode()
    address = f"/community/p/{post.pk}/order/hide/"
    form = page.get(address).context["form"]
    seen = form["seen"].value()
    assert page.post(address, {"seen": seen, "reason": " "}).status_code == 422
    moderating.close_edits(by=order.moderator(), post=post, reason="Calm down")
    told = page.post(address, {"seen": seen, "reason": "Rude"})
    assert "Somebody else has just decided this" in told.content.decode()
    assert page.post(address, {"seen": moderating.mark(post), "reason": "Rude"}).status_code == 302
    assert Post.objects.get(pk=post.pk).state == Post.State.HIDDEN


def test_a_merged_topic_leads_to_where_its_posts_stand() -> None:
    kim, ada = order.moderator(), order.member("ada")
    one, two = order.topic(ada, text="q0"), order.topic(ada, text="q1")
    moved = order.post(two, ada, "Moved along")
    old = two.get_absolute_url()
    moderating.merge(by=kim, topic=two, into=one, reason="The same")
    page = Client().get(old)
    assert page.status_code == 301
    assert page["Location"].endswith("#post-2")
    assert Client().get(f"/community/p/{moved.pk}/")["Location"].endswith("#post-3")


def test_duplicates_and_splits_are_told_on_the_page() -> None:
    kim, ada, bob = order.moderator(), order.member("ada"), order.member("bob")
    first, topic = order.topic(ada, "Asked before"), order.topic(ada, "Asked again")
    post = order.post(topic, bob, "Something else")
    moderating.mark_duplicate(by=kim, topic=topic, of=first, reason="The same")
    made = moderating.split(by=kim, topic=topic, posts=[post.pk], title="Something else altogether", reason="Other")
    page = Client().get(topic.get_absolute_url()).content.decode()
    assert "This was asked before" in page
    assert "1 post was split off" in page
    assert made.title in page


def test_moderators_by_role(client: Client) -> None:
    max_ = order.moderator("max", Role.MANAGER)
    bob = order.member("bob")
    page = browser(max_)
    address = "/community/u/bob/order/ban/"
    seen = page.get(address).context["form"]["seen"].value()
    assert page.post(address, {"reason": "Spam", "seen": seen}).status_code == 302
    bob.refresh_from_db()
    assert bob.banned_at is not None
    assert page.get(f"/community/p/{uuid4()}/order/hide/").status_code == 404
    assert page.get("/community/u/bob/order/moon/").status_code == 404


def test_no_browser_keeps_where_a_title_led() -> None:
    kim = order.moderator()
    topic, into = order.topic(order.member("ada")), order.topic(order.member("bob"))
    moved = Client().get(f"/community/t/{topic.number}/another-title/")
    assert (moved.status_code, moved["Cache-Control"]) == (301, "private, no-cache")
    moderating.merge(by=kim, topic=topic, into=into, reason="The same")
    merged = Client().get(topic.get_absolute_url())
    assert (merged.status_code, merged["Cache-Control"]) == (301, "private, no-cache")
