"""Clocks for tests."""

from datetime import UTC, datetime, timedelta


class HandClock:
    """A clock that is set by hand."""

    def __init__(self, moment: datetime | None = None) -> None:
        self.moment = moment or datetime.now(UTC)

    def now(self) -> datetime:
        return self.moment

    def observe(self, server_time: datetime | None) -> None:
        """Not moved by anyone."""

    def forward(self, **time: float) -> None:
        self.moment += timedelta(**time)
