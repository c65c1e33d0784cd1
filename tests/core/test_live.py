"""Topics, tickets, and wakes that follow their transaction."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.core import clock
from frontdesk.core.errors import NotFound
from frontdesk.core.live import tickets, waking
from frontdesk.core.live.topics import LONGEST, Topic, person
from frontdesk.core.live.waking import CHANNEL, Wake
from frontdesk.core.models import SpentTicket
from tests.support.server import database_url

KINDS = st.from_regex(rf"\A[a-z_]{{1,{LONGEST}}}\Z")
KEYS = st.one_of(st.none(), st.uuids().filter(lambda number: number.int))
NUMBER = UUID("12345678-1234-4234-8234-123456789abc")


@given(kind=KINDS, key=KEYS, holder=KEYS)
def test_topics_tickets_and_wakes_come_back_as_they_were(kind: str, key: UUID | None, holder: UUID | None) -> None:
    topic = Topic(kind, key)
    assert Topic.read(str(topic)) == topic
    assert topic.is_broad == (key is None)
    wake = Wake(topic, kind, 7)
    assert Wake.read(wake.written()) == wake
    found = tickets.read(tickets.issue(topic, holder=holder))
    assert (found.topic, found.holder) == (topic, holder)
    assert timedelta(0) < found.until - clock.real_now() <= tickets.LIFETIME


@pytest.mark.parametrize("kind", ["", "Desk", "desk:x", "d" * 13, "ä", "two words"])
def test_a_kind_is_a_short_word(kind: str) -> None:
    with pytest.raises(ValueError, match="short word"):
        Topic(kind)


@pytest.mark.parametrize("said", ["", "{}", "[]", '{"topic":"desk","kind":"x y","sequence":1}', '{"topic":"desk:1"}'])
def test_what_is_no_wake_is_refused(said: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever its words
        Wake.read(said)


def test_a_ticket_ends_after_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = tickets.issue(Topic("desk"))
    later = clock.real_now() + timedelta(seconds=60)
    monkeypatch.setattr(clock, "real_now", lambda: later)
    with pytest.raises(NotFound):
        tickets.read(ticket)


@pytest.mark.django_db
def test_spent_numbers_are_forgotten_once_nobody_could_use_them() -> None:
    now = clock.real_now()
    for age in (-30, 30, 90):
        SpentTicket.objects.create(nonce=uuid4(), until=now - timedelta(seconds=age))
    assert tickets.forget_spent() == 1
    assert SpentTicket.objects.count() == 2


@pytest.fixture
def heard(transactional_db: None) -> Iterator[psycopg.Connection]:
    """A connection that listens."""
    with psycopg.connect(database_url(), autocommit=True) as link:
        link.execute(f"listen {CHANNEL}".encode())
        yield link


def said(link: psycopg.Connection) -> list[Wake]:
    """What was heard up to now: a mark of our own comes last, so that nothing is waited for in vain."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify(%s, 'end')", [CHANNEL])
    found = list[Wake]()
    for notice in link.notifies(timeout=20):
        if notice.payload == "end":
            return found
        found.append(Wake.read(notice.payload))
    raise AssertionError("the mark never came")


def test_a_wake_comes_with_its_commit_and_never_without(heard: psycopg.Connection) -> None:
    topic, other = Topic("conversation", NUMBER), Topic("desk")
    with transaction.atomic():
        waking.wake(topic, other, kind="message", sequence=3)
        assert said_by_another(heard) == []
    assert said(heard) == [Wake(topic, "message", 3), Wake(other, "message", 3)]
    with transaction.atomic():
        waking.wake(topic, kind="message", sequence=4)
        transaction.set_rollback(True)
    assert said(heard) == []


def said_by_another(link: psycopg.Connection) -> list[Wake]:
    """What was heard while our transaction is still open: the mark comes from elsewhere."""
    with psycopg.connect(database_url(), autocommit=True) as other:
        other.execute(b"select pg_notify(%s, 'end')", [CHANNEL])
    found = list[Wake]()
    for notice in link.notifies(timeout=20):
        if notice.payload == "end":
            return found
        found.append(Wake.read(notice.payload))
    raise AssertionError("the mark never came")


def test_somebody_whose_access_changed_is_named_by_number_alone(heard: psycopg.Connection) -> None:
    waking.judge_anew(NUMBER)
    assert said(heard) == [Wake(person(NUMBER), waking.ACCESS)]
