"""A small server that speaks the contract: the golden replies, with leases for the device that asks."""

import json
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any
from urllib.parse import urlsplit

from sdk.python.tests import vectors
from sdk.python.tests.vectors import CODE, LEASE_KEY, LEASES, Signer, good_reply, lease, problem

from frontdesk_client.leases import device_claim

DAY = 86_400


@dataclass
class Reply:
    """What to answer. ``cut``: send only so many bytes of the body, then drop the connection."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    cut: int | None = None


@dataclass
class Seen:
    """A request as it came in."""

    method: str
    path: str
    headers: Message
    body: Any


class LocalServer(ThreadingHTTPServer):
    """Without the name look-up that the base class makes for each server."""

    daemon_threads = True

    def server_bind(self) -> None:
        TCPServer.server_bind(self)


class Desk:
    """The server's state; tests change it, or queue single answers with ``answer_next``."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.queued: dict[str, deque[Reply]] = defaultdict(deque)
        self.travelled: timedelta | None = None
        self.seats: dict[str, str] = {}
        self.device_limit = 5
        self.codes = {CODE}
        self.key_set = LEASES["key_sets"]["current"]
        self.lease_key: Signer = LEASE_KEY
        self.lease_claims: dict[str, object] = {}
        self.refusal = ""
        self.replacement = deque(["pending", "approved"])
        self.release = good_reply("GET /api/v1/releases/{product}/latest")
        self.file = vectors.RELEASE_FILE
        self.etag = '"one"'
        self._httpd = LocalServer(("127.0.0.1", 0), self._handler())
        self.port = self._httpd.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        self.release["url"] = "/api/v1/files/signed/halcyon-shield.tar.gz"
        self._thread = threading.Thread(target=self._httpd.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def __enter__(self) -> "Desk":
        self._thread.start()
        return self

    def __exit__(self, *details: object) -> None:
        self._httpd.shutdown()
        self._httpd.server_close()
        self._thread.join()

    def answer_next(self, endpoint: str, *replies: Reply) -> None:
        """Answer the next calls of ``endpoint`` ("POST activations") with these."""
        self.queued[endpoint].extend(replies)

    def refuse_next(self, endpoint: str, code: str, times: int = 1) -> None:
        """Answer with the contract's problem document for ``code``."""
        self.answer_next(endpoint, *[refusal(code)] * times)

    def calls(self, endpoint: str) -> list[Seen]:
        """The requests made to ``endpoint``."""
        return [seen for seen in self.seen if f"{seen.method} {short(seen.path)}" == endpoint]

    def now(self) -> datetime:
        return datetime.now(UTC) + (self.travelled or timedelta())

    def lease_for(self, fingerprint: str, **claims: object) -> str:
        """A lease issued now for that device."""
        now = int(self.now().timestamp())
        times = {"iat": now, "nbf": now, "exp": now + 14 * DAY, "refresh_after": now + DAY}
        ends = {"license_expires_at": now + 365 * DAY, "grace_until": now + 372 * DAY}
        return lease(
            self.lease_key, **{**times, **ends, "device": device_claim(fingerprint), **self.lease_claims, **claims}
        )

    # --- the endpoints

    def answer(self, seen: Seen) -> Reply:
        endpoint = f"{seen.method} {short(seen.path)}"
        if self.queued[endpoint]:
            return self.queued[endpoint].popleft()
        answers: dict[str, Callable[[Seen], Reply]] = {
            "GET health": lambda _: Reply(200, {"status": "ok"}),
            "GET keys": lambda _: Reply(200, self.key_set),
            "POST activations": self._activate,
            "POST leases": self._renew,
            "DELETE activations": lambda _: Reply(204),
            "POST replacements": lambda _: Reply(202, good_reply("POST /api/v1/replacements")),
            "GET replacements": lambda _: Reply(200, {"status": self.replacement.popleft(), "poll_after": 2}),
            "POST offline-activations": self._activate_offline,
            "POST offline-returns": lambda _: Reply(204),
            "GET releases": lambda _: Reply(200, self.release),
            "GET files": self._file,
        }
        return answers[endpoint](seen) if endpoint in answers else Reply(404, raw=b"nothing here")

    def _activate(self, seen: Seen) -> Reply:
        if self.refusal:
            return refusal(self.refusal)
        if seen.body["code"] not in self.codes:
            return refusal("code_unknown")
        fingerprint = seen.body["device"]["fingerprint"]
        known = fingerprint in self.seats
        if not known and len(self.seats) >= self.device_limit:
            return refusal("device_limit_reached")
        self.seats[fingerprint] = seen.body["device"]["name"]
        body = good_reply("POST /api/v1/activations") | {"lease": self.lease_for(fingerprint)}
        body["license"] |= {"devices_used": len(self.seats), "device_limit": self.device_limit}
        return Reply(200 if known else 201, body)

    def _renew(self, seen: Seen) -> Reply:
        if self.refusal:
            return refusal(self.refusal)
        assert seen.headers["Authorization"] == f"Bearer {vectors.REQUESTS['token']}"
        body = good_reply("POST /api/v1/leases")
        return Reply(200, body | {"lease": self.lease_for(seen.body["fingerprint"])})

    def _activate_offline(self, seen: Seen) -> Reply:
        body = good_reply("POST /api/v1/offline-activations") | {"keys": self.key_set}
        body["lease"] = self.lease_for(seen.body["device"]["fingerprint"], nonce=seen.body["nonce"])
        return Reply(201, body)

    def _file(self, seen: Seen) -> Reply:
        headers = {"ETag": self.etag, "Content-Type": "application/gzip"}
        asked = seen.headers.get("Range")
        if asked and seen.headers.get("If-Range") == self.etag:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            headers["Content-Range"] = f"bytes {start}-{len(self.file) - 1}/{len(self.file)}"
            return Reply(206, raw=self.file[start:], headers=headers)
        return Reply(200, raw=self.file, headers=headers)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        desk = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                raw = self.rfile.read(length)
                seen = Seen(self.command, self.path, self.headers, json.loads(raw) if raw else None)
                desk.seen.append(seen)
                send(self, desk.answer(seen), desk.now() if desk.travelled else None)

            do_GET = do_POST = do_DELETE = _answer  # noqa: N815 - the base class names them

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
                """Silence."""

        return Handler


def send(handler: BaseHTTPRequestHandler, reply: Reply, travelled_to: datetime | None) -> None:
    """Put a reply on the wire."""
    raw = reply.raw if reply.raw is not None else json.dumps(reply.body).encode() if reply.body is not None else b""
    kind = "application/problem+json" if reply.status >= 400 else "application/json"
    headers = {"Content-Length": str(len(raw)), "Connection": "close"}
    if reply.raw is None and raw:
        headers["Content-Type"] = kind
    if travelled_to:
        headers["Frontdesk-Time"] = travelled_to.strftime("%Y-%m-%dT%H:%M:%SZ")
    handler.send_response_only(reply.status)
    headers["Date"] = handler.date_time_string()
    for name, value in (headers | reply.headers).items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(raw if reply.cut is None else raw[: reply.cut])


def refusal(code: str) -> Reply:
    """The contract's problem document as an answer."""
    example = problem(code)
    return Reply(example["status"], example["body"], example.get("headers", {}))


def short(path: str) -> str:
    """The resource a path names: ``activations`` for /api/v1/activations/current."""
    parts = urlsplit(path).path.strip("/").split("/")
    return parts[2] if len(parts) > 2 else path
