"""A lean load generator, a process of its own: keep-alive clients on plain sockets, one request each in flight.

Arguments: port, seconds, a file with one prepared request body (and headers) a line in JSON, for each client a share.
Prints one JSON line: how many answers, of which statuses, and the latencies' percentiles.
"""

import json
import selectors
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Client:
    """One keep-alive connection."""

    link: socket.socket
    requests: Iterator[bytes]
    sent_at: float = 0.0
    pending: bytes = b""
    done: bool = False

    def send(self) -> None:
        """The next request; done when there is none left."""
        request = next(self.requests, None)
        if request is None:
            self.done = True
            return
        self.sent_at = time.perf_counter()
        self.link.sendall(request)

    def answered(self) -> int:
        """The status of a complete answer, 0 while it is not complete."""
        self.pending += self.link.recv(65536)
        head, found, body = self.pending.partition(b"\r\n\r\n")
        if not found:
            return 0
        lower = head.lower()
        at = lower.find(b"content-length: ")
        length = int(lower[at + 16 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(body) < length:
            return 0
        self.pending = b""
        return int(head[9:12])


@dataclass
class Result:
    """What came back."""

    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def as_json(self) -> str:
        """Rates and percentiles; latencies in milliseconds."""
        ordered = sorted(self.latencies) or [0.0]

        def percentile(share: float) -> float:
            return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 2)

        good = sum(count for status, count in self.statuses.items() if status < 300)
        return json.dumps(
            {
                "rate": round(good / self.seconds, 1),
                "p50": percentile(0.5),
                "p99": percentile(0.99),
                "worst": percentile(1.0),
                "errors": sum(self.statuses.values()) - good,
                "statuses": {str(status): count for status, count in sorted(self.statuses.items())},
            }
        )


def requests_from(path: Path, port: int) -> list[bytes]:
    """The prepared requests as bytes."""
    made = []
    for line in path.read_text().splitlines():
        task = json.loads(line)
        body = task["body"].encode()
        token = f"Authorization: Bearer {task['token']}\r\n" if "token" in task else ""
        head = (
            f"POST {task['path']} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
            f"{token}Content-Length: {len(body)}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


def main(port: int, seconds: float, path: Path, clients: int) -> None:
    """Ask until the time or the requests are over."""
    prepared = requests_from(path, port)
    selector, everyone = selectors.DefaultSelector(), []
    for n in range(clients):
        client = Client(socket.create_connection(("127.0.0.1", port)), iter(prepared[n::clients]))
        client.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(client.link, selectors.EVENT_READ, client)
        everyone.append(client)
    print(_drive(selector, everyone, seconds).as_json())


def _drive(selector: selectors.BaseSelector, everyone: list[Client], seconds: float) -> Result:
    result, started = Result(), time.perf_counter()
    end = started + seconds
    for client in everyone:
        client.send()
    while time.perf_counter() < end and not all(client.done for client in everyone):
        for key, _ in selector.select(timeout=1):
            client = key.data
            status = client.answered()
            if status:
                result.latencies.append(time.perf_counter() - client.sent_at)
                result.statuses[status] += 1
                client.send()
    result.seconds = time.perf_counter() - started
    return result


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
