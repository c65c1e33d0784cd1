"""Requests to the server with the standard library: proxies of the system, time limits, careful retries."""

import contextlib
import http.client
import json
import random
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Protocol, cast
from urllib.parse import urljoin, urlsplit

from frontdesk_client.clocks import Clock
from frontdesk_client.errors import (
    ConfigurationInvalid,
    NoConnection,
    Refusal,
    ServerAnswerInvalid,
    TemporarilyUnavailable,
    TooManyAttempts,
    refusal_from,
)
from frontdesk_client.version import __version__

MAX_ANSWER = 1024 * 1024
MAX_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_WORTH_ANOTHER_TRY = (408, 429, 502, 503, 504)


class FileReply(Protocol):
    """What urllib answers with, as far as it is used here."""

    status: int
    headers: Message

    def read(self, amount: int = -1) -> bytes: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer: its status and its JSON object, empty when there is no body."""

    status: int
    document: dict[str, object]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait and how often to try. ``longest_wait`` caps what ``Retry-After`` may ask for, in seconds."""

    timeout: float = 10.0
    tries: int = 3
    first_wait: float = 0.5
    longest_wait: float = 10.0

    def wait_before(self, attempt: int, retry_after: float | None) -> float | None:
        """Seconds before the next try (``attempt`` counts from 0), None when giving up is better.

        With full jitter, so that many devices cut off together do not come back together.
        """
        if attempt + 1 >= self.tries or (retry_after or 0) > self.longest_wait:
            return None
        jitter = random.uniform(0, self.first_wait * 2**attempt)  # noqa: S311 - spreads load, guards nothing
        return min(self.longest_wait, (retry_after or 0) + jitter)


class Transport:
    """One server, one clock to tell about its time."""

    def __init__(
        self,
        server: str,
        clock: Clock,
        *,
        patience: Patience | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.server = server_address(server)
        self._clock = clock
        self._patience = patience or Patience()
        self._sleep = sleep
        self._opener = _opener(encrypted=self.server.startswith("https:"))

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, object] | None = None,
        token: str = "",
        once: bool = False,
    ) -> Answer:
        """Call the API and give the answer to a success.

        All calls of API v1 may be repeated, so a lost answer or a busy server is tried again; ``once`` forbids it.
        Raises the typed ``Refusal``, ``NoConnection`` or ``ServerAnswerInvalid``.
        """
        for attempt in range(self._patience.tries):
            try:
                return self._call_once(method, path, body, token)
            except (NoConnection, Refusal) as error:
                wait = None if once else self._wait_after(error, attempt)
                if wait is None:
                    raise
            self._sleep(wait)
        raise AssertionError("the last try returns or raises")  # pragma: no cover - see wait_before

    def _wait_after(self, error: NoConnection | Refusal, attempt: int) -> float | None:
        if isinstance(error, Refusal) and error.status not in _WORTH_ANOTHER_TRY:
            return None
        asked = error.retry_after if isinstance(error, TooManyAttempts | TemporarilyUnavailable) else None
        if isinstance(error, TooManyAttempts) and asked is None:
            return None
        return self._patience.wait_before(attempt, asked)

    def _call_once(self, method: str, path: str, body: Mapping[str, object] | None, token: str) -> Answer:
        headers = {"Accept": "application/json, application/problem+json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        with self.open(method, urljoin(self.server, path), headers, data) as reply:
            raw = self._whole(reply)
        return self._judge(reply, raw)

    @contextlib.contextmanager
    def open(self, method: str, url: str, headers: Mapping[str, str], data: bytes | None = None) -> Iterator[FileReply]:
        """The raw reply, whatever its status. Raises ``NoConnection``, also while it is being read."""
        request = urllib.request.Request(url, data, dict(headers), method=method)  # noqa: S310 - scheme was checked
        request.add_header("User-Agent", f"frontdesk-client/{__version__}")
        try:
            with contextlib.closing(
                cast("FileReply", self._opener.open(request, timeout=self._patience.timeout))
            ) as reply:
                yield reply
        except (OSError, http.client.HTTPException) as error:
            raise NoConnection(_explain(error, url)) from error

    @contextlib.contextmanager
    def follow(self, url: str, headers: Mapping[str, str]) -> Iterator[FileReply]:
        """Get a file, following redirects (to a storage service, say), never from https back to http."""
        for _ in range(MAX_REDIRECTS):
            with self.open("GET", url, headers) as reply:
                if reply.status not in _REDIRECTS:
                    yield reply
                    return
                target = urljoin(url, reply.headers.get("Location", ""))
            if urlsplit(target).scheme not in {urlsplit(url).scheme, "https"}:
                raise ServerAnswerInvalid("The server sent us on to an unprotected address.")
            url = target
        raise ServerAnswerInvalid("The server sent us on too many times.")

    def refuse(self, reply: FileReply) -> None:
        """Raise what a reply with an error status means."""
        self._judge(reply, self._whole(reply))
        raise ServerAnswerInvalid(f"It answered {reply.status} where a file was expected.")

    def _whole(self, reply: FileReply) -> bytes:
        raw = reply.read(MAX_ANSWER + 1)
        if len(raw) > MAX_ANSWER:
            raise ServerAnswerInvalid("It is far too long.")
        if len(raw) < int(reply.headers.get("Content-Length") or 0):
            raise NoConnection("The connection ended in the middle of the answer.")
        return raw

    def _judge(self, reply: FileReply, raw: bytes) -> Answer:
        kind = reply.headers.get_content_type()
        document = _json_object(raw) if kind in {"application/json", "application/problem+json"} else None
        if document is not None or reply.status == 204:
            self._clock.observe(_rfc3339(reply.headers.get("Frontdesk-Time")))
        if reply.status in {200, 201, 202} and document is not None:
            return Answer(reply.status, document)
        if reply.status == 204:
            return Answer(204, {})
        raise _refusal(reply, document)


def server_address(text: str) -> str:
    """The server's base address, ending in a slash. Raises ``ConfigurationInvalid``."""
    try:
        parts = urlsplit(text.strip())
        port_is_readable = parts.port is None or parts.port > 0
    except ValueError:
        port_is_readable = False
    if not port_is_readable or parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        raise ConfigurationInvalid(f"The server's address must look like https://desk.example.com, not {text!r}.")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}/"


def retry_after_seconds(value: str | None, *, now: datetime) -> float | None:
    """``Retry-After`` as seconds from now: it holds either seconds or a date. None when absent or unreadable."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value).astimezone(UTC) - now).total_seconds())
    except (ValueError, OverflowError):
        return None


def _refusal(reply: FileReply, document: dict[str, object] | None) -> Refusal | ServerAnswerInvalid:
    if reply.status < 400 or (document is None and reply.status not in _WORTH_ANOTHER_TRY):
        return ServerAnswerInvalid(f"It answered with status {reply.status}, not as a Frontdesk server does.")
    # A proxy in front of a server that restarts answers 502 to 504 with a page of its own.
    error = refusal_from(document) if document is not None else TemporarilyUnavailable()
    error.status = reply.status
    if isinstance(error, TooManyAttempts | TemporarilyUnavailable):
        error.retry_after = retry_after_seconds(reply.headers.get("Retry-After"), now=datetime.now(UTC))
    return error


def _opener(*, encrypted: bool) -> urllib.request.OpenerDirector:
    """Like urllib's own, without the handlers that turn statuses into exceptions or follow redirects.

    Reading the system's certificates takes longer than a request: for an https server it is done once, here.
    """
    opener = urllib.request.OpenerDirector()
    context = ssl.create_default_context() if encrypted else None
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(context=context),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener


def _json_object(raw: bytes) -> dict[str, object] | None:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _rfc3339(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _explain(error: Exception, url: str) -> str:
    """Which part of the way is broken, in words, without the path (a signed address must not reach a log)."""
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    host = urlsplit(url).hostname
    if isinstance(reason, ssl.SSLCertVerificationError):
        return f"The certificate of {host} is not valid for it: {reason.verify_message}."
    if isinstance(reason, TimeoutError):
        return f"{host} did not answer in time."
    if isinstance(reason, ConnectionRefusedError):
        return f"{host} refused the connection."
    return f"No connection to {host} ({getattr(reason, 'strerror', None) or type(reason).__name__})."
