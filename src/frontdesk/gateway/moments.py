"""Business time for the gateway, which must never wait for a database to know what time it is."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

from django.conf import settings

from frontdesk.core.models import ClockOffset
from frontdesk.gateway import threads

FRESH_SECONDS = 1.0
PATIENCE_SECONDS = 0.1  # beyond what an answer may take by itself


class BusinessClock:
    """Real time, plus the demo's offset, looked up at most once a second."""

    def __init__(self) -> None:
        self._offset = timedelta()
        self._read_at = 0.0
        self._reading: asyncio.Task[None] | None = None

    async def now(self) -> datetime:
        """Business time. With the database slow or away, the last offset known counts."""
        if settings.FRONTDESK_DEMO and time.monotonic() - self._read_at > FRESH_SECONDS and not self._is_reading:
            self._read_at = time.monotonic()
            self._reading = asyncio.create_task(self._look_up())
            await asyncio.wait([self._reading], timeout=PATIENCE_SECONDS)
        return self.last_known()

    @property
    def _is_reading(self) -> bool:
        return self._reading is not None and not self._reading.done()

    def last_known(self) -> datetime:
        """Business time by the offset looked up last."""
        return datetime.now(UTC) + self._offset

    async def _look_up(self) -> None:
        try:
            self._offset = await threads.run(_offset)
        except threads.DatabaseAway:
            return

    def forget(self) -> None:
        """Look the offset up anew at the next call."""
        self._offset, self._read_at, self._reading = timedelta(), 0.0, None

    @property
    def travelled(self) -> bool:
        """Whether this is a demo that has left the present."""
        return bool(self._offset)


def _offset() -> timedelta:
    row = ClockOffset.objects.first()
    return row.offset if row else timedelta()


business = BusinessClock()
