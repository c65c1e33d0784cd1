"""A server that takes mail from the vendor's own mail server, by LMTP or SMTP: stored and committed, then acknowledged.

It takes mail for the support address alone and sends none, so nobody can use it as a relay. It is not made to face the
internet: your mail server does that, checks senders, and hands on.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connection

from frontdesk.support.tickets.mail import addresses
from frontdesk.support.tickets.mail.incoming import storing

log = structlog.get_logger(__name__)
MOST_CONNECTIONS = 60
MOST_RECIPIENTS = 1_000
MOST_AT_ONCE = 4  # mails that are stored at the same moment
IDLE_SECONDS = 120
LONGEST_LINE = 1 << 20
TAKEN = "250 2.6.0 it is stored"
LATER = "451 4.3.0 it cannot be stored at the moment"
NOBODY = "550 5.1.1 there is nobody of this name here"


@dataclass(frozen=True)
class Place:
    """Where it listens: `protocol` is lmtp or smtp; a host and port, or the path of a socket."""

    protocol: str
    host: str = ""
    port: int = 0
    path: str = ""


class Handler:
    """What happens with what is sent."""

    def __init__(self, protocol: str) -> None:
        self._protocol = protocol
        self._room = asyncio.Semaphore(MOST_AT_ONCE)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Only ours; the token is judged later, since a wrong one is a mail for review, not for the bin."""
        if not addresses.is_ours(address):
            return NOBODY
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 yes"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Store, then answer: once for SMTP, once for each recipient for LMTP."""
        async with self._room:
            try:
                answer = await asyncio.to_thread(_store, self._protocol, envelope)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is ours: the mail must not be sent back for it
                log.error("mail_not_stored", error=type(error).__name__)
                answer = LATER
        return "\r\n".join([answer] * len(envelope.rcpt_tos)) if self._protocol == "lmtp" else answer

    async def handle_exception(self, error: Exception) -> str:
        """What fails on our side is not the sender's fault: aiosmtpd would say 500, and the mail would go back."""
        log.error("mail_session_failed", error=type(error).__name__)
        return LATER


def _store(protocol: str, envelope: Envelope) -> str:
    """Keep the whole mail, once: for the first recipient that names a conversation, or the first. Raises what the
    database, the queue and the system raise."""
    content = envelope.original_content or b""
    tokens = [each for each in envelope.rcpt_tos if addresses.token_in(each)]
    try:
        storing.store(
            content,
            source=protocol,
            envelope_from=envelope.mail_from or storing.NOBODY,
            envelope_to=(tokens or envelope.rcpt_tos)[0],
        )
    finally:
        connection.close()  # a thread's own; the next mail finds a database that has come back
    return TAKEN


def _server(place: Place, handler: Handler, living: set[int]) -> Callable[[], asyncio.Protocol]:
    """What makes the protocol of each connection; beyond MOST_CONNECTIONS each is told to come back."""
    kind = LMTP if place.protocol == "lmtp" else SMTP

    class Limited(kind):  # type: ignore[misc, valid-type] # one of two classes
        line_length_limit = LONGEST_LINE

        def connection_made(self, transport: Any) -> None:
            living.add(id(self))
            if len(living) > MOST_CONNECTIONS:
                transport.write(b"421 4.3.2 too many connections\r\n")
                transport.close()
            super().connection_made(transport)

        def connection_lost(self, error: Exception | None) -> None:
            living.discard(id(self))
            super().connection_lost(error)

    def make() -> asyncio.Protocol:
        made: asyncio.Protocol = Limited(
            handler,
            data_size_limit=storing.MAX_MAIL,
            enable_SMTPUTF8=True,
            timeout=IDLE_SECONDS,
            hostname="frontdesk",
            ident="Frontdesk",
            loop=asyncio.get_running_loop(),
        )
        return made

    return make


async def serve(place: Place, ready: Callable[[int], None] | None = None) -> None:
    """Listen until cancelled; `ready` is told the port."""
    loop = asyncio.get_running_loop()
    make = _server(place, Handler(place.protocol), set())
    if place.path:
        server: asyncio.Server = await loop.create_unix_server(make, path=place.path)
    else:
        server = await loop.create_server(make, host=place.host, port=place.port)
    async with server:
        if ready:
            ready(server.sockets[0].getsockname()[1] if not place.path else 0)
        log.info("mail_listening", protocol=place.protocol)
        await server.serve_forever()
