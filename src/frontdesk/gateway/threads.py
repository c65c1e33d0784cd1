"""Calling Django's verbs from the gateway, in a few threads of its own.

These endpoints are rare, so a connection is opened for each call and none is held between them.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from frontdesk.core.database import deadline

T = TypeVar("T")
VERB_SECONDS = 8.0  # longer than a lock is waited for
READ_SECONDS = 1.5
_pool = ThreadPoolExecutor(4, thread_name_prefix="gateway-verb")
_readers = ThreadPoolExecutor(2, thread_name_prefix="gateway-reader")
_kept: set[BaseDatabaseWrapper] = set()


class DatabaseAway(Exception):
    """The database cannot be reached, or did not answer in time."""


async def run(verb: Callable[[], T]) -> T:
    """The verb's result. Raises DatabaseAway, and whatever else the verb raises."""
    return await asyncio.get_running_loop().run_in_executor(_pool, _with_connection, verb)


async def read(verb: Callable[[], T]) -> T:
    """What `run` does, for verbs that are asked at each key stroke: their threads keep their connections."""
    return await asyncio.get_running_loop().run_in_executor(_readers, _keeping, verb)


def _keeping(verb: Callable[[], T]) -> T:
    """A connection that was kept may have gone meanwhile; then once more with a new one."""
    _kept.add(connections[DEFAULT_DB_ALIAS])
    was_kept = connection.connection is not None
    try:
        with deadline.within(READ_SECONDS):
            if not was_kept:
                with connection.cursor() as cursor:  # all that they write is how often they were asked
                    cursor.execute("set synchronous_commit to off")
            return verb()
    except (OperationalError, InterfaceError) as error:
        connection.close()
        if was_kept:
            return _keeping(verb)
        raise DatabaseAway from error


async def stop() -> None:
    """Close what was kept."""
    await asyncio.to_thread(_let_go)


def _let_go() -> None:
    while _kept:
        kept = _kept.pop()
        kept.inc_thread_sharing()  # each belongs to its thread, which has nothing to do any more
        kept.close()


def _with_connection(verb: Callable[[], T]) -> T:
    try:
        with deadline.within(VERB_SECONDS):
            return verb()
    except (OperationalError, InterfaceError) as error:
        raise DatabaseAway from error
    finally:
        connection.close()
