"""One request and its reply: reading bodies under limits, who asks, in which language, problem documents."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

import msgspec
from django.conf import settings
from django.utils import translation
from django.utils.translation.trans_real import get_supported_language_variant, parse_accept_lang_header

from frontdesk.core import addresses
from frontdesk.core.errors import RequestTooLarge
from frontdesk.core.reasons import Refusal
from frontdesk.gateway.errors import MethodNotAllowed, RequestTimeout
from frontdesk.gateway.patience import Patience
from frontdesk.licensing import tokens
from frontdesk.licensing.errors import ActivationUnknown

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Header = tuple[bytes, bytes]

LARGEST_BODY = 64 * 1024
BODY_SECONDS = 10
JSON_TYPE, PROBLEM_TYPE = b"application/json", b"application/problem+json"
RETRY_SECONDS = 2
ENGLISH = "en"


class ClientGone(Exception):
    """The client left before its request was complete; nobody waits for an answer."""


@dataclass(slots=True)
class Reply:
    """An answer ready to be sent. `outcome`: the code of the reason it gives, empty for a good one."""

    status: int
    body: bytes = b""
    headers: list[Header] = field(default_factory=list)
    content_type: bytes = JSON_TYPE
    outcome: str = ""

    def all_headers(self) -> list[Header]:
        """The headers to send. What the API says of a licence is for one device and one moment."""
        made = [(b"content-length", b"%d" % len(self.body)), (b"cache-control", b"no-store"), *self.headers]
        if self.body:
            made += [(b"content-type", self.content_type), (b"x-content-type-options", b"nosniff")]
        return made


@dataclass(slots=True)
class Call:
    """A request on its way through the gateway."""

    scope: Scope
    receive: Receive

    def header(self, name: bytes) -> str:
        """A header's value, empty when absent; repeated lines are one list, in order (RFC 9110, 5.3).

        Taking the first line alone would let a caller speak for the proxy that adds a line of its own.
        """
        return ", ".join(str(bytes(value), "latin-1") for key, value in self.scope["headers"] if key == name)

    async def body(self) -> bytes:
        """The whole body, counted while it arrives. Raises RequestTooLarge, RequestTimeout, ClientGone."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - requests are served in tasks
        bodies.start(task, partial(_stop_waiting, task))
        try:
            return await self._read()
        except asyncio.CancelledError:
            if task not in _late:
                raise
            task.uncancel()
            raise RequestTimeout from None
        finally:
            bodies.end(task)
            _late.discard(task)

    async def _read(self) -> bytes:
        message = await self._next()
        body: bytes = message.get("body", b"")
        if message.get("more_body", False):
            pieces = bytearray(body)
            while message.get("more_body", False) and len(pieces) <= LARGEST_BODY:
                message = await self._next()
                pieces += message.get("body", b"")
            body = bytes(pieces)
        if len(body) > LARGEST_BODY:
            raise RequestTooLarge
        return body

    async def _next(self) -> MutableMapping[str, Any]:
        message: MutableMapping[str, Any] = await self.receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        return message

    def token(self) -> tokens.TokenClaim:
        """The bearer token. Raises ActivationUnknown."""
        scheme, _, token = self.header(b"authorization").partition(" ")
        if scheme.lower() != "bearer":
            raise ActivationUnknown
        return tokens.read(token.strip())

    def address_prefix(self) -> str:
        """The network the client is in; X-Forwarded-For counts only from our own proxies."""
        peer = (self.scope.get("client") or ("", 0))[0]
        return prefix_of(peer, self.header(b"x-forwarded-for"))

    def language(self) -> str:
        """The language of problem documents."""
        return language_for(self.header(b"accept-language"))


bodies = Patience(BODY_SECONDS)
_late: "set[asyncio.Task[Any]]" = set()


def _stop_waiting(task: "asyncio.Task[Any]") -> None:
    _late.add(task)
    task.cancel()


@lru_cache(maxsize=4096)
def prefix_of(peer: str, forwarded_for: str) -> str:
    """The network of a client behind the trusted proxies."""
    return addresses.prefix_of(addresses.client_address(peer, forwarded_for, settings.TRUSTED_PROXIES))


@lru_cache(maxsize=256)
def language_for(accept_language: str) -> str:
    """The first of the languages asked for that we speak; English when there is none."""
    for language, _quality in parse_accept_lang_header(accept_language.lower()):
        try:
            return get_supported_language_variant(language)
        except LookupError:
            continue
    return ENGLISH


def wrong_method(language: str, *allowed: str) -> Reply:
    """The answer to a verb that an address does not know, with those it knows."""
    reply = problem(MethodNotAllowed(), language)
    reply.headers.append((b"allow", ", ".join(sorted(allowed)).encode()))
    return reply


def problem(refusal: Refusal, language: str = ENGLISH) -> Reply:
    """The problem document of a refusal, with the headers that belong to its status."""
    with translation.override(language):
        document = refusal.problem(settings.FRONTDESK_URL)
    headers: list[Header] = [(b"content-language", language.encode()), (b"vary", b"Accept-Language")]
    status = refusal.reason.status
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    if status in {429, 503}:
        wait = document.get("retry_after") or RETRY_SECONDS
        headers.append((b"retry-after", str(wait).encode()))
    if status in {408, 413}:
        headers.append((b"connection", b"close"))
    return Reply(status, msgspec.json.encode(document), headers, PROBLEM_TYPE, refusal.code)
