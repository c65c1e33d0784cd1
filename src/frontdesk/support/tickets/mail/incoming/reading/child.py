"""The child process that reads mails one after the other: raw bytes in, `Read` out, under limits of time and memory.

It ends itself: the kernel's timers stop it though its interpreter hangs, and though its parent is gone.
"""

import json
import os
import resource
import signal
import struct
from typing import IO

CPU_SECONDS = 10
REAL_SECONDS = 40
MEMORY = 1_500_000_000


def main() -> None:
    """Answer until the parent closes the pipe."""
    from frontdesk.support.tickets.mail.incoming.reading.reader import read  # noqa: PLC0415 - limits first
    from frontdesk.support.tickets.mail.incoming.reading.shapes import Read, to_message  # noqa: PLC0415

    incoming, outgoing = os.fdopen(0, "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not stand among the answers
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit_memory()
    while (raw := receive(incoming)) is not None:
        _timers(CPU_SECONDS, REAL_SECONDS)
        try:
            head, contents = to_message(read(raw))
        except MemoryError:
            head, contents = to_message(Read(reports=["memory"]))
        except Exception as error:  # noqa: BLE001 - a mail must never end the child; its verdict says that it was not read
            head, contents = to_message(Read(reports=["error", type(error).__name__]))
        send(outgoing, json.dumps(head).encode("utf-8", "replace"), *contents)
        _timers(0, 0)


def _limit_memory() -> None:
    """A mail that makes us ask for more gets MemoryError. Not every system keeps to it."""
    try:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ValueError, OSError):
        return


def _timers(cpu: int, real: int) -> None:
    signal.setitimer(signal.ITIMER_PROF, cpu)  # nobody handles SIGPROF and SIGALRM: each ends the process
    signal.setitimer(signal.ITIMER_REAL, real)


def send(to: IO[bytes], *blocks: bytes) -> None:
    """Write blocks, each after its length, and how many there are before all."""
    to.write(struct.pack("!I", len(blocks)))
    for block in blocks:
        to.write(struct.pack("!I", len(block)))
        to.write(block)
    to.flush()


def receive(source: IO[bytes]) -> bytes | None:
    """One block of the parent's; None when it is gone."""
    head = source.read(4)
    if len(head) < 4:
        return None
    (size,) = struct.unpack("!I", head)
    return source.read(size)


if __name__ == "__main__":
    main()
