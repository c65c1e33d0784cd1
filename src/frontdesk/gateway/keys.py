"""The lease key in memory: looked up again now and then, so that a rotation is followed without a restart."""

import asyncio
import time
from contextlib import suppress

import structlog

from frontdesk.core import signing
from frontdesk.core.errors import TemporarilyUnavailable
from frontdesk.gateway import threads
from frontdesk.licensing.leases import FastSigner

log = structlog.get_logger(__name__)
FRESH_SECONDS = 20.0
PATIENCE_SECONDS = 1.5


class LeaseKey:
    """Gives out the signer; a stale one goes on signing while the next is looked up, since old keys stay trusted."""

    def __init__(self) -> None:
        self._signer: FastSigner | None = None
        self._read_at = 0.0
        self._reading: asyncio.Task[None] | None = None

    async def signer(self) -> FastSigner:
        """The signer of leases. Raises TemporarilyUnavailable when none could be read yet."""
        if time.monotonic() - self._read_at > FRESH_SECONDS and self._reading is None:
            self._reading = asyncio.create_task(self._read())
        if self._signer is None and self._reading is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self._reading), PATIENCE_SECONDS)
        if self._signer is None:
            raise TemporarilyUnavailable
        return self._signer

    def forget(self) -> None:
        """Look the key up anew at the next call."""
        self._signer, self._read_at = None, 0.0

    async def _read(self) -> None:
        try:
            found = await threads.run(lambda: signing.signer("lease"))
        except threads.DatabaseAway:
            return
        except signing.NoKeys:
            log.error("no_lease_key", remedy="run frontdesk keys rotate")
            return
        finally:
            self._reading = None
        if self._signer is None or self._signer.kid != found.kid:
            self._signer = FastSigner(found.kid, found.key)
        self._read_at = time.monotonic()


lease_key = LeaseKey()
