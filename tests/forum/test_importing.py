"""A community comes in from a file: whole, once, under its own names, and goes out the same."""

import hashlib
import io
import json
from collections.abc import Sequence
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.accounts.privacy.traces import traces_of
from frontdesk.accounts.roles import Role
from frontdesk.core import clock, outbox
from frontdesk.core.actors import Actor
from frontdesk.support.forum import erasing, importing, members, moderating
from frontdesk.support.forum.importing import Imported, exporting, plain, shapes
from frontdesk.support.forum.models import Category, FormerHandle, Member, News, Post, Reaction, Topic
from frontdesk.support.helpcentre.models import SearchEntry
from tests import people
from tests.support import order

pytestmark = pytest.mark.django_db
AT = "2024-02-01T10:00:00Z"
Json = dict[str, Any]
CATEGORY: Json = {"kind": "category", "id": "c1", "slug": "installing", "titles": {"en": "Installing"}}
ADA: Json = {"kind": "person", "id": "u1", "handle": "Ada", "name": "Ada", "joined_at": AT, "email": "Ada@example.org"}
BEA: Json = {"kind": "person", "id": "u2", "handle": "bea", "name": "Bea"}
TOPIC: Json = {
    "kind": "topic", "id": "t1", "category": "c1", "author": "u1", "title": "It does not start", "created_at": AT,
    "text": "Since the **update** it says code 7.", "post": "p1", "language": "en", "address": "/showthread.php?tid=1",
}  # fmt: skip
POST: Json = {
    "kind": "post", "id": "p2", "topic": "t1", "author": "u2", "created_at": "2024-02-01T11:00:00Z",
    "html": "<p>Install <b>3.2.1</b>.</p>", "answers": "p1", "address": "/showpost.php?p=2",
}  # fmt: skip
LIKE: Json = {"kind": "like", "post": "p2", "person": "u1", "at": AT}
SOLVED: Json = {"kind": "accepted", "topic": "t1", "post": "p2", "at": AT}
ALL = [CATEGORY, ADA, BEA, TOPIC, POST, LIKE, SOLVED]


def take(lines: Sequence[Json | str], **values: Any) -> Imported:
    text = "\n".join(each if isinstance(each, str) else json.dumps(each) for each in lines)
    return importing.import_file(actor=Actor.system("test"), source=io.BytesIO(text.encode()), **values)


def test_everything_comes_in_with_its_counts() -> None:
    done = take(ALL)
    assert (done.new, done.same, done.why) == (7, 0, {})
    topic, bea = Topic.objects.get(), Member.objects.get(handle="bea")
    question, answer = topic.posts.order_by("number")
    assert (topic.title, topic.post_count, topic.last_number, topic.last_poster) == ("It does not start", 2, 2, bea)
    assert (topic.accepted, topic.last_post_at) == (answer, answer.created_at)
    assert (answer.text, answer.answers, answer.like_count) == ("Install **3.2.1**.", question, 1)
    assert "<strong>update</strong>" in question.html
    assert (bea.post_count, bea.likes_received, bea.accepted_count, bea.person) == (1, 1, 1, None)
    assert SearchEntry.objects.get(kind="topic").title == topic.title
    assert Post.objects.filter(search__isnull=False).count() == 2


def test_the_same_file_again_adds_nothing() -> None:
    take(ALL)
    done = take(ALL)
    assert (done.new, done.same, done.wrong) == (0, 7, 0)
    assert (Topic.objects.count(), Post.objects.count(), Reaction.objects.count(), Member.objects.count()) == (
        1,
        2,
        1,
        2,
    )


def test_what_was_interrupted_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    taken, calls = importing._take, iter(range(9))

    def killed_in_the_third(*given: Any) -> None:
        taken(*given)
        if next(calls) == 2:
            raise RuntimeError("killed")

    with monkeypatch.context() as broken:
        broken.setattr(importing, "_take", killed_in_the_third)
        with pytest.raises(RuntimeError):
            take(ALL)
    assert not Post.objects.filter(external_id="p2").exists()
    assert Topic.objects.get().post_count == 1
    take(ALL)
    assert Topic.objects.get().post_count == 2


def test_a_dry_run_keeps_nothing_and_finds_the_same_faults() -> None:
    broken = {**POST, "id": "p9", "topic": "t9"}
    tried = take([*ALL, broken], dry_run=True)
    assert not Member.objects.exists()
    assert tried.why == take([*ALL, broken]).why
    assert "no topic has the id “t9”" in tried.why[8]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{not json", "form"),
        ({"kind": "poll", "id": "x"}, "poll"),
        ({**POST, "author": "u9"}, "nobody has the id “u9”"),
        ({**POST, "html": ""}, "neither"),
        ({**POST, "created_at": "yesterday"}, "created_at"),
        ({**POST, "created_at": "2024-02-01T10:00:00"}, "created_at"),
        ({**POST, "created_at": "0001-01-01T00:00:00+14:00"}, "before 1970"),
        ({**POST, "created_at": "9999-12-31T23:59:59-14:00"}, "in the future"),
        ({**POST, "created_at": "2999-01-01T00:00:00Z"}, "in the future"),
        ({**POST, "edited_at": "2999-01-01T00:00:00Z"}, "in the future"),
        ({**POST, "colour": "red"}, "colour"),
        ({**TOPIC, "id": "t2"}, "another post has the id “p1” already"),
        ({**TOPIC, "id": "t2", "post": "p2", "language": "zz';--"}, "language"),
        ({**CATEGORY, "id": "c2", "slug": "x", "titles": {"en": "x" * 5_000}}, "titles"),
        ({**TOPIC, "id": "t2", "category": "c9"}, "no category has the id “c9”"),
        ({**TOPIC, "id": "t2", "title": " "}, "title"),
        ({**SOLVED, "post": "p9"}, "no post has the id “p9”"),
        ({**CATEGORY, "id": "c2", "slug": "x", "product": "nothing"}, "no product"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_named_and_left_out_alone(line: Json | str, says: str) -> None:
    done = take([CATEGORY, ADA, BEA, TOPIC, line, {**LIKE, "post": "p1", "person": "u2"}])
    assert done.wrong == 1
    assert says in done.why[5]
    assert Reaction.objects.count() == 1


def test_nobody_is_mailed_and_no_clock_runs() -> None:
    take([CATEGORY, ADA, BEA, {**TOPIC, "text": "@bea?"}])
    outbox.deliver_due()
    assert not News.objects.exists()
    assert not mail.outbox
    assert Topic.objects.get().escalate_at is None


def test_whoever_confirms_the_address_gets_the_member_and_nobody_by_name() -> None:
    take(ALL)
    stranger = people.customer("eve@example.com", "Ada")
    assert members.of(stranger).external_id == ""
    ada = people.customer("ada@example.org", "Somebody Else")
    claimed = members.of(ada)
    assert (claimed.external_id, claimed.handle, claimed.post_count) == ("u1", "ada", 1)
    assert members.of(ada) == claimed


def test_a_hash_of_the_address_claims_as_well() -> None:
    digest = hashlib.sha256(b"ada@example.org").hexdigest()
    take([{"kind": "person", "id": "u1", "name": "Ada", "email_sha256": digest}])
    assert members.of(people.customer("ada@example.org", "Ada")).external_id == "u1"


def test_an_address_that_is_not_confirmed_claims_nothing() -> None:
    from allauth.account.models import EmailAddress

    take(ALL)
    eve = people.customer("eve@example.com", "Eve")
    EmailAddress.objects.create(user=eve, email="ada@example.org", verified=False)
    assert members.of(eve).external_id == ""


def test_old_addresses_lead_to_where_it_is_now(client: Client) -> None:
    take(ALL)
    topic, answer = Topic.objects.get(), Post.objects.get(external_id="p2")
    found = client.get("/community/from/showthread.php?tid=1")
    assert (found.status_code, found["Location"]) == (301, f"/community/t/{topic.number}/{topic.slug}/")
    assert client.get("/community/from/showpost.php?p=2")["Location"] == f"/community/p/{answer.pk}/"
    assert client.get("/community/from/showthread.php?tid=2").status_code == 404
    Category.objects.update(reads=Category.Who.STAFF)
    assert client.get("/community/from/showthread.php?tid=1").status_code == 404


def test_a_taken_handle_gets_a_number() -> None:
    take([ADA, {**BEA, "id": "u3", "handle": "ada"}])
    assert sorted(Member.objects.values_list("handle", flat=True)) == ["ada", "ada2"]


@pytest.mark.parametrize(
    ("handle", "name", "kept", "shown"),
    [
        ("old-ada", "Zoe", "old_ada2", "Zoe"),  # somebody had it before
        ("former-1", "Zoe", "former_1", "Zoe"),
        ("Moderator", "Zoe", "member_u9", "Zoe"),
        ("halcyon", "Halcyon Support", "member_u9", "member_u9"),
        ("kim", "Kim of the team", "member_u9", "member_u9"),  # a colleague's
        ("zoe", "zoe@example.org", "zoe", "zoe"),
    ],
)
def test_nobody_comes_in_as_somebody_else_or_as_the_team(handle: str, name: str, kept: str, shown: str) -> None:
    people.staff_browser(Role.AGENT, "kim@halcyon.example")
    Person.objects.filter(email="kim@halcyon.example").update(name="Kim of the team")
    kim = Person.objects.get(email="kim@halcyon.example")
    Member.objects.create(handle="kim", name="Kim", person=kim, joined_at=clock.now(), agreed_at=clock.now())
    ada = Member.objects.create(handle="ada", name="Ada", joined_at=clock.now(), agreed_at=clock.now())
    FormerHandle.objects.create(handle="old_ada", member=ada)
    take([{"kind": "person", "id": "u9", "handle": handle, "name": name}])
    member = Member.objects.get(external_id="u9")
    assert (member.handle, member.name) == (kept, shown)


@pytest.mark.parametrize(
    "line",
    [
        {**BEA, "name": "Be\0a"},
        {**BEA, "about": "\0"},
        {**CATEGORY, "id": "c2", "slug": "c2", "titles": {"en": "A\0B"}},
        {**POST, "id": "p\0"},
        {**LIKE, "post": "p\0"},
    ],
)
def test_a_sign_that_cannot_be_kept_costs_its_line_only(line: Json) -> None:
    done = take([line, CATEGORY, ADA])
    assert (done.new, done.wrong) == (2, 1)
    assert "U+0000" in done.why[1]


def test_who_was_erased_does_not_come_back() -> None:
    take(ALL)
    ada = people.customer("ada@example.org", "Ada")
    member = members.of(ada)
    erasing.erase(traces_of(ada))
    ada.delete()
    fresh = {**POST, "id": "p3", "author": "u1", "html": "", "text": "Written there since."}
    done = take([*ALL, fresh])
    assert (done.new, done.wrong) == (1, 0)
    member.refresh_from_db()
    assert (member.name, member.external_id, member.claim_address_hash) == ("", "", None)
    assert Member.objects.count() == 2
    assert Post.objects.get(external_id="p3").author == member
    assert members.of(people.customer("ada@example.org", "Ada")) != member


def test_what_belongs_to_a_merged_topic_goes_where_that_went() -> None:
    other = {**TOPIC, "id": "t2", "title": "It starts no more", "post": "p9"}
    take([*ALL, other])
    gone, left = Topic.objects.get(external_id="t2"), Topic.objects.get(external_id="t1")
    moderating.merge(by=order.moderator(), topic=gone, into=left, reason="The same question.")
    done = take([*ALL, other, {**POST, "id": "p10", "topic": "t2", "answers": "p9"}])
    assert (done.new, done.wrong) == (1, 0)
    assert Post.objects.get(external_id="p10").topic == left
    left.refresh_from_db()
    assert left.post_count == left.posts.count()


def test_a_first_post_of_another_file_costs_its_line_only() -> None:
    take(ALL)
    done = take([{**TOPIC, "id": "t2"}, {**TOPIC, "id": "t3", "post": "p30"}])
    assert (done.new, done.wrong) == (1, 1)
    assert "another post has the id “p1” already" in done.why[1]


def test_a_topic_without_its_first_post_does_not_go_out_under_anothers_name() -> None:
    take(ALL)
    Post.objects.filter(external_id="p1").update(state=Post.State.DELETED)
    kinds = [json.loads(shapes.write(each))["kind"] for each in exporting.lines()]
    assert kinds == ["category"]


def test_what_names_a_post_that_stays_here_does_not_go_out() -> None:
    take([*ALL, {**POST, "id": "p3", "author": "u1", "answers": "p2"}])
    Post.objects.filter(external_id="p2").update(state=Post.State.HIDDEN)
    lines = [json.loads(shapes.write(each)) for each in exporting.lines()]
    assert [each["id"] for each in lines if each["kind"] == "post"] == ["p3"]
    assert b"p2" not in json.dumps(lines).encode()
    assert {each["kind"] for each in lines} == {"category", "person", "topic", "post"}


def test_out_and_in_again_is_the_same() -> None:
    take(ALL)
    first = [shapes.write(each) for each in exporting.lines()]
    Topic.objects.update(accepted=None)
    for model in (Reaction, Post, Topic, Category, Member):
        model.objects.all().delete()
    take([each.decode() for each in first])
    second = [shapes.write(each) for each in exporting.lines()]

    def settled(lines: list[bytes]) -> list[Json]:
        return [{name: value for name, value in json.loads(each).items() if name != "address"} for each in lines]

    assert settled(first) == settled(second)
    assert len(first) == len(ALL)


def test_what_is_hidden_does_not_go_out() -> None:
    take(ALL)
    Post.objects.filter(external_id="p2").update(state=Post.State.HIDDEN)
    assert b"3.2.1" not in b"".join(shapes.write(each) for each in exporting.lines())


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two <em>three</em><br>four</p>", "One\n\nTwo *three*\nfour"),
        ("<script>alert(1)</script>Hello", "Hello"),
        ("<a href='https://example.org/x(1)'>here</a>", "[here](https://example.org/x(1%29)"),
        ("<a href='javascript:alert(1)'>here</a>", "here"),
        ("<blockquote><p>Said</p></blockquote><p>Yes</p>", "> Said\n\nYes"),
        ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
        ("<ol><li>one</li><li>two</li></ol>", "1. one\n2. two"),
        ("<pre>a\n  b</pre>", "```\na\n  b\n```"),
        ("2 * 3 &lt; 7 &amp; [x]", "2 \\* 3 \\< 7 & \\[x\\]"),
        ("<img src='https://example.org/a.png' alt='A'>", "[A](https://example.org/a.png)"),
    ],
)  # fmt: skip
def test_html_becomes_markdown(html: str, text: str) -> None:
    assert plain.to_markdown(html) == text


def test_html_that_is_built_to_hurt_is_only_text() -> None:
    assert len(plain.to_markdown("<blockquote>" * 5_000 + "x")) < 400_000
    plain.to_markdown("</a></ul></pre></blockquote><li>" * 1_000)
