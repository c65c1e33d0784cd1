"""Waiting with an end, for many at once: one coarse timer instead of one for each request."""

import asyncio
from collections.abc import Callable

TICK_SECONDS = 0.1


class Patience:
    """Calls `give_up` for whoever has waited longer than `seconds` (to a tenth of a second)."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._waiting: dict[object, tuple[float, Callable[[], None]]] = {}
        self._ticking = False

    def start(self, who: object, give_up: Callable[[], None]) -> None:
        """Begin to wait for somebody."""
        loop = asyncio.get_running_loop()
        self._waiting[who] = (loop.time() + self.seconds, give_up)
        if not self._ticking:
            self._ticking = True
            loop.call_later(TICK_SECONDS, self._tick, loop)

    def end(self, who: object) -> None:
        """The wait is over."""
        self._waiting.pop(who, None)

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        # In order of starting, which is the order of ending, since all wait equally long.
        while self._waiting:
            who, (deadline, give_up) = next(iter(self._waiting.items()))
            if deadline > now:
                loop.call_later(TICK_SECONDS, self._tick, loop)
                return
            del self._waiting[who]
            give_up()
        self._ticking = False
