"""Polling a mailbox of a real Dovecot: each mail once, whatever stops, whoever looks into the mailbox meanwhile."""

import imaplib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch
from zlib import crc32

import pytest
from pytest_django import Settings

from frontdesk.core import clock
from frontdesk.core.models import OutboxMessage
from frontdesk.project.commands import mail as commands
from frontdesk.project.commands.common import CommandFailed
from frontdesk.support.tickets.mail.incoming import forgetting, jobs, processing, storing
from frontdesk.support.tickets.mail.incoming.sources import imap, places
from frontdesk.support.tickets.mail.incoming.sources.imap import Box
from frontdesk.support.tickets.models import ImapFolder, IncomingMail, Rule, Verdict
from frontdesk.support.tickets.rules import running
from tests.support import dovecot
from tests.support.dovecot import Dovecot
from tests.support.letters import AUTHSERV, PROVED, letter
from tests.support.mailbox import sent

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
def new_box(server: Dovecot, request: pytest.FixtureRequest) -> Box:
    """The test's mailbox, which we have not looked into yet."""
    user = f"user{crc32(request.node.name.encode())}"
    return Box("127.0.0.1", server.port, "imap+plain", user, dovecot.PASSWORD)


@pytest.fixture
def box(new_box: Box, transactional_db: None) -> Box:
    """The test's mailbox, polled from when it was empty."""
    assert imap.poll(new_box) == 0
    return new_box


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


def test_a_server_that_refuses_everything_loses_nothing(server: Dovecot, box: Box) -> None:
    for number in range(3):
        server.deliver(letter(f"Number {number}"), box.user)
    for at_once in (100, 2):  # too few to stop at, and more
        with patch.object(imap, "_fetch", lambda *_: _refuse()), patch.object(imap, "IN_A_ROW", at_once):
            assert _polled(box) == (0 if at_once == 100 else "it refuses 2 mails one after the other")
        assert (ImapFolder.objects.get().last_uid, seen(server, box)) == (0, (3, 3))
    assert imap.poll(box) == 3


def _polled(box: Box) -> int | str:
    try:
        return imap.poll(box)
    except imap.FAILURES as error:
        return imap.in_words(error, box)


def test_no_more_mails_are_passed_over_than_are_remembered(server: Dovecot, box: Box) -> None:
    for number in range(6):
        server.deliver(letter(f"Number {number}"), box.user)
    fetch = imap._fetch
    odd = patch.object(imap, "_fetch", lambda client, uid: _refuse() if uid % 2 else fetch(client, uid))
    with odd, patch.object(places, "MOST_MISSED", 2):
        assert _polled(box) == "it has refused more than 2 mails"
        assert _polled(box) == "it has refused more than 2 mails"
    place = ImapFolder.objects.get()
    assert (place.last_uid, place.missed, IncomingMail.objects.count()) == (4, [1, 3], 2)
    assert seen(server, box) == (6, 4)  # what is stored is marked all the same
    assert imap.poll(box) == 4
    assert IncomingMail.objects.count() == 6


def test_a_mail_of_which_only_the_size_is_told_is_asked_for_again(server: Dovecot, box: Box) -> None:
    server.deliver(letter("One"), box.user)
    server.deliver(letter("Two"), box.user)
    ask = imaplib.IMAP4.uid

    def forgets(client: imaplib.IMAP4, command: str, *values: str) -> tuple[str, list[bytes]]:
        if (command, values) == ("FETCH", ("1", "(BODY.PEEK[])")):
            return "OK", [b"1 (UID 1)"]
        return ask(client, command, *values)

    with patch.object(imaplib.IMAP4, "uid", forgets):
        assert imap.poll(box) == 1
    assert ImapFolder.objects.get().missed == [1]
    assert imap.poll(box) == 1
    assert ImapFolder.objects.get().missed == []


def test_a_refused_mail_that_somebody_took_out_is_asked_for_no_more(server: Dovecot, box: Box) -> None:
    server.deliver(letter("One"), box.user)
    server.deliver(letter("Two"), box.user)
    fetch = imap._fetch
    with patch.object(imap, "_fetch", lambda client, uid: _refuse() if uid == 1 else fetch(client, uid)):
        assert imap.poll(box) == 1
        client = server.connect(box.user)
        client.select("INBOX")
        client.store("1", "+FLAGS", r"(\Deleted)")
        client.expunge()
        client.logout()
        assert imap.poll(box) == 0
    assert ImapFolder.objects.get().missed == []


@pytest.mark.parametrize("able", [[b"UIDPLUS"], [b"UIDPLUS", b"MOVE"]])
def test_a_folder_for_read_mails_that_is_not_there_is_made(server: Dovecot, box: Box, able: list[bytes]) -> None:
    server.deliver(letter(), box.user)
    moving = Box(**{**vars(box), "done": "Not there yet"})
    with patch.object(imap, "_abilities", lambda _client: able):
        assert imap.poll(moving) == 1
    assert seen(server, box, '"Not there yet"')[0] == 1


def test_a_second_copy_of_a_mail_is_kept_and_judged(server: Dovecot, box: Box) -> None:
    raw = letter("The same")
    server.deliver(raw, box.user)
    server.deliver(raw, box.user)
    assert imap.poll(box) == 2
    assert imap.poll(box) == 0
    verdicts = [processing.process(each.pk).verdict for each in IncomingMail.objects.order_by("received_at")]
    assert verdicts == [Verdict.REVIEW, Verdict.DUPLICATE]


@pytest.mark.parametrize("able", [[], [b"UIDPLUS"], [b"UIDPLUS", b"MOVE"]])
def test_what_was_moved_is_not_moved_again(server: Dovecot, box: Box, able: list[bytes]) -> None:
    client = server.connect(box.user)
    client.create("Done")
    client.logout()
    server.deliver(letter(), box.user)
    moving = Box(**{**vars(box), "done": "Done"})
    with patch.object(imap, "_abilities", lambda _client: able):
        assert [imap.poll(moving) for _ in range(3)] == [1, 0, 0]
    assert seen(server, box, "Done")[0] == 1


def test_what_lay_there_before_is_neither_answered_nor_touched(
    server: Dovecot, new_box: Box, settings: Settings
) -> None:
    settings.MAIL_AUTHSERV_ID = AUTHSERV
    for number in range(2):
        server.deliver(letter(f"Old {number}", Authentication_Results=PROVED), new_box.user)
    assert [imap.poll(new_box), imap.poll(new_box)] == [0, 0]
    assert seen(server, new_box) == (2, 2)
    server.deliver(letter("New", Authentication_Results=PROVED), new_box.user)
    assert imap.poll(new_box) == 1
    assert seen(server, new_box) == (3, 2)
    processing.process_due()
    assert [each["To"] for each in sent()] == ["ada@example.org"]


def test_what_lay_there_is_taken_where_it_is_wanted_and_nobody_gets_a_receipt(
    server: Dovecot, new_box: Box, settings: Settings
) -> None:
    settings.MAIL_AUTHSERV_ID = AUTHSERV
    Rule.objects.create(title="Away", trigger=Rule.Trigger.OPENED, is_on=True, changed_at=clock.now())
    old = [letter(f"Old {number}", Authentication_Results=PROVED) for number in range(3)]
    for raw in old[:2]:
        server.deliver(raw, new_box.user)
    client = server.connect(new_box.user)
    client.append("INBOX", "", '"01-Feb-2021 10:00:00 +0000"', old[2])
    client.logout()
    assert imap.poll(new_box) == 0
    assert imap.take_history(new_box, clock.real_now()) == 2
    assert [imap.take_history(new_box), imap.take_history(new_box)] == [1, 0]
    assert processing.process_due() == 3
    assert set(IncomingMail.objects.values_list("verdict", flat=True)) == {Verdict.OPENED}
    assert sent() == []
    assert not OutboxMessage.objects.filter(topic=running.TOPIC).exists()
    assert imap.poll(new_box) == 0
    assert seen(server, new_box) == (3, 0)  # ours now


def test_a_mailbox_that_is_numbered_anew_brings_back_nothing_old(
    server: Dovecot, new_box: Box, settings: Settings
) -> None:
    settings.MAIL_AUTHSERV_ID = AUTHSERV
    client = server.connect(new_box.user)
    client.append("INBOX", "", '"01-Feb-2021 10:00:00 +0000"', letter("Years ago", Authentication_Results=PROVED))
    client.logout()
    assert imap.poll(new_box) == 0
    server.deliver(letter("Erased later", Authentication_Results=PROVED), new_box.user)
    assert imap.poll(new_box) == 1
    forgetting.erase(IncomingMail.objects.all())
    ImapFolder.objects.update(validity=1)
    server.deliver(letter("In the gap", Authentication_Results=PROVED), new_box.user)
    assert [imap.poll(new_box), imap.poll(new_box)] == [1, 0]
    mail = IncomingMail.objects.get()
    assert b"In the gap" in bytes(mail.raw.raw)
    processing.process_due()
    assert sent() == []
    server.deliver(letter("And on", Authentication_Results=PROVED), new_box.user)
    assert imap.poll(new_box) == 1
    processing.process_due()
    assert len(sent()) == 1


def test_the_command_takes_what_lay_there_and_says_what_is_missing(
    server: Dovecot, new_box: Box, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    server.deliver(letter(), new_box.user)
    settings.MAIL_IMAP = vars(new_box)
    assert commands.history(None) == 1
    settings.MAIL_IMAP = vars(new_box) | {"password": "wrong"}
    with pytest.raises(CommandFailed, match="it refuses the user or the password"):
        commands.history(None)
    settings.MAIL_IMAP = vars(new_box) | {"host": ""}
    with pytest.raises(CommandFailed, match="set FRONTDESK_MAIL_IMAP first"):
        commands.history(None)


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
    settings.MAIL_IMAP = vars(box) | {"folder": "Nowhere"}
    assert jobs.poll_imap() == 0
    server.deliver(letter(), box.user)
    settings.MAIL_IMAP = vars(box)
    assert jobs.poll_imap() == 1
