"""Which posts wait for a look, and how much each level takes."""

import time
from collections.abc import Iterable
from datetime import timedelta
from uuid import uuid4

import pytest
from pytest_django import Settings

from frontdesk.core import clock
from frontdesk.support.forum import changing, holding, moderating, rendering, writing
from frontdesk.support.forum.holding import lookalikes, reading
from frontdesk.support.forum.models import Member, OrderSettings, Trace
from frontdesk.support.forum.order_errors import NotAllowed, PostingTooFast
from tests.forum.order import examples
from tests.support import order
from tests.support.order import Level
from tests.support.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def new() -> Member:
    return order.member("nia", Level.NEW)


@pytest.mark.parametrize(
    "text",
    [
        "Look at https://cheap.invalid/pills",
        "Look at hxxps://cheap.invalid",
        "Go to www.cheap.invalid",
        "Buy at cheap-pills.com",
        "Buy at cheap[.]com or cheap (dot) com",
        "Buy at che\u200bap\u2060.com",
        "Buy at ｃheap．ｃom",
        "[here](//cheap.invalid)",
        "See [here][1]\n\n[1]: //cheap.invalid/x",
        "![](/picture.png)",
        '<img src="x">',
        "Write to me: seller@cheap.invalid",
        "Call +49 170 1234567",
        "WhatsApp: 0170 1234567",
        "tel. 555 123 4567",
        "555 123 4567 any time",
        "555-123-4567",
        "(555) 123-4567",
        "I am at 089 / 12 34 56 78",
        "06 12 34 56 78",
        "01701234567",
        "Order now 0170 1234567, or order 0170 1234567, or error: +49 170 1234567",
        "170/1234567",
        "612 345 678",
        "Win at lucky.casino",
        "Ask in deals.gg",
    ],
)
def test_what_new_members_want_to_spread_waits(new: Member, text: str) -> None:
    assert holding.reason_to_wait(new, text) == "first_links"
    assert holding.reason_to_wait(order.member("bea", Level.BASIC), text) == ""
    assert holding.reason_to_wait(new, "Hello", title=text) == "first_links"


@pytest.mark.parametrize(
    "text",
    [
        "It began on 2026-11-28 at 01:20:33, with 3.2.1 and again with 10.0.19045.",
        "Open setup.exe, then readme.md and config.py; the log is in C:\\logs\\app.log",
        "Error 0x80070005, order 4711-0815-22, e.g. see the manual",
        "@ada thank you, that helped",
        "See http://localhost/community/ and http://localhost:8000/help/",
        "My code is 7Q4F-99XK-2M3P-1234",
        "Since 01.02.2026, or 2026/11/28, or 09-11-2026 at 09:15",
        "My address is 192.168.100.200, port 8080, and 1 234 567 rows",
        "Order no. 0815 and invoice 2026-000123, error 0123456789, serial 0123-4567-8901",
        "Bestellnummer 01701234567, Fehlercode: 0170-1234567",
        "ASP.NET and Socket.IO with node.js, in main.py, config.json and com.halcyon.app",
    ],
)
def test_what_everybody_writes_does_not(new: Member, text: str) -> None:
    assert holding.reason_to_wait(new, text) == ""


def _wait(member: Member, texts: Iterable[str]) -> dict[str, str]:
    return {text: holding.reason_to_wait(member, text, rendering.contents_of(text)) for text in texts}


def test_what_people_write_for_help_waits_for_nobody(new: Member, settings: Settings) -> None:
    settings.FRONTDESK_URL = "https://support.halcyon.example"
    assert {text: why for text, why in _wait(new, examples.FINE).items() if why} == {}


def test_spam_in_every_shape_waits(new: Member, settings: Settings) -> None:
    settings.FRONTDESK_URL = "https://support.halcyon.example"
    assert [text for text, why in _wait(new, examples.SPAM).items() if why not in {"first_links", "look_alike"}] == []


def test_hosts_that_pretend_to_be_ours_wait_whoever_names_them(settings: Settings) -> None:
    settings.FRONTDESK_URL = "https://support.halcyon.example"
    leader = order.member("vera", Level.LEADER)
    assert [text for text, why in _wait(leader, examples.LOOK_ALIKES).items() if why != "look_alike"] == []
    ours = ("Halcyon.app crashes", "halcyon.net", "[main.cc](https://code.example/x/main.cc)", "btn.click()")
    assert {text: why for text, why in _wait(leader, ours).items() if why} == {}


@pytest.mark.parametrize("name", ["J.de Vries", "P.De Smet", "A.it Ben"])
def test_names_with_initials_are_names(new: Member, name: str) -> None:
    assert holding.is_fit_for_profile(new, name)
    assert not holding.is_fit_for_profile(new, "Pills.de")


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example/?from=http://localhost/",
        "https://localhost.evil.example/",
        "https://evil.example/localhost",
        "https:/\\/evil.example/pills",
        "h&#116;tps://evil.example/pills",
        "https&colon;//evil.example/pills",
        "[manual](https&colon;//evil.example/pills)",
        "[manual][1]\n\n[1]: https:/\\/evil.example/pills",
        "<https://evil.example/pills>",
        "http://localhost@evil.example/",
        f"http://{'a' * 150}@evil.example/",
    ],
)
def test_what_the_page_makes_a_link_is_looked_at(new: Member, text: str) -> None:
    topic = order.topic(order.member("ada"))
    post = writing.reply(member=new, topic=topic, text=text, client_id=uuid4())
    assert post.waits_for in {"first_links", "look_alike"}


def test_links_to_ourselves_are_nobodys_business(new: Member) -> None:
    topic = order.topic(order.member("ada"))
    text = "See http://localhost/help/a/ and [this](/community/t/1/x/), <http://localhost/x>; h&#116;tp://localhost/y"
    assert not writing.reply(member=new, topic=topic, text=text, client_id=uuid4()).waits_for


def test_a_host_is_ours_by_its_name_and_not_by_how_it_begins(settings: Settings) -> None:
    settings.FRONTDESK_URL = "https://halcyon.example"
    text = "https://halcyon.exam https://halcyon https://halcyon.example/x https://halcyon.example.evil.example"
    assert len(rendering.contents_of(text).links) == 3


def test_titles_are_looked_at_whenever_they_change(new: Member) -> None:
    topic = writing.begin(
        member=new, category=order.category(), title="No sound", text="Since today.", client_id=uuid4()
    )
    first = topic.posts.get()
    changing.edit(member=new, post=first, text=first.text, title="Sound at cheap-pills.com")
    first.refresh_from_db()
    topic.refresh_from_db()
    assert (first.state, first.waits_for) == ("waiting", "first_links")
    assert topic.hidden_at is not None


def test_reasons_for_edits_are_looked_at_like_the_text(new: Member) -> None:
    topic = writing.begin(
        member=new, category=order.category(), title="No sound", text="Since today.", client_id=uuid4()
    )
    first = changing.edit(member=new, post=topic.posts.get(), text="Since Monday.", reason="Pills at cheap-pills.com")
    first.refresh_from_db()
    assert (first.state, first.waits_for) == ("waiting", "first_links")


def test_a_better_title_is_looked_at_like_any_words() -> None:
    rex, bea = order.member("rex", Level.REGULAR), order.member("bea", Level.REGULAR)
    OrderSettings.objects.create(words=["casino"])
    theirs, own = order.topic(bea), order.topic(rex)
    with pytest.raises(NotAllowed):
        moderating.rename(by=rex, topic=theirs, title="Win at the casino", reason="Better")
    assert moderating.rename(by=order.moderator(), topic=theirs, title="A casino's sound", reason="Better")
    assert moderating.rename(by=rex, topic=own, title="Win at the casino", reason="Better")
    assert own.posts.get().waits_for == "words"


def test_listed_words_hold_everybody_but_the_team() -> None:
    OrderSettings.objects.create(pk=1, words=["Free Money"], hosts=["friend.invalid"])
    veteran, kim = order.member("vera", Level.LEADER), order.moderator()
    assert holding.reason_to_wait(veteran, "get  free\nMONEY now") == "words"
    assert holding.reason_to_wait(kim, "get free money now") == ""
    assert holding.reason_to_wait(order.member("nia", Level.NEW), "see https://docs.friend.invalid/x") == ""


def test_links_by_number_and_by_what_they_pretend() -> None:
    basic = order.member("bea", Level.BASIC)
    assert holding.reason_to_wait(basic, " ".join(f"https://a{n}.invalid/" for n in range(4))) == ""
    assert holding.reason_to_wait(basic, " ".join(f"https://a{n}.invalid/" for n in range(5))) == "links"
    assert holding.reason_to_wait(basic, "[https://bank.example](https://thief.invalid/)") == "look_alike"
    assert holding.reason_to_wait(basic, "[www.bank.example/login](https://bank.example/login)") == ""
    assert holding.reason_to_wait(basic, "https://p\u0430yments.example") == "look_alike"


@pytest.mark.parametrize(
    ("host", "like"),
    [
        ("halcyon.example", ""),
        ("help.halcyon.example", ""),
        ("other.example", ""),
        ("müller.de", ""),
        ("ha1cyon.example", "halcyon.example"),
        ("halcyon.invalid", "halcyon.example"),
        ("halcyon.example.thief.invalid", "halcyon.example"),
        ("h\u0430lcyon.example", "halcyon.example"),
        ("xn--hlcyon-3nf.example", "halcyon.example"),
        ("halyon.example", "halcyon.example"),
        ("haclyon.example", "halcyon.example"),
        ("b\u0430nk.example", "?"),
    ],
)
def test_hosts_that_want_to_be_taken_for_another(host: str, like: str) -> None:
    assert lookalikes.looks_like(host, ["halcyon.example"]) == like


def test_mentions_by_level_and_storms(new: Member) -> None:
    assert holding.reason_to_wait(new, "@ada @bob") == ""
    assert holding.reason_to_wait(new, "@ada @bob @cleo") == "mentions"
    assert (
        holding.reason_to_wait(order.member("vera", Level.REGULAR), " ".join(f"@m{n}x" for n in range(11)))
        == "mentions"
    )
    for number in range(4):
        namer = order.member(f"n{number}", Level.NEW)
        assert holding.reason_to_wait(new, "hello @ada") == ""
        Trace.objects.create(member=namer, kind="mention", key="ada", created_at=clock.now())
    assert holding.reason_to_wait(new, "hello @ada") == "storm"
    assert holding.reason_to_wait(new, "hello @bob") == ""
    assert holding.reason_to_wait(order.member("bea", Level.BASIC), "hello @ada") == ""
    Trace.objects.update(created_at=clock.now() - timedelta(minutes=61))
    assert holding.reason_to_wait(new, "hello @ada") == ""


def test_the_same_words_again(new: Member) -> None:
    text = "The very best of offers is waiting here."
    digest = holding.waiting.digest_of(text)
    Trace.objects.create(member=order.member("bob", Level.NEW), kind="words", key=digest, created_at=clock.now())
    assert holding.reason_to_wait(new, "the VERY best of offers\u200b is waiting here!!!") == "same_words"
    assert holding.reason_to_wait(order.member("vera", Level.MEMBER), text) == ""
    assert holding.waiting.digest_of("Thank you!") == ""


@pytest.mark.parametrize(
    "sign", ["a", "[", "(", " ", "\n", ".", "@", "/", "](", "a.", "+1 ", "0", "www.", "tel", "](  ", "//"]
)
def test_a_long_text_is_read_in_no_time(new: Member, sign: str) -> None:
    began = time.perf_counter()
    holding.reason_to_wait(order.member("bea", Level.BASIC), sign * (100_000 // len(sign)))
    assert time.perf_counter() - began < 2


def test_limits_by_level(new: Member) -> None:
    for _ in range(3):
        holding.count(new, "topic")
    with pytest.raises(PostingTooFast) as full:
        holding.count(new, "topic")
    wait = full.value.members["retry_after"]
    assert isinstance(wait, int)
    assert 60 < wait <= 86_401
    other = order.member("bea", Level.BASIC)
    for _ in range(8):
        holding.count(other, "post")
    with pytest.raises(PostingTooFast) as full:
        holding.count(other, "post")
    wait = full.value.members["retry_after"]
    assert isinstance(wait, int)
    assert wait <= 61


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_not_pass_the_limit() -> None:
    new = order.member("nia", Level.NEW)
    outcomes = at_once(*[lambda: holding.count(new, "topic")] * 6)
    assert sum(outcome is None for outcome in outcomes) == 3
    assert sum(isinstance(outcome, PostingTooFast) for outcome in outcomes) == 3


def test_a_forgotten_space_makes_no_host() -> None:
    assert reading.links("I tried.it works for me.us too, tell.me") == []
    assert reading.links("See evil.it/x, t.me/evil and www.evil.us") == ["www.evil.us", "evil.it", "t.me"]


def test_reading_hosts() -> None:
    assert reading.hosts(reading.plain("https://user@A.example:80/x and b.com, //c.invalid")) == [
        "a.example", "c.invalid", "b.com",
    ]  # fmt: skip
