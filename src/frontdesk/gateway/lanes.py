"""Lanes to the database: one connection each, and what waits while it is busy goes together as one call.

A batch that fails is run again one by one, so that one bad or blocked request harms no other. With the database away
every request is answered within two seconds, and the next one that finds it back is served.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Generic, TypeVar

import psycopg
import structlog
from django.conf import settings

from frontdesk.core.errors import TemporarilyUnavailable
from frontdesk.core.metrics import LANE_SECONDS, LANE_WAITING
from frontdesk.gateway.patience import Patience

log = structlog.get_logger(__name__)
Asked = TypeVar("Asked")
Answer = TypeVar("Answer")
Connection = psycopg.AsyncConnection[Any]
Run = Callable[[Connection, Sequence[Asked]], Awaitable[Sequence[Answer]]]

LARGEST_BATCH = 64
ANSWER_SECONDS = 1.6  # what a request waits at most; the contract says two
CALL_SECONDS = 1.4
CONNECT_SECONDS = 1.0
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)
# A licence that somebody holds for long must not stop the lane for the others. Milliseconds.
UNHURRIED, HURRIED = 250, 30
OPTIONS = f"-c timezone=UTC -c lock_timeout={UNHURRIED} -c statement_timeout=1200 -c application_name=frontdesk-gateway"


class Lane(Generic[Asked, Answer]):
    """One connection with its queue. `run` makes one call for many requests and answers them in order."""

    def __init__(self, name: str, run: Run[Asked, Answer], *, options: str = "", most: int = LARGEST_BATCH) -> None:
        self._name = name
        self._run = run
        self._most = most
        self._options = f"{OPTIONS} {options}"
        self._waiting: deque[tuple[Asked, asyncio.Future[Answer]]] = deque()
        self._busy: asyncio.Task[None] | None = None
        self._connection: Connection | None = None
        self._turn = asyncio.Lock()
        self._patience = Patience(ANSWER_SECONDS)
        self._failures = 0
        self._next_try = 0.0
        self._depth, self._duration = LANE_WAITING.labels(name), LANE_SECONDS.labels(name)

    async def ask(self, asked: Asked) -> Answer:
        """The answer to one request. Raises TemporarilyUnavailable."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((asked, future))
        if self._busy is None:
            self._busy = loop.create_task(self._drain())
        self._patience.start(future, partial(_give_up, future))
        try:
            return await future
        finally:
            self._patience.end(future)

    async def call(self, run: Callable[[Connection], Awaitable[None]]) -> None:
        """Something else on the same connection, between batches. Raises TemporarilyUnavailable."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS), self._turn:
                try:
                    await run(await self._connected())
                except (psycopg.Error, asyncio.CancelledError) as error:
                    await self._drop_broken(error)
                    raise
        except (psycopg.Error, TimeoutError):
            raise TemporarilyUnavailable from None

    async def close(self) -> None:
        """Close the connection; the next request opens another."""
        async with self._turn:
            if self._connection is not None:
                await self._connection.close()
                self._connection = None

    async def _drain(self) -> None:
        try:
            while self._waiting:
                batch = self._next_batch()
                if batch:
                    async with self._turn:
                        await self._serve(batch)
        finally:
            self._busy = None
            self._depth.set(len(self._waiting))

    def _next_batch(self) -> list[tuple[Asked, asyncio.Future[Answer]]]:
        self._depth.set(len(self._waiting))
        count = min(self._most, len(self._waiting))
        taken = [self._waiting.popleft() for _ in range(count)]
        return [(asked, future) for asked, future in taken if not future.done()]

    async def _serve(self, batch: list[tuple[Asked, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._call([asked for asked, _ in batch])
        except psycopg.OperationalError as error:
            if self._connection is None or len(batch) == 1:
                _refuse(batch)
            else:  # a lock that is held, a deadlock: whom does it concern?
                log.info("batch_failed", lane=self._name, size=len(batch), error=type(error).__name__)
                await self._one_by_one(batch)
        except TimeoutError:
            _refuse(batch)
        except Exception as error:  # noqa: BLE001 - a request must never be left without an answer
            log.error("batch_failed", lane=self._name, size=len(batch), error=type(error).__name__)
            await self._one_by_one(batch) if len(batch) > 1 else _refuse(batch)
        else:
            for (_, future), answer in zip(batch, answers, strict=True):
                if not future.done():
                    future.set_result(answer)

    async def _one_by_one(self, batch: list[tuple[Asked, asyncio.Future[Answer]]]) -> None:
        """Those that are blocked must not use up the patience of those that are not."""
        await self._set_lock_timeout(HURRIED)
        for one in batch:
            if not one[1].done():
                await self._serve([one])
        await self._set_lock_timeout(UNHURRIED)

    async def _set_lock_timeout(self, milliseconds: int) -> None:
        with suppress(psycopg.Error, TimeoutError):  # a connection that is lost is replaced by a fresh one
            async with asyncio.timeout(CALL_SECONDS):
                if self._connection is not None:
                    await self._connection.execute(f"set lock_timeout = {milliseconds}".encode())

    async def _call(self, asked: list[Asked]) -> Sequence[Answer]:
        try:
            with self._duration.time():
                async with asyncio.timeout(CALL_SECONDS):
                    return await self._run_alive(asked)
        except (psycopg.Error, TimeoutError) as error:
            await self._drop_broken(error)
            raise

    async def _run_alive(self, asked: list[Asked]) -> Sequence[Answer]:
        """The call; once more when an older connection turns out to be lost, as after a restart of the database.

        That is safe: a device that was seated by the lost call is found seated.
        """
        older = self._connection
        try:
            return await self._run(await self._connected(), asked)
        except psycopg.OperationalError as error:
            if older is None or older is not self._connection or not older.broken:
                raise
            await self._drop_broken(error)
            return await self._run(await self._connected(), asked)

    async def _connected(self) -> Connection:
        if self._connection is not None and not self._connection.closed:
            return self._connection
        now = asyncio.get_running_loop().time()
        if now < self._next_try:
            raise psycopg.OperationalError("waiting before the next try")
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                self._connection = await psycopg.AsyncConnection.connect(
                    dsn(), autocommit=True, prepare_threshold=0, options=self._options
                )
        except (psycopg.Error, TimeoutError) as error:
            self._next_try = now + PAUSES[min(self._failures, len(PAUSES) - 1)]
            self._failures += 1
            log.warning("database_away", lane=self._name, error=type(error).__name__)
            raise psycopg.OperationalError("no connection") from None
        self._failures = 0
        return self._connection

    async def _drop_broken(self, error: BaseException) -> None:
        """Part with a connection that is lost, or in the middle of a call that nobody waits for any more."""
        abandoned = isinstance(error, TimeoutError | asyncio.CancelledError)
        if self._connection is not None and (abandoned or self._connection.broken):
            broken, self._connection = self._connection, None
            await broken.close()


def dsn() -> str:
    """The database that Django uses: tests give it another name than the settings' address has."""
    return psycopg.conninfo.make_conninfo(settings.DATABASE_DSN, dbname=str(settings.DATABASES["default"]["NAME"]))


def _give_up(future: "asyncio.Future[Any]") -> None:
    if not future.done():
        future.set_exception(TemporarilyUnavailable())


def _refuse(batch: "list[tuple[Asked, asyncio.Future[Answer]]]") -> None:
    for _, future in batch:
        _give_up(future)
