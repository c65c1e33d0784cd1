"""`frontdesk init` on a terminal: what it asks, what it says to bad answers, and how one gets out of it."""

import fcntl
import os
import pty
import re
import select
import signal
import subprocess
import termios
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import pytest

from frontdesk.project.commands import questions
from tests.project.conftest import needs_linux
from tests.project.desk import PROGRAM, ROOT, Desk, eventually

pytestmark = [needs_linux, pytest.mark.timeout(300)]
SECONDS = 60


def _in_front_of_terminal() -> None:
    """In the child: the terminal's Ctrl-C is for it, also where whoever runs the tests ignores Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Terminal:
    """A command with somebody in front of it."""

    def __init__(self, desk: Desk, *arguments: str) -> None:
        ours, theirs = pty.openpty()
        self._terminal, self.shown = ours, ""
        self.process = subprocess.Popen(
            [*PROGRAM, *arguments], env=desk.environment, cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs,
            start_new_session=True, preexec_fn=_in_front_of_terminal,  # noqa: PLW1509 - one thread at this point
        )  # fmt: skip
        os.close(theirs)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._terminal)

    def answer(self, asked: str, typed: str) -> str:
        """Wait for the question, type an answer with Enter; returns what was shown since the last one."""
        said = self._read_until(lambda text: re.search(rf"{re.escape(asked)}[^\n]*: $", text) is not None)
        os.write(self._terminal, f"{typed}\n".encode())
        return said

    def press(self, asked: str, key: bytes) -> None:
        """Wait until the question is asked and the answer waited for, and press a key.

        Python's `input()` overlooks a Ctrl-C between the two until the next key: nobody but a test is so quick.
        """
        self._read_until(lambda text: re.search(rf"{re.escape(asked)}[^\n]*: $", text) is not None)
        state = Path(f"/proc/{self.process.pid}/stat")
        eventually(lambda: state.read_text().rpartition(")")[2].split()[0] == "S", SECONDS, "it waits for the answer")
        os.write(self._terminal, key)

    def rest(self) -> str:
        """Everything until the command has ended."""
        return self._read_until(lambda text: False)

    def _read_until(self, found: Callable[[str], bool]) -> str:
        said, deadline = "", time.monotonic() + SECONDS
        while not found(said):
            assert time.monotonic() < deadline, f"waited in vain after: {self.shown}"
            if select.select([self._terminal], [], [], 0.2)[0]:
                try:
                    piece = os.read(self._terminal, 4096)
                except OSError:  # the other end is closed
                    piece = b""
                if not piece:
                    break
                said += piece.decode()
                self.shown += piece.decode()
        return said


def test_it_asks_explains_bad_answers_and_asks_again(new_desk: Callable[..., Desk], tmp_path: Path) -> None:
    desk, root = new_desk(), tmp_path / "root.pem"
    with Terminal(desk, "init") as terminal:
        assert "Ctrl-C stops" in terminal.answer("Your company's name", "")
        assert "Say the name" in terminal.answer("Your company's name", "Aurora & Söhne")
        terminal.answer("The public address", "desk.aurora.example")
        said = terminal.answer("The public address", "https://desk.aurora.example/shop")
        assert "must look like https://desk.example.com" in said
        terminal.answer("The public address", "https://desk.aurora.example")
        terminal.answer("The sender of mails", "nobody")
        assert "must hold an e-mail address" in terminal.answer("The sender of mails", "Desk <desk@aurora.example>")
        terminal.answer("The main language, en or de [en]", "fr")
        assert "must be en or de" in terminal.answer("The main language", "de")
        terminal.answer("The mail server", "smtp.aurora.example:587")
        assert "--smtp-port" in terminal.answer("The mail server", "smtp.aurora.example")
        assert not (desk.data / "frontdesk.toml").exists()
        terminal.answer("Its user", "desk")
        terminal.answer("for the imprint", "Aurora & Söhne, Lake Road 1, ada@aurora.example")
        terminal.answer("Where to write the trust root", str(tmp_path / "missing" / "root.pem"))
        assert "There is no folder" in terminal.answer("Where to write the trust root", str(root))
        terminal.answer("The first administrator", "ada")
        assert "no e-mail address" in terminal.answer("The first administrator", "ada@aurora.example")
        assert re.search(r"https://desk\.aurora\.example/\S+", terminal.rest())
        assert terminal.process.wait(SECONDS) == 0
    settings = (desk.data / "frontdesk.toml").read_text()
    for line in (
        'FRONTDESK_BRAND_NAME = "Aurora & Söhne"',
        'FRONTDESK_LANGUAGE = "de"',
        'FRONTDESK_MAIL = "smtp"',
        'FRONTDESK_SMTP_HOST = "smtp.aurora.example"',
        'FRONTDESK_SMTP_USER = "desk"',
    ):
        assert line in settings
    assert "Lake Road 1" in (desk.data / "legal" / "imprint.md").read_text()
    assert root.exists()
    with Terminal(desk, "init") as terminal:  # again: Enter keeps what is there, and nothing else is asked
        for asked in ("[Aurora & Söhne]", "[https://desk.aurora.example]", "[Desk <desk@aurora.example>]", "[de]"):
            terminal.answer(asked, "")
        terminal.answer("[smtp.aurora.example]", "")
        terminal.answer("[desk]", "")
        terminal.press("The first administrator", b"\n")  # the first one has not used the link yet
        assert "Signing keys are there" in terminal.shown
        assert "frontdesk init --admin" in terminal.rest()
        assert terminal.process.wait(SECONDS) == 0
    assert (desk.data / "frontdesk.toml").read_text() == settings


@pytest.mark.parametrize("key", [b"\x04", b"\x03"], ids=["Ctrl-D", "Ctrl-C"])
def test_one_can_stop_with_nothing_written(new_desk: Callable[..., Desk], key: bytes) -> None:
    desk = new_desk()
    with Terminal(desk, "init") as terminal:
        terminal.answer("Your company's name", "Aurora")
        terminal.press("The public address", key)
        said = terminal.rest()
        assert terminal.process.wait(SECONDS) == 1
    assert "frontdesk: stopped" in said
    assert "Traceback" not in said
    assert not (desk.data / "frontdesk.toml").exists()


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (questions.name, ["Halcyon", "Å & B"], ["", "x" * 81, "a\x07b"]),
        (
            questions.url,
            ["https://desk.example", "http://localhost:8000", "https://[2001:db8::1]:8443", "https://desk.example/"],
            ["", "desk.example", "ftp://desk.example", "https://", "https://a b", "https://x/y", "https://x:port",
             "https://[::1", "https://me@desk.example", "https://x?y"],
        ),
        (questions.sender, ["a@b.example", "Desk <a@b.example>"], ["", "a", "Desk", "a@b", "Desk <a>", "a@b.de\n"]),
        (questions.language, ["en", "de"], ["", "fr", "DE"]),
        (questions.mail_server, ["", "smtp.example", "192.0.2.1", "[2001:db8::1]"], ["smtp.example:25", "a b", "smtp://x"]),
        (questions.administrator, ["", "a@b.example"], ["a", "a@b", "A <a@b.example>", "a@b.example, c@d.example"]),
    ],
)  # fmt: skip
def test_checks_take_good_answers_and_name_what_is_wrong(
    check: questions.Check, good: list[str], bad: list[str]
) -> None:
    assert [check(answer) for answer in good] == [""] * len(good)
    assert all(check(answer) for answer in bad), [answer for answer in bad if not check(answer)]
