"""The moderators' desk: the queue, several at once, the log, members, rules."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from frontdesk.accounts.models import Person
from frontdesk.support.forum import accepting, flags, holding, moderating, writing
from frontdesk.support.forum.holding import watching
from frontdesk.support.forum.models import Decision, Member, Post
from frontdesk.support.forum.order_deeds import MEMBER_DEEDS, POST_DEEDS, TOPIC_DEEDS
from tests import people
from tests.support import desk, order
from tests.support.order import Level
from tests.support.queries import statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def post() -> Post:
    return order.post(
        order.topic(order.member("ada")), order.member("nia", Level.NEW), "Buy at cheap.com",
        state=Post.State.WAITING, waits_for="first_links",
    )  # fmt: skip


def state(post: Post) -> str:
    return Post.objects.get(pk=post.pk).state


def test_the_queue_shows_posts_with_reports_and_records(agent: Client, post: Post) -> None:
    page = agent.get("/desk/community/").content.decode()
    assert "Buy at cheap.com" in page
    assert "Links, pictures and addresses of new members are looked at first" in page
    shown = order.post(post.topic, order.member("bob"), "You are all fools.")
    flags.flag(member=order.member("cleo", Level.REGULAR), post=shown, kind="rude", words="It hurts")
    page = agent.get("/desk/community/?show=reported").content.decode()
    for text in ("You are all fools.", "It hurts", "Cleo", "Rude or hurtful", "Reported (1)"):
        assert text in page
    assert "Buy at cheap.com" not in page


def test_queries_do_not_grow_with_the_queue(agent: Client, post: Post) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            agent.get("/desk/community/")
        return len(statements(queries))

    few = asked()
    for number in range(4):
        order.post(post.topic, order.member(f"n{number}", Level.NEW), "More", state="waiting", waits_for="links")
    assert asked() <= few


def test_several_at_once_with_one_reason(agent: Client, post: Post) -> None:
    other = order.post(post.topic, post.author, "Buy more", state="waiting", waits_for="links")
    fields = {"id": [str(post.pk), str(other.pk)], "do": "approve", "show": "waiting"}
    page = agent.post("/desk/community/bulk/", fields, follow=True).content.decode()
    assert "Write a reason" in page
    assert state(post) == "waiting"
    seen = {f"seen-{each.pk}": moderating.mark(each) for each in (post, other)}
    moderating.hide(by=order.moderator(), post=other, reason="Spam")
    page = agent.post("/desk/community/bulk/", {**fields, **seen, "reason": "All fine"}, follow=True).content.decode()
    assert "1 post is decided." in page
    assert "1 post was decided by somebody else" in page
    assert "A post was hidden (Kim)." in page
    assert (state(post), state(other)) == ("visible", "hidden")
    assert "Choose posts first." in agent.post("/desk/community/bulk/", {"do": "hide"}, follow=True).content.decode()
    wrong = {"id": [str(post.pk)], "do": "ban", "reason": "x"}
    agent.post("/desk/community/bulk/", wrong)
    assert state(post) == "visible"


def test_each_decision_has_its_page(agent: Client, post: Post) -> None:
    for name in POST_DEEDS:
        assert agent.get(f"/desk/community/posts/{post.pk}/{name}/").status_code == 200
    for name in TOPIC_DEEDS:
        assert agent.get(f"/desk/community/topics/{post.topic_id}/{name}/").status_code == 200
    for name in MEMBER_DEEDS:
        expected = 403 if name in {"ban", "unban"} else 200
        assert agent.get(f"/desk/community/members/{post.author_id}/{name}/").status_code == expected
    address = f"/desk/community/posts/{post.pk}/approve/"
    done = agent.post(address, {"reason": "Fine", "seen": moderating.mark(post)}, follow=True)
    assert "The post is shown now." in done.content.decode()


def test_splitting_and_merging_from_the_desk(agent: Client, post: Post) -> None:
    topic = post.topic
    chosen = order.post(topic, order.member("bob"), "Another matter")
    seen = moderating.mark(topic)
    fields = {"reason": "Other", "seen": seen, "title": "Another matter altogether", "posts": [str(chosen.pk)]}
    assert agent.post(f"/desk/community/topics/{topic.pk}/split/", fields).status_code == 302
    chosen.refresh_from_db()
    made = chosen.topic
    assert made.title == "Another matter altogether"
    fields = {"reason": "The same", "seen": moderating.mark(made), "other": topic.get_absolute_url()}
    assert agent.post(f"/desk/community/topics/{made.pk}/merge/", fields).status_code == 302
    chosen.refresh_from_db()
    assert chosen.topic == topic
    unknown = agent.post(f"/desk/community/topics/{topic.pk}/merge/", {**fields, "other": "99999"})
    assert "There is no such topic." in unknown.content.decode()


def test_the_log_with_filters_csv_and_taking_back(agent: Client, post: Post) -> None:
    kim = order.moderator()
    moderating.hide(by=kim, post=post, reason="=SUM(1)")
    moderating.silence(by=None, member=post.author, reason=watching.FLOOD)
    page = agent.get("/desk/community/log/").content.decode()
    assert "A post was hidden" in page
    assert "by itself" in page
    for query, found in (
        ("what=post.hidden", 1), ("by=Kim", 1), ("member=@nia", 2), ("topic=99", 0), ("first=2000-01-01", 2),
        ("last=2000-01-01", 0), ("topic=moon", 0),
    ):  # fmt: skip
        assert len(agent.get(f"/desk/community/log/?{query}").context["rows"]) == found, query
    text = agent.get("/desk/community/log/decisions.csv?what=post.hidden").content.decode()
    assert text.splitlines()[1].endswith("'=SUM(1)")
    decision = Decision.objects.get(what="post.hidden")
    back = agent.post(f"/desk/community/log/{decision.pk}/undo/", follow=True).content.decode()
    assert "It is taken back." in back
    assert state(post) == "visible"
    again = agent.post(f"/desk/community/log/{decision.pk}/undo/", follow=True).content.decode()
    assert "Somebody else has just decided this" in again


def test_what_is_known_of_a_member(agent: Client, post: Post) -> None:
    moderating.hide(by=order.moderator(), post=post, reason="Spam and nothing else")
    page = agent.get(f"/desk/community/members/{post.author_id}/").content.decode()
    for text in ("Spam and nothing else", "Buy at cheap.com", "Silence", "Set the level"):
        assert text in page
    moderating.silence(by=Member.objects.get(handle="kim"), member=post.author, reason="Spam")
    assert "until somebody looks" in agent.get("/desk/community/?show=silenced").content.decode()


def test_rules_are_for_managers(agent: Client, manager: Client) -> None:
    assert agent.get("/desk/community/settings/").status_code == 403
    numbers = {"hide_weight": "9", "most_mentions": "3", "storm_count": "4", "flood_count": "5"}
    wrong = manager.post("/desk/community/settings/", {**numbers, "hosts": "not a host"})
    assert "is no host" in wrong.content.decode()
    fields = {**numbers, "words": "free money\n\nfree money\nCasino", "hosts": "WWW.Friend.example"}
    assert manager.post("/desk/community/settings/", fields).status_code == 302
    rules = holding.waiting.current_rules()
    assert (rules.words, rules.hosts, rules.hide_weight) == (["free money", "Casino"], ["friend.example"], 9)


def test_nobody_else_comes_in(ada: Person, post: Post) -> None:
    customer, guest = people.signed_in(ada), Client()
    decision = Decision.objects.create(what="post.hidden", reason="x", post=post, created_at=post.created_at)
    for path in (
        "", "?show=silenced", "log/", "log/decisions.csv", f"members/{post.author_id}/", "settings/",
        f"posts/{post.pk}/hide/", f"topics/{post.topic_id}/lock/", f"members/{post.author_id}/silence/",
    ):  # fmt: skip
        assert customer.get(f"/desk/community/{path}").status_code == 403, path
        assert guest.get(f"/desk/community/{path}").status_code == 302, path
    for path in ("bulk/", f"log/{decision.pk}/undo/", f"posts/{post.pk}/hide/", f"members/{post.author_id}/silence/"):
        assert customer.post(f"/desk/community/{path}", {"reason": "x", "do": "hide"}).status_code == 403, path
        assert guest.post(f"/desk/community/{path}", {"reason": "x"}).status_code == 302, path
    assert state(post) == "waiting"


def test_beside_a_conversation_from_the_community_stand_who_might_know(agent: Client) -> None:
    asker, bob = order.member("ada"), order.member("bob")
    for number in range(3):
        other = order.member(f"asker{number}")
        accepting.accept(member=other, post=order.post(order.topic(other), bob))
    ticket = desk.conversation(order.person_of(asker), channel="forum")
    topic = order.topic(asker, "Nobody knows", conversation=ticket.pk)
    page = agent.get(f"/desk/inbox/{ticket.pk}/customer/").content.decode()
    for text in ("From the community", "Nobody knows", "Bob", "answered 3 questions"):
        assert text in page
    order.post(topic, bob)
    assert "answered 3 questions" not in agent.get(f"/desk/inbox/{ticket.pk}/customer/").content.decode()


def test_reports_of_a_deleted_post_are_closed_from_the_queue(agent: Client, post: Post) -> None:
    bob, cleo = order.member("bob"), order.member("cleo", Level.MEMBER)
    gone = order.post(post.topic, bob, "You are all fools.")
    flags.flag(member=cleo, post=gone, kind="rude")
    writing.delete(member=bob, post=gone)
    page = agent.get("/desk/community/?show=reported").content.decode()
    for name, is_offered in (("reports_right", True), ("reports_closed", True), ("keep", False), ("hide", False)):
        assert (f"/desk/community/posts/{gone.pk}/{name}/" in page) == is_offered, name
    fields = {"id": [str(gone.pk)], "show": "reported", "reason": "Its author saw it", f"seen-{gone.pk}": ""}
    assert (
        "1 post stays as it was."
        in agent.post("/desk/community/bulk/", {**fields, "do": "keep"}, follow=True).content.decode()
    )
    said = agent.post(f"/desk/community/posts/{gone.pk}/hide/", {"reason": "Rude", "seen": ""}, follow=True)
    assert "Nothing was changed" in said.content.decode()
    page = agent.post("/desk/community/bulk/", {**fields, "do": "reports_right"}, follow=True).content.decode()
    assert "1 post is decided." in page
    assert "You are all fools." not in page
