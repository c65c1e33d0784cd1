"""Many open streams, a process of its own. Reads port, seconds and tickets as JSON from standard input, says "ready"
once all are open, then prints when each wake came (monotonic nanoseconds, one clock for all of a machine)."""

import json
import selectors
import socket
import sys
import time


def opened(port: int, tickets: list[str]) -> list[socket.socket]:
    """One stream a ticket, each from a network of its own."""
    links = []
    for number, ticket in enumerate(tickets):
        link = socket.create_connection(("127.0.0.1", port))
        address = f"10.{number // 200}.{number % 200}.1"
        head = f"GET /live/stream?ticket={ticket} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {address}\r\n\r\n"
        link.sendall(head.encode())
        first = b""
        while b"event: beat" not in first:
            piece = link.recv(4096)
            if not piece or b" 200 " not in (first + piece)[:20]:
                raise SystemExit(f"stream {number} was refused: {piece[:200]!r}")
            first += piece
        links.append(link)
    return links


def main() -> None:
    """Open, listen, report."""
    asked = json.loads(sys.stdin.readline())
    selector, came = selectors.DefaultSelector(), []
    for link in opened(asked["port"], asked["tickets"]):
        selector.register(link, selectors.EVENT_READ, bytearray())
    print("ready", flush=True)
    ends = time.monotonic() + asked["seconds"]
    while time.monotonic() < ends:
        for key, _ in selector.select(timeout=0.2):
            now = time.monotonic_ns()
            pending: bytearray = key.data
            pending += key.fileobj.recv(65536)  # type: ignore[union-attr]  # sockets alone are registered
            *blocks, rest = bytes(pending).split(b"\n\n")
            pending[:] = rest
            for block in blocks:
                at = block.find(b'data: {"topic"')
                if at >= 0:
                    wake = json.loads(block[at + 6 :].split(b"\n", 1)[0])
                    came.append([wake["topic"], wake["sequence"], now])
    print(json.dumps(came))


if __name__ == "__main__":
    main()
