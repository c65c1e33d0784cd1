"""Streams on the real gateway: who is let in, what they are told, what a slow or a vanished reader costs."""

import time
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from django.db import connection, transaction

from frontdesk.core import clock
from frontdesk.core.live import tickets
from frontdesk.core.live.topics import Topic
from frontdesk.core.live.waking import judge_anew, wake
from tests.gateway.live.conftest import connections, health
from tests.project.desk import eventually
from tests.support.races import at_once
from tests.support.server import Server
from tests.support.streams import Listener, path_for

pytestmark = pytest.mark.django_db(transaction=True)


def fresh() -> Topic:
    """A topic of its own for each test: they share a gateway."""
    return Topic("conversation", uuid4())


def open_streams(server: Server) -> float:
    """What /metrics says."""
    lines = httpx.get(f"{server.url.replace('127.0.0.1', 'localhost')}/metrics").text.splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("frontdesk_live_streams "))


def refused(server: Server, *tokens: str) -> tuple[int, str]:
    """Status and code of a refusal."""
    with httpx.stream("GET", server.url + path_for(tokens), timeout=10) as reply:
        if reply.status_code == 200:
            return 200, ""
        reply.read()
        return reply.status_code, reply.json()["code"]


def test_a_stream_tells_of_its_topics_and_of_no_other(server: Server) -> None:
    mine, also, other = fresh(), fresh(), fresh()
    stream = Listener(server.port, mine, also)
    assert stream.status == 200
    assert stream.any() == ("beat", {})
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert stream.headers["cache-control"] == "no-store"
    assert stream.headers["x-accel-buffering"] == "no"
    wake(other, kind="message", sequence=1)
    wake(mine, kind="message", sequence=2)
    assert stream.next() == ("wake", {"topic": str(mine), "kind": "message", "sequence": 2})
    wake(also, kind="state", sequence=3)
    assert stream.next() == ("wake", {"topic": str(also), "kind": "state", "sequence": 3})


def test_what_is_rolled_back_wakes_nobody(server: Server) -> None:
    topic = fresh()
    stream = Listener(server.port, topic)
    with transaction.atomic():
        wake(topic, kind="message", sequence=1)
        transaction.set_rollback(True)
    wake(topic, kind="message", sequence=2)
    assert stream.wakes(1) == [2]


@pytest.mark.parametrize("count", [0, 9])
def test_without_tickets_or_with_too_many_there_is_no_stream(server: Server, count: int) -> None:
    assert refused(server, *(tickets.issue(fresh()) for _ in range(count))) == (422, "request_invalid")


def test_a_ticket_serves_once(server: Server) -> None:
    ticket, other = tickets.issue(fresh()), tickets.issue(fresh())
    assert Listener(server.port, tokens=[ticket]).status == 200
    assert refused(server, ticket) == (404, "not_found")
    assert refused(server, other, ticket) == (404, "not_found")


def test_a_ticket_twice_in_one_request_serves_not_at_all(server: Server) -> None:
    ticket = tickets.issue(fresh())
    assert refused(server, ticket, ticket) == (404, "not_found")


def test_of_fifty_with_one_ticket_one_is_let_in(server: Server, new_server: Callable[..., Server]) -> None:
    other, ticket = new_server(), tickets.issue(fresh())
    ports = [(server, other)[number % 2].port for number in range(50)]
    streams = at_once(*[lambda port=port: Listener(port, tokens=[ticket]) for port in ports])
    assert sorted(each.status for each in streams if isinstance(each, Listener)) == [200] + [404] * 49


def test_a_tampered_a_foreign_and_a_late_ticket_open_nothing(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    good = tickets.issue(fresh())
    place = len(good) // 2
    tampered = good[:place] + ("A" if good[place] != "A" else "B") + good[place + 1 :]
    an_hour_ago = clock.real_now() - timedelta(hours=1)
    with monkeypatch.context() as patch:
        patch.setattr(clock, "real_now", lambda: an_hour_ago)
        late = tickets.issue(fresh())
    for wrong in (tampered, late, "x", "ü" * 100, good[:-1], good + "A"):
        assert refused(server, wrong) == (404, "not_found")


def test_other_verbs_are_not_known(server: Server) -> None:
    reply = httpx.post(server.url + path_for([tickets.issue(fresh())]))
    assert (reply.status_code, reply.headers["allow"]) == (405, "GET")


def test_a_burst_of_a_thousand_ends_with_the_newest(server: Server) -> None:
    topic = fresh()
    stream = Listener(server.port, topic)
    with transaction.atomic():
        for sequence in range(1, 501):
            wake(topic, kind="message", sequence=sequence)
    for sequence in range(501, 1001):
        wake(topic, kind="message", sequence=sequence)
    seen = stream.wakes(1)
    while seen[-1] < 1000:
        seen += stream.wakes(1)
    assert seen == sorted(set(seen))


def test_what_many_wait_for_is_told_at_once_and_then_once_a_second(server: Server) -> None:
    stream, topic = Listener(server.port, Topic("desk")), Topic("desk")
    began = time.monotonic()
    for sequence in range(1, 101):
        wake(topic, kind="message", sequence=sequence)
    seen = stream.wakes(2)
    assert (seen[0] <= 100, seen[-1]) == (True, 100)
    assert time.monotonic() - began < 5
    with pytest.raises(TimeoutError):
        stream.next(1.5)


def test_many_streams_hold_no_connection_to_the_database(server: Server) -> None:
    before, topic = connections(), fresh()
    streams = [Listener(server.port, topic) for _ in range(60)]
    assert connections() <= before + 1  # the one that spends tickets, had it not been there
    wake(topic, kind="message", sequence=1)
    assert [each.wakes(1) for each in streams] == [[1]] * 60


def test_a_client_that_is_gone_is_noticed(server: Server) -> None:
    before = open_streams(server)
    streams = [Listener(server.port, fresh()) for _ in range(5)]
    assert open_streams(server) == before + 5
    for each in streams:
        each.close()
    eventually(lambda: open_streams(server) <= before, 10, "they are forgotten")


def test_a_reader_that_never_reads_holds_up_nobody(server: Server) -> None:
    topic = fresh()
    lazy, quick = Listener(server.port, topic, buffer=2048), Listener(server.port, topic)
    for sequence in range(1, 2001):
        wake(topic, kind=("a", "b", "c")[sequence % 3], sequence=sequence)
    seen = quick.wakes(1)
    while max(seen) < 2000:
        seen += quick.wakes(1)
    assert health(server)["postgresql"] == "listening"
    late = lazy.wakes(1)
    while max(late) < 2000:  # it missed what was overtaken, and ends with the newest all the same
        late += lazy.wakes(1)


def test_the_caps_are_told_and_given_back(new_server: Callable[..., Server]) -> None:
    small = new_server(FRONTDESK_LIVE_STREAMS="4", FRONTDESK_LIVE_STREAMS_PER_NETWORK="2")
    first = [Listener(small.port, fresh(), via="192.0.2.7") for _ in range(2)]
    third = Listener(small.port, fresh(), via="192.0.2.99")
    assert (third.status, third.headers["retry-after"]) == (429, "60")
    others = [Listener(small.port, fresh(), via=f"198.51.{place}.7") for place in range(3)]
    assert [each.status for each in others] == [200, 200, 503]
    assert others[2].headers["retry-after"] == "60"
    first[0].close()
    eventually(lambda: open_streams(small) == 3, 10, "its place is free")
    assert Listener(small.port, fresh(), via="192.0.2.8").status == 200


def test_who_may_see_less_is_asked_anew(server: Server) -> None:
    ada, eve, topic = uuid4(), uuid4(), fresh()
    hers = Listener(server.port, tokens=[tickets.issue(topic, holder=ada)])
    another = Listener(server.port, tokens=[tickets.issue(topic, holder=eve)])
    judge_anew(ada)
    assert hers.next() == ("bye", {})
    with pytest.raises((EOFError, ConnectionError, TimeoutError)):
        hers.any(2)
    wake(topic, kind="message", sequence=1)
    assert another.wakes(1) == [1]


def test_a_connection_that_was_cut_is_made_anew_and_all_fetch(server: Server) -> None:
    topic = fresh()
    stream = Listener(server.port, topic)
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'frontdesk-live' and datname = current_database()"
        )
    assert stream.next() == ("fetch", {})
    wake(topic, kind="message", sequence=1)
    assert stream.wakes(1) == [1]


def test_a_server_that_stops_says_good_bye_and_waits_for_no_stream(new_server: Callable[..., Server]) -> None:
    server = new_server()
    streams = [Listener(server.port, fresh()) for _ in range(20)]
    began = time.monotonic()
    server.stop()
    assert time.monotonic() - began < 4
    assert {each.next()[0] for each in streams} == {"bye"}
