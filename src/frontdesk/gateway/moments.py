"""Business time for the gateway, which must never wait for a database to know what time it is."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

from django.conf import settings

from frontdesk.core.models import ClockOffset
from frontdesk.gateway import threads

FRESH_SECONDS = 1.0
PATIENCE_SECONDS = 0.5


class BusinessClock:
    """Real time, plus the demo's offset, looked up at most once a second."""

    def __init__(self) -> None:
        self._offset = timedelta()
        self._read_at = 0.0

    async def now(self) -> datetime:
        """Business time. With the database away, the last offset known counts."""
        if settings.FRONTDESK_DEMO and time.monotonic() - self._read_at > FRESH_SECONDS:
            self._read_at = time.monotonic()
            await self._look_up()
        return self.last_known()

    def last_known(self) -> datetime:
        """Business time by the offset looked up last."""
        return datetime.now(UTC) + self._offset

    async def _look_up(self) -> None:
        try:
            self._offset = await asyncio.wait_for(threads.run(_offset), PATIENCE_SECONDS)
        except (threads.DatabaseAway, TimeoutError):
            return

    def forget(self) -> None:
        """Look the offset up anew at the next call."""
        self._offset, self._read_at = timedelta(), 0.0

    @property
    def travelled(self) -> bool:
        """Whether this is a demo that has left the present."""
        return bool(self._offset)


def _offset() -> timedelta:
    row = ClockOffset.objects.first()
    return row.offset if row else timedelta()


business = BusinessClock()
