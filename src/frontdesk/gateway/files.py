"""Sends files by signed address: the whole, or the piece that is still missing.

Bytes are read a piece at a time in a few threads that no download keeps, and the next piece is read when the client has
taken the one before, so that slow downloads cost a file descriptor and a piece of memory each.
"""

import asyncio
import json
import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

import structlog
from django.conf import settings
from django.db import OperationalError, connection
from litestar import asgi
from litestar.types import Receive, Scope, Send

from frontdesk.catalog import files
from frontdesk.core.database import deadline
from frontdesk.core.errors import NotFound, TemporarilyUnavailable
from frontdesk.core.reasons import Refusal
from frontdesk.gateway.exchange import language_for, wrong_method
from frontdesk.support.tickets import files as attachments

log = structlog.get_logger(__name__)
T = TypeVar("T")
Headers = dict[bytes, bytes]

PIECE = 64 * 1024
LOOKUP_SECONDS = 5.0
STALL_SECONDS = 300
RANGE = re.compile(rb"bytes=(\d{0,18})-(\d{0,18})")
# Apart, so that a slow database holds up no download that has begun.
_lookups = ThreadPoolExecutor(2, thread_name_prefix="file-lookup")
_reads = ThreadPoolExecutor(4, thread_name_prefix="file-read")


class RangeOutside(Exception):
    """The range asked for lies past the end of the file."""


@asgi("/api/v1/files", is_mount=True, copy_scope=True)
async def file_door(scope: Scope, receive: Receive, send: Send) -> None:
    """GET or HEAD /api/v1/files/<token>/<filename>: builds of releases."""
    await _serve(scope, receive, send, _locate_build)


@asgi(attachments.PREFIX.rstrip("/"), is_mount=True, copy_scope=True)
async def attachment_door(scope: Scope, receive: Receive, send: Send) -> None:
    """GET or HEAD /api/v1/attachments/<token>/<filename>: files of conversations."""
    await _serve(scope, receive, send, attachments.locate)


async def _serve(scope: Scope, receive: Receive, send: Send, locate: Callable[[str, str], files.Source]) -> None:
    method = scope["method"]  # type: ignore[typeddict-item]  # only http scopes are routed here
    headers: Headers = dict(scope["headers"])
    if method not in {"GET", "HEAD"}:
        reply = wrong_method(language_for(headers.get(b"accept-language", b"").decode("latin-1")), "GET", "HEAD")
        await _answer(send, reply.status, dict(reply.all_headers()), reply.body)
        return
    *_start, token, filename = ["", "", *scope["path"].strip("/").split("/")]
    try:
        source = await _in_thread(_lookups, lambda: _locate(locate, token, filename))
        if source.path is None:
            await _answer(send, 307, {b"location": source.address.encode(), b"cache-control": b"no-store"})
        else:
            await _send_file(source, method, headers, receive, send)
    except Refusal as refusal:
        await _refuse(send, refusal, headers)


def _locate_build(token: str, filename: str) -> files.Source:
    return files.locate(files.open_token(token), filename)


def _locate(locate: Callable[[str, str], files.Source], token: str, filename: str) -> files.Source:
    try:
        with deadline.within(LOOKUP_SECONDS):
            return locate(token, filename)
    except OperationalError:
        raise TemporarilyUnavailable from None
    finally:
        connection.close()  # these threads belong to no request that would end and do it


async def _send_file(source: files.Source, method: str, headers: Headers, receive: Receive, send: Send) -> None:
    descriptor = await _in_thread(_reads, lambda: _open(source))
    try:
        etag = f'"{source.sha256}"'.encode()
        shared = _headers(source, etag)
        if etag in headers.get(b"if-none-match", b""):
            await _answer(send, 304, shared)
            return
        try:
            piece = _range(headers, etag, source.size) if method == "GET" else None
        except RangeOutside:
            await _answer(send, 416, shared | {b"content-range": f"bytes */{source.size}".encode()})
            return
        start, end = piece or (0, source.size)
        shared[b"content-length"] = str(end - start).encode()
        if piece:
            shared[b"content-range"] = f"bytes {start}-{end - 1}/{source.size}".encode()
        await send({"type": "http.response.start", "status": 206 if piece else 200, "headers": list(shared.items())})
        if method == "HEAD":
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        else:
            await _stream(descriptor, start, end, receive, send)
    finally:
        os.close(descriptor)


async def _stream(descriptor: int, start: int, end: int, receive: Receive, send: Send) -> None:
    """Send the bytes from start up to end, until the client is gone or takes nothing for STALL_SECONDS."""
    gone = asyncio.create_task(_disconnected(receive))
    try:
        while start < end and not gone.done():
            length, offset = min(PIECE, end - start), start
            piece = await _in_thread(_reads, lambda: os.pread(descriptor, length, offset))  # noqa: B023 - awaited at once
            if not piece:
                raise OSError("the file became shorter")
            start += len(piece)
            async with asyncio.timeout(STALL_SECONDS):
                await send({"type": "http.response.body", "body": piece, "more_body": start < end})
    except TimeoutError:
        log.info("download_stalled")
    finally:
        gone.cancel()
        with suppress(asyncio.CancelledError):
            await gone


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _open(source: files.Source) -> int:
    """A descriptor of the file, which must be as long as it was when it was signed. Raises NotFound."""
    try:
        descriptor = os.open(source.path or "", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        log.error("file_missing", sha256=source.sha256)
        raise NotFound from None
    if os.fstat(descriptor).st_size != source.size:
        os.close(descriptor)
        log.error("file_damaged", sha256=source.sha256)
        raise NotFound
    return descriptor


def _range(headers: Headers, etag: bytes, size: int) -> tuple[int, int] | None:
    """Start and end (exclusive) of the one range asked for; None for the whole file. Raises RangeOutside.

    Several ranges, other units and an If-Range of another file are answered with the whole, as RFC 9110 allows.
    """
    asked = RANGE.fullmatch(headers.get(b"range", b"").replace(b" ", b""))
    if not asked or headers.get(b"if-range", etag) != etag:
        return None
    first, last = asked.groups()
    if not first and not last:
        return None
    if not first:
        start, end = max(0, size - int(last)), size
        if not int(last):
            raise RangeOutside
        return start, end
    start, end = int(first), min(size, int(last) + 1) if last else size
    if last and int(last) < start:
        return None
    if start >= size:
        raise RangeOutside
    return start, end


def _headers(source: files.Source, etag: bytes) -> Headers:
    return {
        b"content-type": source.content_type.encode(),
        b"content-disposition": source.disposition.encode("latin-1"),
        b"etag": etag,
        b"accept-ranges": b"bytes",
        b"cache-control": b"private, no-cache",
        b"x-content-type-options": b"nosniff",
        b"content-security-policy": b"default-src 'none'; sandbox",
        b"referrer-policy": b"no-referrer",
    }


async def _refuse(send: Send, refusal: Refusal, headers: Headers) -> None:
    """A problem document; somebody in a browser is sent to the page that explains it."""
    problem = refusal.problem(settings.FRONTDESK_URL)
    if b"text/html" in headers.get(b"accept", b""):
        await _answer(send, 303, {b"location": str(problem["help_url"]).encode(), b"cache-control": b"no-store"})
        return
    document = json.dumps(problem).encode()
    kind = {b"content-type": b"application/problem+json", b"cache-control": b"no-store"}
    await _answer(send, refusal.reason.status, kind, document)


async def _answer(send: Send, status: int, headers: Headers, body: bytes = b"") -> None:
    if status != 304:
        headers = headers | {b"content-length": str(len(body)).encode()}
    await send({"type": "http.response.start", "status": status, "headers": list(headers.items())})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _in_thread(pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(pool, work)
