"""Polling a mailbox of a real Dovecot: each mail once, whatever stops, whoever looks into the mailbox meanwhile."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch
from zlib import crc32

import pytest
from pytest_django import Settings

from frontdesk.support.tickets.mail.incoming import jobs, storing
from frontdesk.support.tickets.mail.incoming.sources import imap
from frontdesk.support.tickets.mail.incoming.sources.imap import Box
from frontdesk.support.tickets.models import ImapFolder, IncomingMail, Verdict
from tests.support import dovecot
from tests.support.dovecot import Dovecot
from tests.support.letters import letter

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    """A Dovecot for this file; each test has a mailbox of its own."""
    if dovecot.installed() is None:
        if os.environ.get("CI"):
            pytest.fail("the tests of IMAP need Dovecot: scripts/system-packages installs it")
        pytest.skip("the tests of IMAP need Dovecot: sudo apt-get install dovecot-imapd")
    with tempfile.TemporaryDirectory(prefix="dov", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        running = Dovecot(Path(folder))
        running.start()
        try:
            yield running
        finally:
            running.stop()


@pytest.fixture
def box(server: Dovecot, request: pytest.FixtureRequest) -> Box:
    """The test's mailbox."""
    user = f"user{crc32(request.node.name.encode())}"
    return Box("127.0.0.1", server.port, "imap+plain", user, dovecot.PASSWORD)


def seen(server: Dovecot, box: Box, folder: str = "INBOX") -> tuple[int, int]:
    """How many mails lie in a folder, and how many of them are unseen."""
    client = server.connect(box.user)
    client.select(folder)
    found = [len(client.search(None, what)[1][0].split()) for what in ("ALL", "UNSEEN")]
    client.logout()
    return found[0], found[1]


def test_new_mails_are_taken_once_and_marked(server: Dovecot, box: Box) -> None:
    first, second = letter("One"), letter("Two")
    server.deliver(first, box.user)
    server.deliver(second, box.user)
    assert imap.poll(box) == 2
    assert {bytes(each.raw.raw) for each in IncomingMail.objects.all()} == {first, second}
    assert seen(server, box) == (2, 0)
    assert imap.poll(box) == 0
    server.deliver(letter("Three"), box.user)
    assert imap.poll(box) == 1
    assert IncomingMail.objects.count() == 3


def test_what_somebody_has_looked_at_is_taken_all_the_same(server: Dovecot, box: Box) -> None:
    server.deliver(letter(), box.user)
    client = server.connect(box.user)
    client.select("INBOX")
    client.store("1", "+FLAGS", r"(\Seen)")
    client.logout()
    assert imap.poll(box) == 1


def test_mails_are_moved_where_the_settings_say(server: Dovecot, box: Box) -> None:
    client = server.connect(box.user)
    client.create('"Done mails"')
    client.logout()
    server.deliver(letter(), box.user)
    moving = Box(**{**vars(box), "done": "Done mails"})
    assert imap.poll(moving) == 1
    assert seen(server, box)[0] == 0
    assert seen(server, box, '"Done mails"')[0] == 1


@pytest.mark.parametrize("at", ["store", "_tell_server"])
def test_a_stop_at_any_moment_loses_and_doubles_nothing(server: Dovecot, box: Box, at: str) -> None:
    for number in range(3):
        server.deliver(letter(f"Number {number}"), box.user)
    where, name = (storing, at) if at == "store" else (imap, at)
    original, calls = getattr(where, name), []

    def dies(*args: object, **values: object) -> object:
        calls.append(1)
        if at == "store" and len(calls) == 1:
            return original(*args, **values)
        raise KeyboardInterrupt

    with patch.object(where, name, dies), pytest.raises(KeyboardInterrupt):
        imap.poll(box)
    assert IncomingMail.objects.count() == (1 if at == "store" else 3)
    imap.poll(box)
    assert IncomingMail.objects.count() == 3
    assert seen(server, box) == (3, 0)


def test_a_server_that_numbers_anew_doubles_nothing(server: Dovecot, box: Box) -> None:
    server.deliver(letter("Before"), box.user)
    assert imap.poll(box) == 1
    ImapFolder.objects.update(validity=1, last_uid=77)  # as if we knew it from before its index was lost
    server.deliver(letter("After"), box.user)
    assert imap.poll(box) == 1
    assert IncomingMail.objects.count() == 2
    place = ImapFolder.objects.get()
    assert (place.validity != 1, place.last_uid) == (True, 2)


def test_one_that_cannot_be_fetched_holds_up_no_others(server: Dovecot, box: Box) -> None:
    for number in range(3):
        server.deliver(letter(f"Number {number}"), box.user)
    fetch = imap._fetch
    with patch.object(imap, "_fetch", lambda client, uid: _refuse() if uid == 2 else fetch(client, uid)):
        assert imap.poll(box) == 2
    assert ImapFolder.objects.get().missed == [2]
    assert imap.poll(box) == 1
    assert IncomingMail.objects.count() == 3
    assert ImapFolder.objects.get().missed == []


def _refuse() -> None:
    raise imap.ImapRefused("NO")


def test_of_one_too_large_the_head_comes(server: Dovecot, box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "MAX_MAIL", 5_000)
    monkeypatch.setattr(storing, "HEAD", 500)
    server.deliver(letter("x" * 70 * 200), box.user)
    assert imap.poll(box) == 1
    mail = IncomingMail.objects.get()
    assert (mail.verdict, mail.size > 14_000, len(bytes(mail.raw.raw))) == (Verdict.TOO_LARGE, True, 500)


def test_the_job_survives_a_server_that_is_away_or_says_no(server: Dovecot, box: Box, settings: Settings) -> None:
    assert jobs.poll_imap() == 0  # none is configured
    settings.MAIL_IMAP = vars(box) | {"port": 1}
    assert jobs.poll_imap() == 0
    settings.MAIL_IMAP = vars(box) | {"password": "wrong"}
    assert jobs.poll_imap() == 0
    server.deliver(letter(), box.user)
    settings.MAIL_IMAP = vars(box)
    assert jobs.poll_imap() == 1
