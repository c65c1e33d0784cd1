"""The children that read mails: killed when they take too long or too much, replaced, and never trusted."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from frontdesk.support.tickets.mail.incoming import pool
from frontdesk.support.tickets.mail.incoming.pool import Pool
from tests.support.letters import letter


@pytest.fixture
def readers() -> Iterator[Pool]:
    """One child."""
    readers = Pool(1)
    yield readers
    readers.close()


def child_of(readers: Pool) -> int:
    """The pid of the child, which has been used."""
    with readers._child() as reader:
        assert reader._process is not None
        return reader._process.pid


def test_a_child_reads_many_mails_and_ends_with_the_pool(readers: Pool) -> None:
    assert readers.read(letter("One")).text == "One"
    pid = child_of(readers)
    assert [readers.read(letter(f"Number {number}")).text for number in range(5)][-1] == "Number 4"
    assert child_of(readers) == pid
    readers.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_one_that_was_killed_is_replaced(readers: Pool) -> None:
    readers.read(letter())
    os.kill(child_of(readers), signal.SIGKILL)
    time.sleep(0.05)
    assert readers.read(letter("After")).text == "After"


def test_it_knows_nothing_of_ours(readers: Pool) -> None:
    readers.read(letter())
    environment = Path(f"/proc/{child_of(readers)}/environ")
    if not environment.exists():
        pytest.skip("looks into /proc")
    names = {each.partition(b"=")[0] for each in environment.read_bytes().split(b"\0") if each}
    assert names <= {b"PATH", b"PYTHONPATH", b"PYTHONHASHSEED", b"LC_CTYPE"}


BAD = """
    import {module} as reading
    from frontdesk.support.tickets.mail.incoming.reading import child, reader
    child.CPU_SECONDS, child.REAL_SECONDS, child.MEMORY = 0.3, 1, 400_000_000
    def read(raw):
        {what}
    reader.read = read
    child.main()
"""
DEEDS = {
    "hangs": ("while True: pass", "timed_out"),
    "sleeps": ("import time; time.sleep(60)", "timed_out"),
    "hangs in C": ("import re; re.match(r'(a+)+$', 'a' * 64 + 'b')", "timed_out"),
    "eats memory": ("return [bytearray(10_000_000) for _ in range(10_000)]", "memory"),
    "dies": ("import os; os._exit(3)", "crashed"),
    "raises": ("raise ValueError('secret words')", "error"),
}


@pytest.mark.parametrize("name", DEEDS)
def test_whatever_a_mail_makes_it_do_is_told_and_the_next_is_read(
    readers: Pool, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    what, told = DEEDS[name]
    program = textwrap.dedent(BAD).format(module="sys", what=what)
    start = subprocess.Popen

    def bad(command: list[str], **values: object) -> "subprocess.Popen[bytes]":
        return start([sys.executable, "-c", program], **values)  # type: ignore[call-overload, no-any-return] # as it was called

    monkeypatch.setattr(subprocess, "Popen", bad)
    began = time.monotonic()
    assert readers.read(letter()).reports[0] == told
    assert time.monotonic() - began < 20
    monkeypatch.undo()
    readers.close()
    readers._places.put(pool._Child())
    assert readers.read(letter("Next")).text == "Next"
