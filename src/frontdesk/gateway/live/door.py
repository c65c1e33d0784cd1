"""GET /live/stream?ticket=…: server-sent events, no database connection behind each.

`wake` says which topic has something new, up to which sequence; `fetch` that anything may be new; `beat` every 15
seconds that the stream lives; `bye` that it ends, after a quarter of an hour at most, so that access is judged anew.
"""

import asyncio
import os
import random
import signal
from contextlib import suppress
from typing import Any

import structlog
from django.conf import settings
from litestar import asgi
from litestar.types import Receive, Scope, Send

from frontdesk.core.live.waking import Wake
from frontdesk.core.reasons import Refusal
from frontdesk.gateway.exchange import Call, Header, Reply, problem, wrong_method
from frontdesk.gateway.live import admission
from frontdesk.gateway.live.hub import Stream, hub
from frontdesk.gateway.live.listening import database, redis

log = structlog.get_logger(__name__)
BEAT_SECONDS = 15.0
LASTS_SECONDS = 15 * 60.0
STALL_SECONDS = 60.0
HEADERS: list[Header] = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]
BEAT, FETCH, BYE = (b"event: %s\ndata: {}\n\n" % name for name in (b"beat", b"fetch", b"bye"))


@asgi("/live/stream", copy_scope=True)
async def stream_door(scope: Scope, receive: Receive, send: Send) -> None:
    """One stream, from the tickets to its end."""
    call = Call(scope, receive)  # type: ignore[arg-type]  # Litestar names the same type its own way
    if scope["method"] != "GET":  # type: ignore[typeddict-item]  # only http scopes are routed here
        await _refuse(send, wrong_method(call.language(), "GET"))
        return
    try:
        tickets = admission.shown(call)
        stream = Stream(
            (ticket.topic for ticket in tickets), (ticket.holder for ticket in tickets if ticket.holder is not None)
        )
        with hub.opened(stream, call.address_prefix()):
            await admission.spend(tickets)
            await _serve(stream, receive, send)
    except Refusal as refusal:
        await _refuse(send, problem(refusal, call.language()))


async def _serve(stream: Stream, receive: Receive, send: Send) -> None:
    """Tell what there is to tell, until the stream ends, the client is gone, or takes nothing for STALL_SECONDS."""
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    gone = asyncio.create_task(_disconnected(receive))
    gone.add_done_callback(lambda _: stream.end())
    try:
        await _say(send, BEAT)
        await _tell(stream, send)
        if not gone.done():
            async with asyncio.timeout(STALL_SECONDS):
                await send({"type": "http.response.body", "body": BYE, "more_body": False})
    except TimeoutError:
        log.info("stream_stalled")
    finally:
        gone.cancel()
        with suppress(asyncio.CancelledError):
            await gone


async def _tell(stream: Stream, send: Send) -> None:
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + LASTS_SECONDS * random.uniform(0.9, 1.0)  # noqa: S311 - jitter, so that not all come back at once
    beats_at = loop.time() + BEAT_SECONDS
    while not stream.is_over and loop.time() < ends_at:
        try:
            async with asyncio.timeout_at(min(beats_at, ends_at)):
                await stream.wait()
        except TimeoutError:
            beats_at = loop.time() + BEAT_SECONDS
            await _say(send, BEAT)
            continue
        fetch, wakes = stream.take()
        said = (FETCH if fetch else b"") + b"".join(map(_written, wakes))
        if said and not stream.is_over:
            await _say(send, said)


def _written(wake: Wake) -> bytes:
    return b"event: wake\ndata: %s\n\n" % wake.written().encode()


async def _say(send: Send, said: bytes) -> None:
    async with asyncio.timeout(STALL_SECONDS):
        await send({"type": "http.response.body", "body": said, "more_body": True})


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _refuse(send: Send, reply: Reply) -> None:
    await send({"type": "http.response.start", "status": reply.status, "headers": reply.all_headers()})
    await send({"type": "http.response.body", "body": reply.body, "more_body": False})


def start() -> None:
    """Listen from now on; on a node that serves no streams nobody does."""
    if os.environ.get("FRONTDESK_ROLE") == "web":
        return
    database.start()
    if settings.REDIS_URL:
        redis.start()
    _end_with_server()


async def stop() -> None:
    """Stop listening."""
    await database.stop()
    await redis.stop()
    await admission.spending.close()


def _end_with_server() -> None:
    """The server waits for open streams before it tells anybody that it stops: so its signals end them.

    The loop's own handlers, which stop the server, are called through its wakeup descriptor and stay as they are.
    """
    loop = asyncio.get_running_loop()

    def end(number: int, frame: Any) -> None:
        with suppress(RuntimeError):  # the loop is closed already
            loop.call_soon_threadsafe(hub.end)

    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(ValueError):  # not in the main thread: somebody's test, not a server
            signal.signal(number, end)
            signal.siginterrupt(number, False)
