"""The process that takes and enters mail is killed with -9 at random moments while a mail server hands over: each mail
that it acknowledged becomes exactly one message, with its file."""

import os
import random
import signal
import smtplib
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

import pytest
from django.core.files.storage import default_storage

from frontdesk.support.tickets.mail.incoming import processing
from frontdesk.support.tickets.models import Attachment, Conversation, IncomingMail, Message, Verdict
from tests.support import desk
from tests.support.letters import SUPPORT, multipart, part, token_of
from tests.support.server import ROOT, database_url

pytestmark = pytest.mark.django_db(transaction=True)
MAILS_A_ROUND = 12
PATIENCE = 60  # seconds for one round
PROCESS = """
import asyncio, threading, time
import django
django.setup()
from frontdesk.support.tickets.mail.incoming import processing
from frontdesk.support.tickets.mail.incoming.sources import listener
def work():
    while True:
        processing.process_due()
        time.sleep(0.02)
threading.Thread(target=work, daemon=True).start()
asyncio.run(listener.serve(listener.Place("lmtp", "127.0.0.1", 0), lambda port: print(port, flush=True)))
"""


class Doomed:
    """The listener and the worker in one process, on the test's database."""

    def __init__(self) -> None:
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it listens."""
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATABASE_URL": database_url(),
            "PYTHONPATH": os.pathsep.join(str(ROOT / each) for each in ("src", "sdk/python/src", "")),
        }
        self._process = subprocess.Popen(
            [sys.executable, "-c", PROCESS], env=environment, stdout=subprocess.PIPE, start_new_session=True
        )
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def kill(self) -> None:
        """kill -9, also of the children that read mails."""
        if self._process is None or self._process.stdout is None:
            return
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process.stdout.close()
        self._process = None


class MailServer(threading.Thread):
    """Hands mails over, each until it is acknowledged, as mail servers do."""

    def __init__(self, doomed: Doomed, mails: Sequence[bytes]) -> None:
        super().__init__(daemon=True)
        self.acknowledged = 0
        self._doomed, self._mails, self._until = doomed, mails, time.monotonic() + PATIENCE

    def run(self) -> None:
        """Until all are taken, or patience ends."""
        for mail in self._mails:
            while time.monotonic() < self._until and not self._handed_over(mail):
                time.sleep(0.05)  # nobody listens: it was killed just now

    def _handed_over(self, mail: bytes) -> bool:
        with (
            suppress(OSError, smtplib.SMTPException),
            smtplib.LMTP("127.0.0.1", self._doomed.port, timeout=10) as client,
        ):
            client.sendmail("ada@example.org", [SUPPORT], mail)
            self.acknowledged += 1
            return True
        return False


def the_mail(number: int, conversation: Conversation) -> bytes:
    log = part(f"line {number}\n", "text/plain", Content_Disposition=f'attachment; filename="{number}.log"')
    return multipart(part(f"Mail {number}"), log, to=token_of(conversation))


@pytest.mark.parametrize("rounds", [3, pytest.param(50, marks=[pytest.mark.soak, pytest.mark.timeout(1_800)])])
def test_no_mail_is_lost_or_doubled_by_kills_at_random_moments(rounds: int) -> None:
    conversation = desk.conversation("ada@example.org")
    draw, doomed = random.Random(rounds), Doomed()
    try:
        for number in range(rounds):
            first = number * MAILS_A_ROUND
            mails = [the_mail(each, conversation) for each in range(first, first + MAILS_A_ROUND)]
            doomed.start()
            server = MailServer(doomed, mails)
            server.start()
            server.join(draw.uniform(0.02, 1.0))
            doomed.kill()
            IncomingMail.objects.filter(verdict="").update(due_at="2026-01-01T00:00:00Z")  # the pause is over
            doomed.start()
            server.join(PATIENCE)
            assert server.acknowledged == MAILS_A_ROUND, f"round {number}"
            doomed.kill()  # in the middle of what it has yet to enter
    finally:
        doomed.kill()
    _enter_the_rest()
    _look(conversation, rounds * MAILS_A_ROUND)


def _enter_the_rest() -> None:
    deadline = time.monotonic() + PATIENCE
    while IncomingMail.objects.filter(verdict="").exists() and time.monotonic() < deadline:
        IncomingMail.objects.filter(verdict="").update(due_at="2026-01-01T00:00:00Z")
        if not processing.process_due():
            time.sleep(0.1)  # the database has not noticed yet that its client is gone


def _look(conversation: Conversation, count: int) -> None:
    assert set(IncomingMail.objects.values_list("verdict", flat=True)) <= {Verdict.REPLY, Verdict.DUPLICATE}
    said = Message.objects.filter(conversation=conversation, text__startswith="Mail ")
    assert sorted(said.values_list("text", flat=True)) == sorted(f"Mail {number}" for number in range(count))
    for message in said:
        number = message.text.removeprefix("Mail ")
        file = Attachment.objects.get(message=message)
        with default_storage.open(file.file) as opened:
            assert (file.name, opened.read()) == (f"{number}.log", f"line {number}\n".encode())
