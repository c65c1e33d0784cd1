"""`serve` takes mail from the vendor's mail server by LMTP, and again after its listener was killed."""

import os
import signal
import smtplib
from collections.abc import Callable

import pytest

from tests.project.conftest import needs_linux
from tests.project.desk import Desk, eventually, free_port
from tests.support.letters import letter

pytestmark = [pytest.mark.timeout(300), needs_linux]
ADDRESS = "support@aurora.example"
INIT = ("init", "--name", "Aurora", "--url", "https://desk.aurora.example", "--mail-from", "Desk <desk@aurora.example>",
        "--language", "en", "--admin", "owner@aurora.example")  # fmt: skip
VERDICTS = """
from frontdesk.support.tickets.models import IncomingMail
print("mails", *IncomingMail.objects.order_by("received_at").values_list("source", "verdict"))
"""


def hand_over(port: int, raw: bytes) -> bool:
    """Whether the mail was taken."""
    try:
        with smtplib.LMTP("127.0.0.1", port, timeout=20) as client:
            return client.sendmail("ada@example.org", [ADDRESS], raw) == {}
    except (OSError, smtplib.SMTPException):
        return False


def test_serve_takes_mail_by_lmtp(new_desk: Callable[..., Desk]) -> None:
    port = free_port()
    desk = new_desk(FRONTDESK_MAIL_LISTEN=f"lmtp://127.0.0.1:{port}", FRONTDESK_SUPPORT_ADDRESS=ADDRESS)
    desk.run(*INIT, "--root-file", str(desk.data.parent / "root.pem"))
    desk.serve()
    eventually(lambda: hand_over(port, letter("One", to=ADDRESS)), 60, "the listener takes a mail")
    (listener,) = desk.processes("frontdesk.project.listener")
    os.kill(listener, signal.SIGKILL)
    eventually(lambda: hand_over(port, letter("Two", to=ADDRESS)), 60, "the listener comes back")
    assert desk.processes("frontdesk.project.listener") != [listener]
    taken = "mails ('lmtp', 'review') ('lmtp', 'review')"
    eventually(lambda: taken in desk.run("manage", "shell", "-v0", "-c", VERDICTS), 60, "the worker reads them")
    desk.stop()
    assert not hand_over(port, letter("Three", to=ADDRESS))
