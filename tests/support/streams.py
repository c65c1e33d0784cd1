"""A client of live streams on a plain socket: what a browser's EventSource sees, and when."""

import json
import socket
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, ClassVar
from urllib.parse import urlencode

from frontdesk.core.live import tickets
from frontdesk.core.live.topics import Topic

Event = tuple[str, dict[str, Any]]


def path_for(tokens: Iterable[str]) -> str:
    """The address of a stream with these tickets."""
    return "/live/stream?" + urlencode([("ticket", token) for token in tokens])


class Listener:
    """One stream, open. The fixture `streams` closes what a test leaves open."""

    opened: ClassVar[list["Listener"]] = []

    def __init__(self, port: int, *topics: Topic, tokens: Iterable[str] = (), buffer: int = 0, via: str = "") -> None:
        """`buffer`: bytes that the kernel keeps for it. `tokens` instead of fresh tickets for `topics`;
        `via`: for whom a proxy says that it asks."""
        self._link = socket.socket()
        self.opened.append(self)
        if buffer:
            self._link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self._link.settimeout(20)
        self._link.connect(("127.0.0.1", port))
        path = path_for(tokens or [tickets.issue(topic) for topic in topics])
        lines = [f"GET {path} HTTP/1.1", "Host: localhost", *([f"X-Forwarded-For: {via}"] if via else []), "", ""]
        self._link.sendall("\r\n".join(lines).encode())
        self._pending = b""
        head = self._until(b"\r\n\r\n", 20)
        self.status = int(head.split()[1])
        self.headers = dict(line.decode().lower().split(": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)

    def next(self, seconds: float = 20) -> Event:
        """The next event but beats. Raises TimeoutError, EOFError at the end of the stream."""
        deadline = time.monotonic() + seconds
        while True:
            event = self.any(deadline - time.monotonic())
            if event[0] != "beat":
                return event

    def any(self, seconds: float = 20) -> Event:
        """The next event of whatever kind. Raises as `next`."""
        block = self._until(b"\n\n", seconds)
        lines = [line for line in block.split(b"\n") if line.startswith((b"event: ", b"data: "))]
        found = dict(line.decode().split(": ", 1) for line in lines)
        return found["event"], json.loads(found["data"])

    def wakes(self, count: int, seconds: float = 20) -> list[int]:
        """The sequences of the next so many wakes."""
        deadline, found = time.monotonic() + seconds, list[int]()
        while len(found) < count:
            name, data = self.next(deadline - time.monotonic())
            if name == "wake":
                found.append(data["sequence"])
        return found

    def close(self) -> None:
        """Hang up, also on who is waiting for something in another thread."""
        with suppress(OSError):
            self._link.shutdown(socket.SHUT_RDWR)
        self._link.close()

    def _until(self, mark: bytes, seconds: float) -> bytes:
        deadline = time.monotonic() + seconds
        while mark not in self._pending:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._link.settimeout(left)
            piece = self._link.recv(65536)
            if not piece:
                raise EOFError
            self._pending += piece
        found, _, self._pending = self._pending.partition(mark)
        return found
