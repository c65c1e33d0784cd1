"""Child processes that read mails. One that takes too long, or too much memory, or dies is replaced.

They start when the first mail is read, and end with this process: their pipe closes.
"""

import atexit
import json
import os
import queue
import selectors
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import frontdesk
from frontdesk.support.tickets.mail.incoming.reading import child
from frontdesk.support.tickets.mail.incoming.reading.shapes import Read, from_message

MODULE = "frontdesk.support.tickets.mail.incoming.reading.child"
PATIENCE = child.REAL_SECONDS + 10  # the child ends itself before; this is for one that cannot
LARGEST_ANSWER = 200_000_000
SIZE = 2
TIMED_OUT, CRASHED = "timed_out", "crashed"


class Pool:
    """Reads mails in `size` children at once; safe to use from several threads."""

    def __init__(self, size: int = SIZE) -> None:
        self._places: queue.LifoQueue[_Child] = queue.LifoQueue()
        for _ in range(size):
            self._places.put(_Child())

    def read(self, raw: bytes) -> Read:
        """The mail, read. One that cannot be is told by `reports`: TIMED_OUT, CRASHED, memory, error."""
        with self._child() as reader:
            found = reader.read(raw)
            if found.reports == [CRASHED]:
                found = reader.read(raw)  # perhaps it was not this mail's fault: once more, in a fresh child
            return found

    def close(self) -> None:
        """End the children that rest."""
        while not self._places.empty():
            self._places.get().stop()

    @contextmanager
    def _child(self) -> Iterator["_Child"]:
        reader = self._places.get()
        try:
            yield reader
        except BaseException:
            reader.stop()  # cut off in the middle: what it says next would be the answer to another question
            raise
        finally:
            self._places.put(reader)


class _Child:
    """One child process, started when it is needed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, raw: bytes) -> Read:
        process = self._process or self._start()
        try:
            return self._ask(process, raw)
        except _Late:
            self.stop()
            return Read(reports=[TIMED_OUT])
        except (OSError, ValueError, struct.error):
            status = self.stop()
            # SIGPROF and SIGALRM are its own timers.
            return Read(reports=[TIMED_OUT if status in {-27, -14} else CRASHED])

    def stop(self) -> int | None:
        """Kill it; returns what it had ended with by itself, or None."""
        process, self._process = self._process, None
        if process is None:
            return None
        try:
            status: int | None = process.wait(timeout=0.5)  # it may be ending at this moment
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            status = None
        for pipe in (process.stdin, process.stdout):
            _close(pipe)
        return status

    def _start(self) -> subprocess.Popen[bytes]:
        source = str(Path(frontdesk.__path__[0]).parent)
        environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": source, "PYTHONHASHSEED": "0"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,  # nothing of ours: no addresses of databases, no secrets
            start_new_session=True,
        )
        return self._process

    def _ask(self, process: subprocess.Popen[bytes], raw: bytes) -> Read:
        assert process.stdin is not None  # noqa: S101 - both are pipes
        assert process.stdout is not None  # noqa: S101
        deadline = time.monotonic() + PATIENCE
        writer = threading.Thread(target=_write, args=(process.stdin, raw), daemon=True)
        writer.start()  # apart: a child that stops reading must not hold us for ever
        head, *contents = _blocks(process.stdout, deadline)
        return from_message(json.loads(head), contents)


class _Late(Exception):
    """The child does not answer."""


def _write(pipe: IO[bytes], raw: bytes) -> None:
    try:
        pipe.write(struct.pack("!I", len(raw)))
        pipe.write(raw)
        pipe.flush()
    except (OSError, ValueError):
        return  # it has ended; whoever waits for its answer sees it


def _blocks(pipe: IO[bytes], deadline: float) -> list[bytes]:
    (count,) = struct.unpack("!I", _exactly(pipe, 4, deadline))
    found, total = [], 0
    for _ in range(count):
        (size,) = struct.unpack("!I", _exactly(pipe, 4, deadline))
        total += size
        if total > LARGEST_ANSWER:
            raise ValueError
        found.append(_exactly(pipe, size, deadline))
    return found


def _exactly(pipe: IO[bytes], size: int, deadline: float) -> bytes:
    """So many bytes. Raises _Late, and ValueError when the child ended."""
    found = bytearray()
    with selectors.DefaultSelector() as waiting:
        waiting.register(pipe, selectors.EVENT_READ)
        while len(found) < size:
            if not waiting.select(max(0.0, deadline - time.monotonic())):
                raise _Late
            piece = os.read(pipe.fileno(), min(size - len(found), 1 << 20))
            if not piece:
                raise ValueError
            found += piece
    return bytes(found)


def _close(pipe: IO[bytes] | None) -> None:
    try:
        if pipe is not None:
            pipe.close()
    except OSError:
        return


_shared: Pool | None = None
_making = threading.Lock()


def shared() -> Pool:
    """This process's pool."""
    global _shared  # noqa: PLW0603 - one for each process
    with _making:
        if _shared is None:
            _shared = Pool()
            atexit.register(_shared.close)
        return _shared
