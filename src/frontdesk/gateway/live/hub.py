"""The fan-out in memory: which open streams wait for which topic, and what each has yet to be told.

A stream keeps only the newest sequence of each topic and kind, since a page that fetches after an earlier one gets
everything: so a reader who is slow costs nothing, and what does not even fit so is told as "fetch".
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.conf import settings

from frontdesk.core.errors import TemporarilyUnavailable, TooManyAttempts
from frontdesk.core.live.topics import Topic
from frontdesk.core.live.waking import ACCESS, Wake
from frontdesk.core.metrics import LIVE_REFUSED, LIVE_STREAMS, LIVE_WAKES

MOST_PENDING = 32
PACE_SECONDS = 1.0
RETRY_SECONDS = 60


class Stream:
    """One open stream."""

    __slots__ = ("_ended", "_fetch", "_pending", "_told", "holders", "topics")

    def __init__(self, topics: Iterable[Topic], holders: Iterable[UUID]) -> None:
        self.topics = frozenset(topics)
        self.holders = frozenset(holders)
        self._pending: dict[tuple[Topic, str], int] = {}
        self._fetch = False
        self._ended = False
        self._told = asyncio.Event()

    def tell(self, wake: Wake) -> None:
        """This is new. When too much waits already, the page is told to fetch everything instead."""
        known = (wake.topic, wake.kind)
        if known not in self._pending and len(self._pending) >= MOST_PENDING:
            self.fetch()
            return
        self._pending[known] = max(wake.sequence, self._pending.get(known, 0))
        self._told.set()

    def fetch(self) -> None:
        """Everything may have changed."""
        self._pending.clear()
        self._fetch = True
        self._told.set()

    def end(self) -> None:
        """No more is told."""
        self._ended = True
        self._told.set()

    @property
    def is_over(self) -> bool:
        """Whether it shall end."""
        return self._ended

    async def wait(self) -> None:
        """Until there is something to tell."""
        await self._told.wait()

    def take(self) -> tuple[bool, list[Wake]]:
        """What is to be told now: whether to fetch everything, and the wakes."""
        self._told.clear()
        fetch, self._fetch = self._fetch, False
        wakes = [Wake(topic, kind, sequence) for (topic, kind), sequence in self._pending.items()]
        self._pending.clear()
        return fetch, wakes


class Hub:
    """All open streams of this process."""

    def __init__(self) -> None:
        self._by_topic: defaultdict[Topic, set[Stream]] = defaultdict(set)
        self._by_holder: defaultdict[UUID, set[Stream]] = defaultdict(set)
        self._open: set[Stream] = set()
        self._of_network: Counter[str] = Counter()
        self._resting: dict[tuple[Topic, str], Wake | None] = {}
        self._closing = False

    @contextmanager
    def opened(self, stream: Stream, network: str) -> Iterator[None]:
        """Tell this stream of its topics meanwhile. Raises TooManyAttempts, TemporarilyUnavailable beyond the caps."""
        if self._closing or len(self._open) >= settings.LIVE_STREAMS:
            LIVE_REFUSED.labels("full").inc()
            raise TemporarilyUnavailable(retry_after=RETRY_SECONDS)
        if self._of_network[network] >= settings.LIVE_STREAMS_PER_NETWORK:
            LIVE_REFUSED.labels("network").inc()
            raise TooManyAttempts(retry_after=RETRY_SECONDS)
        self._of_network[network] += 1
        self._enter(stream)
        try:
            yield
        finally:
            self._of_network[network] -= 1
            self._of_network += Counter()  # forgets the networks at zero
            self._leave(stream)

    def deliver(self, wake: Wake) -> None:
        """Tell those who wait. What many wait for is told at most once in PACE_SECONDS, the first time at once."""
        LIVE_WAKES.inc()
        if wake.kind == ACCESS:
            for stream in list(self._by_holder.get(wake.topic.key or UUID(int=0), ())):
                stream.end()
        elif not wake.topic.is_broad:
            self._tell(wake)
        elif (wake.topic, wake.kind) in self._resting:
            self._resting[wake.topic, wake.kind] = wake
        else:
            self._tell(wake)
            self._rest(wake)

    def fetch(self) -> None:
        """Wakes may have been missed: every page is told to fetch."""
        for stream in self._open:
            stream.fetch()

    def end(self) -> None:
        """End all streams, and open none any more: the server stops."""
        self._closing = True
        for stream in list(self._open):
            stream.end()

    def __len__(self) -> int:
        return len(self._open)

    def _tell(self, wake: Wake) -> None:
        for stream in self._by_topic.get(wake.topic, ()):
            stream.tell(wake)

    def _rest(self, wake: Wake) -> None:
        known = (wake.topic, wake.kind)
        self._resting[known] = None
        asyncio.get_running_loop().call_later(PACE_SECONDS, self._rested, known)

    def _rested(self, known: tuple[Topic, str]) -> None:
        wake = self._resting.pop(known, None)
        if wake is not None:
            self._tell(wake)
            self._rest(wake)

    def _enter(self, stream: Stream) -> None:
        self._open.add(stream)
        LIVE_STREAMS.inc()
        for topic in stream.topics:
            self._by_topic[topic].add(stream)
        for holder in stream.holders:
            self._by_holder[holder].add(stream)

    def _leave(self, stream: Stream) -> None:
        self._open.discard(stream)
        LIVE_STREAMS.dec()
        for topic in stream.topics:
            _drop(self._by_topic, topic, stream)
        for holder in stream.holders:
            _drop(self._by_holder, holder, stream)


def _drop(index: "defaultdict[Topic, set[Stream]] | defaultdict[UUID, set[Stream]]", key: object, it: Stream) -> None:
    streams = index[key]  # type: ignore[index]  # each index with its own kind of key
    streams.discard(it)
    if not streams:
        del index[key]  # type: ignore[arg-type]  # as above


hub = Hub()
