"""An exclusive file lock that ends with the process, whatever ends it."""

import sys

if sys.platform == "win32":  # pragma: no cover - measured on Linux
    import msvcrt

    def lock_exclusively(descriptor: int) -> None:
        """Wait until this descriptor holds the lock (about ten seconds), else ``OSError``."""
        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)

else:
    import fcntl

    def lock_exclusively(descriptor: int) -> None:
        """Wait until this descriptor holds the lock."""
        fcntl.flock(descriptor, fcntl.LOCK_EX)
