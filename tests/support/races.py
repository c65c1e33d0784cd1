"""Several at once, on real connections."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import pytest
from django.db import connection, connections, transaction

T = TypeVar("T")
Beside = Callable[[Callable[[], object]], "Future[object]"]


def at_once(*calls: Callable[[], T]) -> list[T | Exception]:
    """Run the calls in a thread each, starting together; what each returned or raised, in order."""
    start = threading.Barrier(len(calls))
    outcomes: list[T | Exception] = [AssertionError("never ran")] * len(calls)

    def run(place: int, call: Callable[[], T]) -> None:
        start.wait(timeout=30)
        try:
            outcomes[place] = call()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            outcomes[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)  # what hangs has "never ran"
    return outcomes


def all_behind(lock: Callable[[], object], *calls: Callable[[], T]) -> list[T | Exception]:
    """Run the calls at once while `lock`'s row is held, which is let go when all of them wait; what each returned."""
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            lock()
            outcomes = pool.submit(at_once, *calls)
            waiting(len(calls))
        return outcomes.result()


@pytest.fixture
def beside() -> Iterator[Beside]:
    """Begins a deed on a connection of its own, and comes back once it waits for a lock that the test holds."""
    with ThreadPoolExecutor(1) as pool:

        def begin(deed: Callable[[], object]) -> Future[object]:
            future = pool.submit(_closing, deed)
            waiting(1)
            return future

        yield begin


def _closing(deed: Callable[[], object]) -> object:
    try:
        return deed()
    finally:
        connections.close_all()


def waiting(count: int, seconds: float = 20) -> None:
    """Return once so many connections of this database wait for a lock. Raises AssertionError when they never do."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            # Within a transaction, who is connected stays what it was at the first look.
            cursor.execute("select pg_stat_clear_snapshot()")
            cursor.execute(
                "select count(distinct l.pid) from pg_locks l join pg_stat_activity a using (pid)"
                " where not l.granted and a.datname = current_database()"
            )
            if cursor.fetchone()[0] >= count:
                return
        time.sleep(0.01)
    raise AssertionError(f"{count} connections never waited for a lock")
