"""Until when the current work may wait for the database.

PostgreSQL's own limits end a statement that runs too long, but a server that is stopped, or behind a cable that was
pulled, ends nothing: only our side can stop waiting then.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

PAGE_SECONDS = 10.0
_ends: ContextVar[float | None] = ContextVar("deadline", default=None)


def remaining() -> float | None:
    """Seconds left, at least 0; None where nothing is limited, as in the worker and in commands."""
    ends = _ends.get()
    return None if ends is None else max(ends - time.monotonic(), 0.0)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """All calls of the database in the block take so many seconds together, or the next one raises OperationalError."""
    token = _ends.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _ends.reset(token)


class DeadlineMiddleware:
    """Gives each page PAGE_SECONDS."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with within(PAGE_SECONDS):
            return self.get_response(request)
