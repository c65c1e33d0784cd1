"""Where the time comes from: the device's clock, or, in a travelled demo, the server's."""

import contextlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Tells the time. ``observe`` is called after each answer, with the time its ``Frontdesk-Time`` names."""

    def now(self) -> datetime:
        """The current moment, aware, in UTC."""
        ...

    def observe(self, server_time: datetime | None) -> None:
        """Take note of the server's travelled time, or of its absence."""
        ...


class SystemClock:
    """The device's own clock. What a server says of its time is ignored."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def observe(self, server_time: datetime | None) -> None:
        """Nothing: a server must not be able to move this clock."""


class ServerClock:
    """Follows the time of a demo server that travels. Never use it in a product that is sold.

    The distance to real time is kept in ``path``, so that it still holds at a start without network.
    """

    def __init__(self, path: Path | str | None = None) -> None:
        self._path = None if path is None else Path(path)
        self._offset = self._read()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def observe(self, server_time: datetime | None) -> None:
        """Jump to the server's time; back to real time when it names none."""
        real = datetime.now(UTC)
        self._offset = (server_time or real) - real
        if self._path is not None:
            # The next answer brings it again, so a full disk may lose it.
            with contextlib.suppress(OSError):
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._path.write_text(str(self._offset.total_seconds()))

    def _read(self) -> timedelta:
        if self._path is None:
            return timedelta()
        try:
            return timedelta(seconds=float(self._path.read_text()))
        except (OSError, ValueError, OverflowError):
            return timedelta()
