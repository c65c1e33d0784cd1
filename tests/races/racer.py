"""One process of a race. It opens its connections, then for each line (a round) lets all its clients ask at once.

A line: {"limits", "batches": [a list of requests for each client]}; the answer: a line with all outcomes.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import psycopg

CALL = "select outcome from licensing_take_seats(now(), now(), %s::text::json, %s::text::json)"


def ask(link: psycopg.Connection[Any], barrier: Barrier, batch: list[dict[str, str]], limits: str) -> list[str]:
    """One call for a batch of requests, made at the moment when all are ready. A failure is told like an outcome."""
    barrier.wait(timeout=60)
    try:
        rows = link.execute(CALL, [json.dumps(batch), limits]).fetchall()
    except psycopg.Error as error:
        return [f"failed: {error}"]
    return [str(row[0]) for row in rows]


def main(dsn: str, clients: int) -> None:
    """Race until the input ends."""
    links = [psycopg.connect(dsn, autocommit=True) for _ in range(clients)]
    barrier = Barrier(clients)
    with ThreadPoolExecutor(clients) as pool:
        print("ready", flush=True)  # noqa: T201 - a pipe to the test
        for line in sys.stdin:
            task = json.loads(line)
            asked = [
                pool.submit(ask, link, barrier, batch, task["limits"])
                for link, batch in zip(links, task["batches"], strict=True)
            ]
            outcomes = [outcome for each in asked for outcome in each.result()]
            print(json.dumps(outcomes), flush=True)  # noqa: T201 - a pipe to the test
    for link in links:
        link.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
