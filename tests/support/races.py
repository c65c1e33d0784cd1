"""Several at once, on real connections."""

import threading
from collections.abc import Callable
from typing import TypeVar

from django.db import connections

T = TypeVar("T")


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
