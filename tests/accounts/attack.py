"""For the tests that attack: a hasher that is fast and counts, and browsers of strangers."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar

from django.conf import settings
from django.db import connection, connections
from django.test import Client

from frontdesk.accounts.models import GuessCounter
from frontdesk.core import clock
from tests.support.hashing import LightHasher

FAST = "tests.accounts.attack.CountingHasher"


class CountingHasher(LightHasher):
    """Every password that reaches it is noted, in order."""

    seen: ClassVar[list[str]] = []

    def encode(self, password: str, salt: str) -> str:
        self.seen.append(password)
        return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        self.seen.append(password)
        return super().verify(password, encoded)


def stranger(at: int = 0) -> Client:
    """A browser nobody knows, each `at` in a network of its own."""
    return Client(REMOTE_ADDR=f"198.{18 + at // 250}.{at % 250}.7")


def guess(client: Client, email: str, password: str) -> int:
    """Try a password through the page, signed out; returns the status: 302 right, 200 wrong, 429 refused."""
    client.cookies.pop(settings.SESSION_COOKIE_NAME, None)
    return client.post("/account/login/", {"login": email, "password": password}).status_code


def at_once(task: Callable[[int], int], count: int, threads: int) -> list[int]:
    """Run the tasks in so many threads, each with one connection."""

    def run(first: int) -> list[int]:
        try:
            connection.ensure_connection()
            return [task(at) for at in range(first, count, threads)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        return [result for results in pool.map(run, range(threads)) for result in results]


def waits() -> Iterator[int]:
    """The waits that run now, in seconds."""
    now = clock.real_now()
    for counter in GuessCounter.objects.exclude(waits_until=None):
        if counter.waits_until and counter.waits_until > now:
            yield round((counter.waits_until - now).total_seconds())


def wait_it_out() -> None:
    """As if every wait were over."""
    GuessCounter.objects.update(waits_until=clock.real_now())
