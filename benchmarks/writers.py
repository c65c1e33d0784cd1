"""One of the processes that write, for `benchmarks.live`. Reads conversations, a pace and seconds as JSON from standard
input and writes through the verb behind the reply form; prints when each message was committed (monotonic nanoseconds,
one clock for all of a machine)."""

import json
import sys
import threading
import time
from typing import Any

import django

THREADS = 3


def write(talks: list[Any], rate: float, seconds: float) -> list[list[Any]]:
    """Write at this pace (a second); topic, sequence and moment of each commit."""
    from django.db import connections  # noqa: PLC0415 - settings are read from the installation's environment
    from tests.support import desk  # noqa: PLC0415 - as above

    committed: list[list[Any]] = []
    began = time.monotonic()

    def one(which: int) -> None:
        for turn in range(which, int(rate * seconds), THREADS):
            if time.monotonic() - began > seconds:
                break
            time.sleep(max(0.0, began + turn / rate - time.monotonic()))
            message = desk.writes(talks[turn % len(talks)], f"Message {turn}")
            committed.append([f"conversation:{message.conversation_id}", message.sequence, time.monotonic_ns()])
        connections.close_all()

    threads = [threading.Thread(target=one, args=[which]) for which in range(THREADS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return committed


def main() -> None:
    """Read, write, report."""
    django.setup()
    from frontdesk.support.tickets.models import Conversation  # noqa: PLC0415 - as above

    asked = json.loads(sys.stdin.readline())
    talks = list(Conversation.objects.filter(pk__in=asked["talks"]).order_by("pk"))
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps(write(talks, asked["rate"], asked["seconds"])))


if __name__ == "__main__":
    main()
