"""A community comes in from a file: whole, once, under its own names, and goes out the same."""

import hashlib
import io
import json
from collections.abc import Sequence
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from frontdesk.core import outbox
from frontdesk.core.actors import Actor
from frontdesk.support.forum import importing, members
from frontdesk.support.forum.importing import Imported, exporting, plain, shapes
from frontdesk.support.forum.models import Category, Member, News, Post, Reaction, Topic
from frontdesk.support.helpcentre.models import SearchEntry
from tests import people

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
    assert (done.new, done.wrong) == (2, 0)  # a like and an acceptance have no id: they are counted, and change nothing
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
        ({**POST, "colour": "red"}, "colour"),
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
