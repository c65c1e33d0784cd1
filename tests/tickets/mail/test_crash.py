"""Processes killed with -9 in the middle of a mail: run again, there is exactly one message."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from frontdesk.support.tickets.mail.incoming import processing, storing
from frontdesk.support.tickets.models import Attachment, IncomingMail, Message, Verdict
from tests.support import desk
from tests.support.letters import multipart, part, token_of
from tests.support.server import ROOT, database_url

pytestmark = pytest.mark.django_db(transaction=True)
WORK = """
import os, sys, time
import django
django.setup()
from importlib import import_module
module, name, when = sys.argv[1:4]
found = import_module(module)
original = getattr(found, name)
def stops(*args, **values):
    if when == "before":
        print("here", flush=True); time.sleep(60)
    answer = original(*args, **values)
    print("here", flush=True); time.sleep(60)
    return answer
setattr(found, name, stops)
from frontdesk.support.tickets.mail.incoming import processing
processing.process_due()
"""
MOMENTS = [
    ("frontdesk.support.tickets.mail.incoming.processing", "_finish", "before"),  # read, nothing done
    ("frontdesk.support.tickets.mail.incoming.effects", "files_of", "after"),  # files stored, no message
    ("frontdesk.support.tickets.mail.incoming.effects", "carry_out", "after"),  # all done, not committed
    ("frontdesk.support.tickets.mail.incoming.processing", "_finish", "after"),  # committed
]


@pytest.mark.parametrize(("module", "name", "when"), MOMENTS)
def test_killed_at_any_moment_it_is_entered_once(module: str, name: str, when: str) -> None:
    conversation = desk.conversation("ada@example.org")
    log = part("line\n", "text/plain", Content_Disposition='attachment; filename="a.log"')
    raw = multipart(part("See the log."), log, to=token_of(conversation))
    mail = storing.store(raw, source="test")
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": database_url(),
        "PYTHONPATH": os.pathsep.join(str(Path(ROOT) / each) for each in ("src", "sdk/python/src", "")),
    }
    worker = subprocess.Popen(
        [sys.executable, "-c", WORK, module, name, when],
        env=environment,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == b"here\n"
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    worker.stdout.close()
    IncomingMail.objects.filter(verdict="").update(due_at="2026-01-01T00:00:00Z")  # the pause is over
    deadline = time.monotonic() + 20
    while not processing.process_due() and IncomingMail.objects.filter(verdict="") and time.monotonic() < deadline:
        time.sleep(0.1)  # the database has not noticed yet that its client is gone
    mail.refresh_from_db()
    assert mail.verdict == Verdict.REPLY
    message = conversation.messages.get(kind=Message.Kind.CUSTOMER, text="See the log.")
    assert Attachment.objects.filter(message=message).count() == 1
