"""A server on the loopback address that answers what a test tells it to, and remembers what it was asked."""

import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request: `fields` as Stripe's form encoding has them (`metadata[key]`)."""

    method: str
    path: str
    fields: dict[str, str]
    key: str


@dataclass
class Stub:
    """What it answers to a method and path (the last answer stays), and what it was asked."""

    base: str = ""
    asked: list[Asked] = field(default_factory=list)
    answers: dict[str, deque[tuple[int, Any]]] = field(default_factory=dict)
    hangs: threading.Event = field(default_factory=threading.Event)

    def answer(self, what: str, body: Any, status: int = 200) -> None:
        """`what` is "POST /v1/refunds". A status of 0 closes the connection without a word, -1 never answers."""
        self.answers.setdefault(what, deque()).append((status, body))

    def last(self, what: str) -> Asked:
        """The last request of this method and path."""
        return next(each for each in reversed(self.asked) if f"{each.method} {each.path}" == what)


@contextmanager
def serving() -> Iterator[Stub]:
    """A stub while the block runs."""
    stub = Stub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply()

        def do_POST(self) -> None:
            self.reply()

        def reply(self) -> None:
            parts = urlsplit(self.path)
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            fields = {name: values[0] for name, values in parse_qs(raw or parts.query).items()}
            key = self.headers.get("Idempotency-Key", "")
            stub.asked.append(Asked(self.command, parts.path, fields, key))
            queue = stub.answers.get(f"{self.command} {parts.path}") or deque([(404, error("resource_missing"))])
            status, body = queue.popleft() if len(queue) > 1 else queue[0]
            if status <= 0:
                if status < 0:
                    stub.hangs.wait(10)
                self.close_connection = True
                return
            text = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    stub.base = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield stub
    finally:
        stub.hangs.set()
        server.shutdown()
        server.server_close()
        thread.join()


def error(code: str, kind: str = "invalid_request_error", **more: Any) -> dict[str, Any]:
    """An error as Stripe describes it."""
    return {"error": {"type": kind, "code": code, "message": "Somebody’s name could stand here", **more}}
