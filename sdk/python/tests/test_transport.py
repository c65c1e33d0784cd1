"""Requests: what is tried again, what is not, and what a person is told."""

import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sdk.python.tests.desk import Desk, Reply
from sdk.python.tests.tls import TlsDesk
from sdk.python.tests.vectors import CODE, PRODUCT, TRUST_ROOT

from frontdesk_client import Client, MemoryStore, Patience, SystemClock, errors
from frontdesk_client.transport import MAX_ANSWER, Transport, retry_after_seconds, server_address

HEALTH = "api/v1/health"


class Listening:
    """A port that accepts connections and does with them as told."""

    def __init__(self, say: bytes | None) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._say = say
        self._kept: list[socket.socket] = []
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            if self._say is None:
                self._kept.append(connection)  # and never a word
            else:
                with connection:
                    connection.recv(65_536)
                    connection.sendall(self._say)

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()
        for connection in self._kept:
            connection.close()


@pytest.fixture
def silent() -> Iterator[Listening]:
    listening = Listening(None)
    yield listening
    listening.close()


@pytest.fixture
def transport(desk: Desk, naps: list[float]) -> Transport:
    return Transport(desk.url, SystemClock(), sleep=naps.append)


@pytest.mark.parametrize(
    "address",
    ["", "desk.example.com", "ftp://desk.example.com", "https://", "http://[::1", "http://a:b@host/", "http://h:99999"],
)
def test_an_address_that_cannot_be_used(address: str) -> None:
    with pytest.raises(errors.ConfigurationInvalid, match=r"https://desk\.example\.com"):
        server_address(address)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        (" https://desk.example.com ", "https://desk.example.com/"),
        ("http://localhost:8000/desk/", "http://localhost:8000/desk/"),
    ],
)
def test_an_address_in_its_one_form(given: str, used: str) -> None:
    assert server_address(given) == used


def test_a_busy_server_is_asked_again(transport: Transport, desk: Desk, naps: list[float]) -> None:
    desk.answer_next("GET health", Reply(503, raw=b"<html>restarting</html>"), Reply(502, raw=b""))
    assert transport.call("GET", HEALTH).status == 200
    assert len(naps) == 2
    assert all(0 <= nap <= 1 for nap in naps)


def test_a_busy_server_is_given_up_on(transport: Transport, desk: Desk, naps: list[float]) -> None:
    desk.answer_next("GET health", *[Reply(504, raw=b"")] * 4)
    with pytest.raises(errors.TemporarilyUnavailable) as refused:
        transport.call("GET", HEALTH)
    assert refused.value.status == 504
    assert (len(naps), len(desk.seen)) == (2, 3)


def test_retry_after_is_honoured(transport: Transport, desk: Desk, naps: list[float]) -> None:
    desk.refuse_next("GET health", "temporarily_unavailable")
    transport.call("GET", HEALTH)
    assert 2 <= naps[0] <= 2.5


def test_a_long_retry_after_is_left_to_the_caller(transport: Transport, desk: Desk, naps: list[float]) -> None:
    desk.refuse_next("GET health", "too_many_attempts")
    with pytest.raises(errors.TooManyAttempts) as refused:
        transport.call("GET", HEALTH)
    assert (refused.value.retry_after, naps) == (60, [])


def test_too_many_attempts_without_a_time_is_not_made_worse(transport: Transport, desk: Desk) -> None:
    desk.answer_next("GET health", Reply(429, {"code": "too_many_attempts"}))
    with pytest.raises(errors.TooManyAttempts):
        transport.call("GET", HEALTH)
    assert len(desk.seen) == 1


def test_refusals_are_not_repeated(transport: Transport, desk: Desk) -> None:
    desk.refuse_next("GET health", "code_blocked")
    with pytest.raises(errors.CodeBlocked):
        transport.call("GET", HEALTH)
    assert len(desk.seen) == 1


def test_once_is_once(transport: Transport, desk: Desk) -> None:
    desk.answer_next("GET health", Reply(503, raw=b""))
    with pytest.raises(errors.TemporarilyUnavailable):
        transport.call("GET", HEALTH, once=True)
    assert len(desk.seen) == 1


NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("7", 7.0),
        ("Mon, 23 Nov 2026 12:00:30 GMT", 30.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
    ],
)
def test_retry_after_in_both_forms(value: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(value, now=NOW) == seconds


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, raw=b"<html>Please sign in to this network</html>", headers={"Content-Type": "text/html"}),
        Reply(200, raw=b"[1, 2]", headers={"Content-Type": "application/json"}),
        Reply(200, raw=b"{", headers={"Content-Type": "application/json"}),
        Reply(200, raw=b" " * (MAX_ANSWER + 1), headers={"Content-Type": "application/json"}),
        Reply(302, headers={"Location": "http://example.com/"}),
        Reply(404, raw=b"not here"),
        Reply(500, raw=b"oops"),
        Reply(205, {"status": "ok"}),
    ],
)
def test_what_is_no_answer_of_a_licence_server(reply: Reply, transport: Transport, desk: Desk) -> None:
    desk.answer_next("GET health", reply)
    with pytest.raises(errors.ServerAnswerInvalid):
        transport.call("GET", HEALTH)


def test_an_answer_cut_short_is_asked_for_again(transport: Transport, desk: Desk) -> None:
    desk.answer_next("GET health", Reply(200, {"status": "ok"}, cut=5))
    assert transport.call("GET", HEALTH).document == {"status": "ok"}


def test_a_closed_port(naps: list[float]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        transport = Transport(f"http://127.0.0.1:{taken.getsockname()[1]}", SystemClock(), sleep=naps.append)
        with pytest.raises(errors.NoConnection, match="refused the connection"):
            transport.call("GET", HEALTH)
    assert len(naps) == 2


def test_a_server_that_says_nothing(silent: Listening) -> None:
    transport = Transport(silent.url, SystemClock(), patience=Patience(timeout=0.1, tries=1))
    began = time.monotonic()
    with pytest.raises(errors.NoConnection, match="in time"):
        transport.call("GET", HEALTH)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("words", [b"", b"SSH-2.0\r\n"])
def test_something_else_listens(words: bytes) -> None:
    listening = Listening(words)
    try:
        with pytest.raises(errors.NoConnection, match="No connection to"):
            Transport(listening.url, SystemClock(), patience=Patience(tries=1)).call("GET", HEALTH)
    finally:
        listening.close()


def test_a_proxy_of_the_system_is_used(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", desk.url)
    client = Client("http://desk.halcyon.invalid/", PRODUCT, TRUST_ROOT, MemoryStore())
    assert client.health()
    assert desk.seen[0].path == "http://desk.halcyon.invalid/api/v1/health"


def test_a_certificate_nobody_knows() -> None:
    with TlsDesk() as secured:
        transport = Transport(secured.url, SystemClock(), patience=Patience(tries=1))
        with pytest.raises(errors.NoConnection, match="certificate of 127"):
            transport.call("GET", HEALTH)


def test_an_encrypted_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    with TlsDesk() as secured:
        monkeypatch.setenv("SSL_CERT_FILE", str(secured.certificate))
        assert Transport(secured.url, SystemClock()).call("GET", HEALTH).document["status"] == "ok"


class Watching:
    """A clock that writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[datetime | None] = []

    def now(self) -> datetime:
        return datetime.now(UTC)

    def observe(self, server_time: datetime | None) -> None:
        self.told.append(server_time)


@pytest.mark.parametrize("header", ["yesterday", "2026-11-23T12:00:00"])
def test_a_time_that_cannot_be_read_is_none(header: str, desk: Desk) -> None:
    clock = Watching()
    desk.answer_next("GET health", Reply(200, {"status": "ok"}, headers={"Frontdesk-Time": header}))
    Transport(desk.url, clock).call("GET", HEALTH)
    assert clock.told == [None]


def test_a_travelled_time_is_told_to_the_clock_but_not_by_strangers(desk: Desk) -> None:
    clock = Watching()
    desk.travelled = timedelta(days=400)
    transport = Transport(desk.url, clock, patience=Patience(tries=1))
    transport.call("GET", HEALTH)
    assert clock.told[0] is not None
    assert abs(clock.told[0] - desk.now()) < timedelta(seconds=5)
    desk.answer_next("GET health", Reply(502, raw=b"a proxy's own page"))
    with pytest.raises(errors.TemporarilyUnavailable):
        transport.call("GET", HEALTH)
    assert len(clock.told) == 1


def test_a_code_stays_out_of_error_texts(silent: Listening) -> None:
    client = Client(silent.url, PRODUCT, TRUST_ROOT, MemoryStore(), patience=Patience(timeout=0.1, tries=1))
    with pytest.raises(errors.NoConnection) as failed:
        client.activate(CODE)
    assert CODE not in str(failed.value)
