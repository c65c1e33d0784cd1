"""How passwords are hashed: Argon2id at the cost OWASP advises, and only a few at once.

One place is kept for known browsers, so that a flood of strangers' guesses never holds up an owner there.
"""

import base64
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.contrib.auth.hashers import Argon2PasswordHasher

from frontdesk.core.errors import TemporarilyUnavailable

AT_ONCE = max(2, os.cpu_count() or 2)
PATIENCE_SECONDS = 10
_turns = threading.BoundedSemaphore(AT_ONCE)
_own_turn = threading.BoundedSemaphore(1)
_ahead: ContextVar[bool] = ContextVar("ahead", default=False)


@contextmanager
def ahead(*, of_strangers: bool) -> Iterator[None]:
    """Whether hashes in this block may take the place that is kept for known browsers."""
    before = _ahead.set(of_strangers)
    try:
        yield
    finally:
        _ahead.reset(before)


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for one of the places: each hash holds 19 MiB, so a flood of sign-ins must not take all memory."""
    place = _own_turn if _ahead.get() and _own_turn.acquire(blocking=False) else _turns
    if place is _turns and not place.acquire(timeout=PATIENCE_SECONDS):
        raise TemporarilyUnavailable
    try:
        yield
    finally:
        place.release()


def decoy() -> str:
    """A hash of nothing, at the full cost of checking: what the password of an unknown address is checked against."""
    hasher = CappedArgon2Hasher
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, digest = (base64.b64encode(os.urandom(size)).decode().rstrip("=") for size in (22, 32))
    return f"argon2$argon2id$v=19${cost}${salt}${digest}"


class CappedArgon2Hasher(Argon2PasswordHasher):
    """Argon2id, 19 MiB, two passes, one lane (about 35 ms). Raises TemporarilyUnavailable under a flood."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """Hash in turn."""
        with _turn():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Check in turn."""
        with _turn():
            return super().verify(password, encoded)
