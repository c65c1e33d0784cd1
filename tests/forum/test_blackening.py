"""What goes when somebody leaves, and what must not: nobody else's words, and nothing of a page's markup."""

from html.parser import HTMLParser
from uuid import uuid4

import pytest

from frontdesk.accounts.models import Message as Letter
from frontdesk.accounts.privacy.traces import traces_of
from frontdesk.core import clock, outbox
from frontdesk.support.forum import accepting, claiming, erasing, names, rendering
from frontdesk.support.forum.errors import NameRefused
from frontdesk.support.forum.models import Decision, FormerHandle, Member, NewsMail, Topic
from frontdesk.support.forum.notifying import mailing
from frontdesk.support.helpcentre.models import SearchEntry
from tests.support import forum

pytestmark = pytest.mark.django_db
ADDRESS = "zqadara@example.org"
TRAP = '[x](https://a.example/) " hx-post="/any/own/path/" hx-trigger="load" z="'


class Attributes(HTMLParser):
    """All attributes of some HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found = set[str]()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {name for name, _value in attrs}


def leaver(name: str = "Zqadara", handle: str = "zqadara") -> Member:
    return forum.member(ADDRESS, name, handle=handle)


def erase(member: Member) -> None:
    assert member.person is not None
    erasing.erase(traces_of(member.person))


def mailed() -> list[Letter]:
    for _each in range(2):
        outbox.deliver_due()
        mailing.send_due()
    return list(Letter.objects.filter(template="forum/news"))


def test_a_name_of_signs_opens_no_attribute_in_posts_or_mails() -> None:
    member, bea = leaver('noopener"'), forum.member("bea@example.org", "Bea")
    topic = forum.topic(bea)
    post = forum.reply(topic, member, TRAP)
    assert mailed()
    erase(member)
    post.refresh_from_db()
    assert post.html == rendering.to_html(post.text)
    for html in [post.html, *Letter.objects.values_list("html", flat=True)]:
        assert not {name for name in Attributes(html).found if name.startswith("hx-") or name == "z"}
    assert 'rel="nofollow ugc noopener"' in post.html


@pytest.mark.parametrize(("name", "handle"), [("a", "the"), ("und", "with"), ("restart", "restart")])
def test_what_others_wrote_stays_whatever_somebody_called_themselves(name: str, handle: str) -> None:
    bea, said = forum.member("bea@example.org", "Bea"), "Please restart the thing with a key und wait."
    for _each in range(3):
        forum.topic(bea, "Restart the thing", said)
    member = leaver(name, handle)
    topic = forum.topic(member)
    post = forum.reply(topic, bea, said)
    forum.reply(topic, member, "I did.")
    assert mailed()
    erase(member)
    post.refresh_from_db()
    assert post.text == said


def test_only_the_whole_handle_is_a_mention_of_them() -> None:
    member, other = leaver(handle="max"), forum.member("max@example.org", "Maximilian", handle="max-b")
    topic = forum.topic(member)
    post = forum.reply(topic, other, "@max and @max-b, to the max: mail max@shop.example")
    erase(member)
    post.refresh_from_db()
    assert post.text == "… and @max-b, to the max: mail max@shop.example"
    assert post.mentions == ["max-b"]
    assert "/community/u/max-b/" in post.html


def test_a_quotation_that_is_indented_is_one_as_well() -> None:
    member, bea = leaver("Ada"), forum.member("bea@example.org", "Bea")
    topic = forum.topic(member, "No sound", "Ada speaks.")
    quoted = f" > **[Ada](/community/p/{topic.posts.get().pk}/)**\n >\n > Ada speaks.\n\n"
    post = forum.reply(topic, bea, quoted + "So does Ada Lovelace.")
    erase(member)
    post.refresh_from_db()
    assert "Ada speaks" not in post.text
    assert "[Ada]" not in post.text
    assert post.text.endswith("So does Ada Lovelace.")


def test_what_is_quoted_of_theirs_counts_as_theirs() -> None:
    member, bea = leaver("Ada", "ada"), forum.member("bea@example.org", "Bea")
    topic = forum.topic(member, text="Ada speaks.")
    quoted = rendering.quote("Ada speaks.", by="Ada", path=f"/community/p/{topic.posts.get().pk}/")
    post = forum.reply(topic, bea, quoted + "Ada Lovelace wrote that.")
    erase(member)
    post.refresh_from_db()
    assert "> … speaks." in post.text
    assert "> **[…](/community/p/" in post.text
    assert "Ada Lovelace wrote that." in post.text


def test_their_short_name_goes_from_mails_that_passed_on_their_words_and_links_stay() -> None:
    member, bea = leaver("Ada", "quiet"), forum.member("bea@example.org", "Bea")
    forum.reply(forum.topic(bea), member, "Regards, Ada")
    before = [letter for letter in mailed() if letter.person == bea.person]
    assert before
    erase(member)
    for letter in before:
        letter.refresh_from_db()
        assert "Ada" not in letter.text + letter.html
        assert "/community/quiet/" in letter.text
        assert "/community/quiet/" in letter.html


def test_the_help_search_forgets_the_name_in_somebody_elses_solved_topic() -> None:
    member, bea = leaver(), forum.member("bea@example.org", "Bea")
    topic = forum.topic(bea, "Zqadara, can you help?", "As Zqadara said.")
    forum.reply(topic, member, "I can.")
    accepting.accept(member=bea, post=forum.reply(topic, forum.member("cy@example.org", "Cy"), "Zqadara is right."))
    assert SearchEntry.objects.filter(subject=topic.pk, body__contains="Zqadara").exists()
    erase(member)
    entry = SearchEntry.objects.get(subject=topic.pk)
    assert "zqadara" not in f"{entry.title} {entry.body} {entry.summary} {entry.slug} {entry.url}".lower()


def test_a_topic_that_was_nothing_but_the_name_still_has_an_address() -> None:
    member = leaver()
    topic = forum.topic(member, "Zqadara Zqadara")
    erase(member)
    topic.refresh_from_db()
    assert topic.slug == "topic"


@pytest.mark.parametrize("handle", ["former-1", "former-999999999999", "Former-x"])
def test_nobody_takes_the_handle_of_who_left(handle: str) -> None:
    with pytest.raises(NameRefused):
        names.check_handle(handle, member=leaver())


def test_one_who_has_such_a_handle_from_before_stops_nobody() -> None:
    bea = forum.member("bea@example.org", "Bea")
    Member.objects.filter(pk=bea.pk).update(handle="former-999999999999")
    FormerHandle.objects.create(handle="former-1", member=bea)
    erase(leaver())
    erase(forum.member("cy@example.org", "Cy"))
    gone = Member.objects.filter(person=None).values_list("handle", flat=True)
    assert sorted(gone) == ["former-2", "former-3"]


def test_decisions_about_others_in_their_topic_are_not_theirs() -> None:
    member, bea = leaver(), forum.member("bea@example.org", "Bea")
    topic = forum.topic(member)
    post = forum.reply(topic, bea)
    values = {"what": "post.hidden", "created_at": clock.now(), "topic": topic, "data": {"kept": 1}}
    others = Decision.objects.create(reason="Bea was rude", post=post, **values)
    silenced = Decision.objects.create(reason="Bea again", member=bea, **values)
    own = Decision.objects.create(reason="Closed, @zqadara", **values)
    traces = traces_of(member.person)  # type: ignore[arg-type] # somebody's
    assert set(Decision.objects.filter(erasing.about(Member.objects.filter(pk=member.pk)))) == {own}
    erasing.erase(traces)
    for each in (others, silenced, own):
        each.refresh_from_db()
    assert (others.reason, silenced.reason, others.data) == ("Bea was rude", "Bea again", {"kept": 1})
    assert (own.reason, own.data) == ("Closed, …", {})


def test_what_waits_for_their_address_from_another_forum_is_theirs() -> None:
    member = leaver()
    imported = Member.objects.create(
        handle="old-zq", name="Old Zqadara", joined_at=clock.now(), agreed_at=clock.now(), external_id="u7",
        claim_address_hash=claiming.mark_of(ADDRESS),
    )  # fmt: skip
    forum.category()
    topic = Topic.objects.get(pk=forum.topic(forum.member("bea@example.org", "Bea")).pk)
    topic.posts.update(author=imported, text="I am Old Zqadara", client_id=uuid4())
    erase(member)
    imported.refresh_from_db()
    assert imported.handle.startswith("former-")
    assert (imported.name, imported.claim_address_hash) == ("", None)
    assert topic.posts.get().text == "I am …"
    assert not NewsMail.objects.filter(member=imported).exists()
