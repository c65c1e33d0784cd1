"""Mail handed over by LMTP and SMTP to the real listener: stored and committed before it is acknowledged."""

import asyncio
import smtplib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError, connections
from procrastinate.exceptions import ConnectorException

from frontdesk.support.tickets.mail import addresses
from frontdesk.support.tickets.mail.incoming import storing, waking
from frontdesk.support.tickets.mail.incoming.sources import listener
from frontdesk.support.tickets.mail.incoming.sources.listener import Place
from frontdesk.support.tickets.models import IncomingMail
from tests.support import desk
from tests.support.letters import SUPPORT, letter, token_of

pytestmark = pytest.mark.django_db(transaction=True)
PROTOCOLS: dict[str, type[smtplib.SMTP]] = {"smtp": smtplib.SMTP, "lmtp": smtplib.LMTP}


@contextmanager
def listening(protocol: str) -> Iterator[int]:
    """The listener on a free port."""
    loop, port, up = asyncio.new_event_loop(), [0], threading.Event()

    def ready(at: int) -> None:
        port[0] = at
        up.set()

    def run() -> None:
        task = loop.create_task(listener.serve(Place(protocol, "127.0.0.1", 0), ready))
        tasks.append(task)
        try:
            loop.run_until_complete(task)
        except asyncio.CancelledError:
            loop.run_until_complete(loop.shutdown_default_executor())
        finally:
            loop.close()
            connections.close_all()

    tasks: list[asyncio.Task[None]] = []
    thread = threading.Thread(target=run)
    thread.start()
    assert up.wait(10)
    try:
        yield port[0]
    finally:
        loop.call_soon_threadsafe(tasks[0].cancel)
        thread.join(10)


@pytest.fixture(params=["smtp", "lmtp"])
def client(request: pytest.FixtureRequest) -> Iterator[smtplib.SMTP]:
    """A mail server that hands mail to us."""
    with listening(request.param) as port, PROTOCOLS[request.param]("127.0.0.1", port, timeout=20) as client:
        yield client


def test_what_is_acknowledged_is_stored(client: smtplib.SMTP) -> None:
    raw = letter("Line one\r\n.hidden dot\r\n\xe9\r\n")
    assert client.sendmail("ada@example.org", [SUPPORT], raw) == {}
    mail = IncomingMail.objects.get()
    assert bytes(mail.raw.raw) == raw
    assert (mail.envelope_from, mail.envelope_to) == ("ada@example.org", SUPPORT)
    assert mail.source in PROTOCOLS
    assert mail.due_at


def test_two_mails_in_one_session_and_an_empty_sender(client: smtplib.SMTP) -> None:
    client.sendmail("ada@example.org", [SUPPORT], letter("One"))
    client.sendmail("", [SUPPORT], letter("Two"))
    assert [each.envelope_from for each in IncomingMail.objects.order_by("received_at")] == ["ada@example.org", "<>"]


def test_it_takes_nobody_elses_mail(client: smtplib.SMTP) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        client.sendmail("ada@example.org", ["bob@example.com"], letter())
    assert refused.value.recipients["bob@example.com"][0] == 550
    assert not IncomingMail.objects.exists()


@pytest.mark.parametrize("failure", [OperationalError, ConnectorException, RuntimeError, MemoryError])
def test_with_the_database_away_it_says_later(client: smtplib.SMTP, failure: type[Exception]) -> None:
    with patch.object(storing, "store", side_effect=failure):
        answer = _sent(client, letter())
    assert answer == 451
    assert _sent(client, letter()) == 250
    assert IncomingMail.objects.count() == 1


def test_with_the_queue_away_nothing_is_kept_and_it_says_later(client: smtplib.SMTP) -> None:
    with patch.object(waking, "wake", side_effect=ConnectorException):
        answer = _sent(client, letter())
    assert (answer, IncomingMail.objects.count()) == (451, 0)


def test_a_fault_of_ours_while_addresses_are_told_sends_nothing_back(client: smtplib.SMTP) -> None:
    client.ehlo_or_helo_if_needed()
    client.mail("ada@example.org")
    with patch.object(addresses, "is_ours", side_effect=RuntimeError):
        assert client.rcpt(SUPPORT)[0] == 451
    assert client.rcpt(SUPPORT)[0] == 250


def _sent(client: smtplib.SMTP, raw: bytes) -> int:
    """The answer to DATA."""
    client.ehlo_or_helo_if_needed()
    client.mail("ada@example.org")
    client.rcpt(SUPPORT)
    code: int = client.data(raw)[0]
    client.rset()
    return code


def test_five_hundred_recipients_and_a_line_of_half_a_megabyte(client: smtplib.SMTP) -> None:
    to = [f"support+{number:03}@halcyon.example" for number in range(500)]
    conversation = desk.conversation("ada@example.org")
    raw = letter("x" * 500_000)
    client.ehlo_or_helo_if_needed()
    client.mail("ada@example.org")
    for each in [*to[1:], token_of(conversation)]:
        assert client.rcpt(each)[0] == 250
    assert client.data(raw)[0] == 250
    if isinstance(client, smtplib.LMTP):  # answers for each address
        assert [client.getreply()[0] for _ in range(499)] == [250] * 499
    assert client.noop()[0] == 250
    mail = IncomingMail.objects.get()
    assert mail.envelope_to == token_of(conversation)
    assert mail.size > 500_000


def test_thirty_megabytes_are_taken() -> None:
    with listening("smtp") as port, smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        client.ehlo()
        assert int(client.esmtp_features["size"]) == storing.MAX_MAIL
        raw = letter("0123456789abcdef\r\n") + (b"x" * 74 + b"\r\n") * 400_000
        assert _sent(client, raw) == 250
        assert IncomingMail.objects.get().size == len(raw)


def test_more_than_the_limit_is_refused_at_once_or_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "MAX_MAIL", 1_000)
    with listening("smtp") as port, smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        client.ehlo()
        assert client.docmd("MAIL", "FROM:<ada@example.org> SIZE=1001")[0] == 552
        assert _sent(client, letter("x" * 2_000)) == 552
        assert _sent(client, letter("short")) == 250
    assert IncomingMail.objects.count() == 1


def test_a_connection_too_many_is_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "MOST_CONNECTIONS", 1)
    with listening("smtp") as port, smtplib.SMTP("127.0.0.1", port, timeout=20) as first:
        with pytest.raises((smtplib.SMTPConnectError, smtplib.SMTPServerDisconnected)):
            smtplib.SMTP("127.0.0.1", port, timeout=20)
        assert first.noop()[0] == 250


def test_a_client_that_goes_away_in_the_middle_leaves_nothing() -> None:
    with listening("smtp") as port:
        client: Any = smtplib.SMTP("127.0.0.1", port, timeout=20)
        client.ehlo()
        client.mail("ada@example.org")
        client.rcpt(SUPPORT)
        client.putcmd("data")
        assert client.getreply()[0] == 354
        client.send(b"Subject: half\r\n\r\nbody without an end")
        client.sock.close()
        client.close()
        with smtplib.SMTP("127.0.0.1", port, timeout=20) as other:
            assert _sent(other, letter()) == 250
    assert IncomingMail.objects.count() == 1
