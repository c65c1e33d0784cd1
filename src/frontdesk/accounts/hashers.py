"""How passwords are hashed: Argon2id at the cost OWASP advises, and only a few at once."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.hashers import Argon2PasswordHasher

from frontdesk.core.errors import TemporarilyUnavailable

AT_ONCE = max(2, os.cpu_count() or 2)
PATIENCE_SECONDS = 10
_turns = threading.BoundedSemaphore(AT_ONCE)


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for one of the places: each hash holds 19 MiB, so a flood of sign-ins must not take all memory."""
    if not _turns.acquire(timeout=PATIENCE_SECONDS):
        raise TemporarilyUnavailable
    try:
        yield
    finally:
        _turns.release()


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
