"""Hearing wakes: one LISTEN connection to PostgreSQL a process, and one subscription at Redis where it is used.

Each reconnects by itself with jitter. What was said while one was away nobody can tell, so every stream is told to
fetch whenever one comes back.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, suppress
from importlib import import_module
from typing import Any, Literal

import psycopg
import structlog
from django.conf import settings

from frontdesk.core.live import remote
from frontdesk.core.live.waking import CHANNEL, Wake
from frontdesk.gateway.lanes import dsn
from frontdesk.gateway.live.hub import Hub, hub

log = structlog.get_logger(__name__)
State = Literal["off", "listening", "away"]
CONNECT_SECONDS = 3.0
QUIET_SECONDS = 10.0  # then the other side is asked whether it is still there
ANSWER_SECONDS = 3.0
LONGEST_PAUSE = 5.0
# Other nodes may still reach a Redis that this one does not: meanwhile pages fetch now and then.
NUDGE_SECONDS = 20.0
OPTIONS = {
    "application_name": "frontdesk-live",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
}
Source = Callable[[], AsyncIterator[str | bytes | None]]


class Ear:
    """Listens in one place. `source` yields None once it listens, then what is said; it raises when it is cut off."""

    def __init__(self, name: str, hub: Hub, source: Source) -> None:
        self._name = name
        self._hub = hub
        self._source = source
        self._task: asyncio.Task[None] | None = None
        self.state: State = "off"

    def start(self) -> None:
        """Begin to listen."""
        self.state = "away"
        self._task = asyncio.get_running_loop().create_task(self._listen())

    async def stop(self) -> None:
        """Stop listening."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self._task, self.state = None, "off"

    async def _listen(self) -> None:
        failures, loop = 0, asyncio.get_running_loop()
        nudged_at = loop.time()
        while True:
            try:
                async with aclosing(self._source()) as said:  # type: ignore[type-var]  # generators do have aclose
                    async for each in said:
                        failures = 0
                        self._hear(each)
            except Exception as error:  # noqa: BLE001 - whatever cut it off, it is tried again
                if self.state == "listening":
                    nudged_at = loop.time()
                    log.warning("live_away", where=self._name, error=type(error).__name__)
            self.state = "away"
            if loop.time() - nudged_at > NUDGE_SECONDS:
                nudged_at = loop.time()
                self._hub.fetch()
            await asyncio.sleep(random.uniform(0.3, 1) * min(LONGEST_PAUSE, 0.1 * 2**failures))  # noqa: S311 - jitter
            failures = min(failures + 1, 10)

    def _hear(self, said: str | bytes | None) -> None:
        if said is None:
            log.info("live_listening", where=self._name)
            self.state = "listening"
            self._hub.fetch()
            return
        with suppress(ValueError):  # whatever else is said there is nothing of ours
            self._hub.deliver(Wake.read(said))


async def from_postgresql() -> AsyncIterator[str | None]:
    """What is said on our channel. Raises psycopg.Error, TimeoutError, OSError."""
    async with asyncio.timeout(CONNECT_SECONDS):
        connection = await psycopg.AsyncConnection.connect(
            psycopg.conninfo.make_conninfo(settings.DATABASE_DIRECT_URL or dsn(), **OPTIONS), autocommit=True
        )
    async with connection:
        async with asyncio.timeout(ANSWER_SECONDS):
            await connection.execute(f"listen {CHANNEL}".encode())
        yield None
        while True:
            async for notice in connection.notifies(timeout=QUIET_SECONDS):
                yield notice.payload
            async with asyncio.timeout(ANSWER_SECONDS):
                await connection.execute("select 1")


async def from_redis() -> AsyncIterator[bytes | None]:
    """The same of Redis. Raises RedisError, TimeoutError, OSError."""
    options = {"retry": None, "socket_connect_timeout": CONNECT_SECONDS, "socket_timeout": None}
    client: Any = import_module("redis.asyncio").Redis.from_url(settings.REDIS_URL, **options)
    async with client, client.pubsub() as channel:
        async with asyncio.timeout(CONNECT_SECONDS):
            await channel.subscribe(remote.channel())
        asked = False
        while True:
            message = await channel.get_message(timeout=ANSWER_SECONDS if asked else QUIET_SECONDS)
            if message is None:
                if asked:
                    raise TimeoutError
                await channel.ping()
                asked = True
                continue
            asked = False
            if message["type"] == "subscribe":
                yield None
            elif message["type"] == "message":
                yield message["data"]


database = Ear("postgresql", hub, from_postgresql)
redis = Ear("redis", hub, from_redis)
