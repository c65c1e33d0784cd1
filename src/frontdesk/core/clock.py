"""Business time: real time plus an offset that only a demo has.

Terms, notices, leases and sweeps use `now()`; sessions, tokens, throttles, signed URLs and the queue use `real_now()`.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import F

from frontdesk.core.errors import ClockTravelRefused
from frontdesk.core.models import ClockOffset

REMEMBERED_SECONDS = 1.0
_memory = threading.local()


def real_now() -> datetime:
    """The real time, aware, UTC."""
    return datetime.now(UTC)


def now() -> datetime:
    """Business time, aware, UTC."""
    return real_now() + offset()


def offset() -> timedelta:
    """How far the demo has travelled; zero outside the demo. Remembered for a second in each thread."""
    if not settings.FRONTDESK_DEMO:
        return timedelta()
    if shift := getattr(_memory, "shift", None):
        return timedelta(seconds=shift.total_seconds())
    read_at, value = getattr(_memory, "offset", (0.0, timedelta()))
    if time.monotonic() - read_at > REMEMBERED_SECONDS or not read_at:
        row = ClockOffset.objects.first()
        value = row.offset if row else timedelta()
        _memory.offset = (time.monotonic(), value)
    return timedelta(seconds=value.total_seconds())


@contextmanager
def standing_at(shift: timedelta) -> Iterator[None]:
    """For the length of a block, this thread's business time is real time plus `shift`: so a demo gets its past.

    Raises ClockTravelRefused outside the demo.
    """
    if not settings.FRONTDESK_DEMO:
        raise ClockTravelRefused
    _memory.shift = shift
    try:
        yield
    finally:
        _memory.shift = None


def stand_later(by: timedelta) -> None:
    """Let time pass within `standing_at`. Raises ClockTravelRefused outside such a block."""
    if getattr(_memory, "shift", None) is None:
        raise ClockTravelRefused
    _memory.shift += by


def travel(by: timedelta) -> datetime:
    """Move business time forward; returns the new time. Raises ClockTravelRefused outside the demo or backward."""
    if not settings.FRONTDESK_DEMO or by < timedelta():
        raise ClockTravelRefused
    ClockOffset.objects.get_or_create(pk=1)
    ClockOffset.objects.filter(pk=1).update(offset=F("offset") + by)  # whoever else travels at this moment adds up
    forget()
    return now()


def forget() -> None:
    """Read the offset anew at the next question of this thread."""
    _memory.offset = (0.0, timedelta())
