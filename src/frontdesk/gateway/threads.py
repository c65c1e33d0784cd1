"""Calling Django's verbs from the gateway, in a few threads of its own.

These endpoints are rare, so a connection is opened for each call and none is held between them.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

from frontdesk.core.database import deadline

T = TypeVar("T")
VERB_SECONDS = 8.0  # longer than a lock is waited for
_pool = ThreadPoolExecutor(4, thread_name_prefix="gateway-verb")


class DatabaseAway(Exception):
    """The database cannot be reached, or did not answer in time."""


async def run(verb: Callable[[], T]) -> T:
    """The verb's result. Raises DatabaseAway, and whatever else the verb raises."""
    return await asyncio.get_running_loop().run_in_executor(_pool, _with_connection, verb)


def _with_connection(verb: Callable[[], T]) -> T:
    try:
        with deadline.within(VERB_SECONDS):
            return verb()
    except (OperationalError, InterfaceError) as error:
        raise DatabaseAway from error
    finally:
        connection.close()
