"""Which door a request goes through, and what must hold before a thread is spent on it."""

import asyncio
import signal
import tempfile
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import IO, Any

from a2wsgi import WSGIMiddleware

from frontdesk.core.framing import is_ambiguous
from frontdesk.core.metrics import counting
from frontdesk.project.processes import die_with_parent

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
# Frameworks type the same three arguments each in their own words.
App = Callable[[Any, Any, Any], Awaitable[None]]

GATEWAY_PREFIXES = ("/api/", "/live/")
METRICS_PATH = "/metrics"
PAGE_THREADS = 12
LARGEST_BODY = 30 * 1024 * 1024
BODY_SECONDS = 120
IN_MEMORY = 256 * 1024


class BodyTooLarge(Exception):
    """The body is over what its address takes."""


class ClientGone(Exception):
    """The client closed the connection before its body was complete."""


class Doors:
    """The ASGI application that granian runs."""

    def __init__(
        self,
        *,
        pages: Any,
        gateway: App,
        metrics: App | None = None,
        role: str = "all",
        hsts_seconds: int = 0,
        larger: Mapping[str, int] | None = None,
    ) -> None:
        """`role`: all, or web or gateway for one door alone. `metrics` answers at its own address on every node.

        `hsts_seconds`: how long browsers shall come by https only. Said here, since behind the proxy every request
        comes in by plain http, and frameworks say it on https alone.

        `larger`: beginnings of addresses that take bodies over LARGEST_BODY, each with its own limit in bytes.
        """
        self._larger = larger or {}
        self._hsts_seconds = hsts_seconds
        self._closed_to = {"web": "gateway", "gateway": "web"}.get(role)
        self._pages: App = WSGIMiddleware(pages, workers=PAGE_THREADS)
        self._gateway = gateway
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Route one request, or the server's start and stop."""
        if scope["type"] == "lifespan":
            _end_with_server()
            await self._gateway(scope, receive, send)
        elif scope["path"] == METRICS_PATH and self._metrics is not None:
            await self._metrics(scope, receive, send)
        else:
            counted = counting(send, "api" if _door(scope) == "gateway" else "pages")
            await self._serve(scope, receive, _on_https(counted, self._hsts_seconds) if self._hsts_seconds else counted)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _door(scope) == self._closed_to:
            await _plain(send, 404, b"This node does not serve that; another one does.")
        elif _door(scope) == "gateway":
            await self._gateway(scope, receive, send)
        elif scope["type"] == "http" and is_ambiguous(scope["headers"]):
            await _plain(send, 400, b"The request's headers contradict each other.")
        elif scope["type"] == "http":
            await self._serve_page(scope, receive, send)

    async def _serve_page(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the whole body first, under limits, so that a slow client never holds a thread."""
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as body:
            try:
                async with asyncio.timeout(BODY_SECONDS):
                    await _read_body(receive, body, self._most(scope))
            except BodyTooLarge:
                await _plain(send, 413, b"What was sent is larger than we accept here.")
                return
            except TimeoutError:
                await _plain(send, 408, b"The upload took too long. Please try again.")
                return
            except ClientGone:
                return
            body.seek(0)

            # granian's receive and send are awaitables, not coroutines, which a2wsgi needs.
            async def stored() -> Message:
                chunk = body.read(65536)
                return {"type": "http.request", "body": chunk, "more_body": len(chunk) == 65536}

            async def reply(message: Message) -> None:
                await send(message)

            await self._pages(scope, stored, reply)

    def _most(self, scope: Scope) -> int:
        fitting = (most for start, most in self._larger.items() if scope["path"].startswith(start))
        return next(fitting, LARGEST_BODY)


def _on_https(send: Send, seconds: int) -> Send:
    """The same `send`, which tells browsers to come by https only."""
    header = (b"strict-transport-security", f"max-age={seconds}".encode())

    async def telling(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], header]
        await send(message)

    return telling


def _door(scope: Scope) -> str:
    return "gateway" if scope["path"].startswith(GATEWAY_PREFIXES) else "web"


async def _read_body(receive: Receive, body: IO[bytes], most: int) -> None:
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > most:
            raise BodyTooLarge
        body.write(chunk)
        more = message.get("more_body", False)


async def _plain(send: Send, status: int, text: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})


def _end_with_server() -> None:
    """A server process killed with -9 must not leave this worker behind."""
    arrange = die_with_parent(signal.SIGTERM)
    if arrange:
        arrange()
