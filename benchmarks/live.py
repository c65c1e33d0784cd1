"""`python -m benchmarks.live`: 1,000 open streams while 100 messages a second are written through the real verbs, 50
slow downloads and 50 slow uploads hang on, and pages are asked for. Writes LIVE.md."""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from benchmarks.__main__ import machine
from benchmarks.installation import Installation

HERE = Path(__file__).parent
TALKS, AGENTS, SLOW, WRITERS = 500, 50, 50, 2
GOAL_MS, PAGE_GOAL_MS = 250, 200
NOTES = """# Live streams

Measured {date} on {machine} by `python -m benchmarks.live`, everything on the same cores:
{streams:,} streams on {talks} conversations, {asked} messages a second asked of {writers} processes that
call the verb behind the reply form, {slow} slow downloads, {slow} slow uploads, and one browser that asks for a
conversation's page again and again, for {seconds} seconds. The load of the machine before it began: {load}.

| | |
|---|---|
| messages written | {rate:.0f} a second |
| from commit to the client's socket | p50 {p50:.0f} ms, p99 {p99:.0f} ms (goal: 250), worst {worst:.0f} ms |
| wakes that never came | {lost} of {expected:,} |
| a page meanwhile | p50 {page_p50:.0f} ms, p95 {page_p95:.0f} ms (goal: p95 under 200 ms) |
| memory a stream | {memory:.0f} kB |

A wake counts as come when its stream told that sequence or a later one: what follows closely is told once.
"""


def percentile(values: list[float], share: float) -> float:
    """The value below which this share lies; 0 for none."""
    ordered = sorted(values) or [0.0]
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def prepared() -> tuple[list[Any], str, str]:
    """Conversations, the path of a guest's page, and the path of a large download."""
    from django.core.files import File  # noqa: PLC0415 - settings are read from the installation's environment
    from tests.support import desk  # noqa: PLC0415 - as above

    from frontdesk.catalog import files, releases  # noqa: PLC0415 - as above
    from frontdesk.core import signing  # noqa: PLC0415 - as above
    from frontdesk.support.tickets import links  # noqa: PLC0415 - as above

    agents = [desk.agent(f"agent{number}@halcyon.example", f"Agent {number}") for number in range(AGENTS)]
    talks = [desk.conversation(f"guest{number}@example.org") for number in range(TALKS)]
    for number, talk in enumerate(talks):
        desk.answers(agents[number % AGENTS], talk)  # from then on it is theirs, as a chat is
    signing.rotate(root=signing.load_root(signing.new_root()[0]))
    release = releases.create(actor=desk.SYSTEM, product=desk.shield(), version="9.0.0", notes="", is_public=True)
    big = File(BytesIO(bytes(20_000_000)), name="shield-9.0.0-linux.bin")
    file = releases.add_file(actor=desk.SYSTEM, release=release, platform="linux", source_file=big)
    releases.publish(actor=desk.SYSTEM, release=release)
    return talks, links.to_conversation(talks[0].participants.get()).path, files.signed_url(file)


@contextmanager
def hanging_on(port: int, download: str) -> Iterator[None]:
    """Slow clients: a little is taken and sent each second."""
    stop, slow = threading.Event(), []
    for _ in range(SLOW):
        for head in (
            f"GET {download} HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "POST /account/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n",
        ):
            link = socket.create_connection(("127.0.0.1", port))
            link.sendall(head.encode())
            slow.append((link, head[:3]))

    def trickle() -> None:
        while not stop.wait(1):
            for link, what in slow:
                link.recv(2000) if what == "GET" else link.sendall(b"a")

    thread = threading.Thread(target=trickle)
    thread.start()
    yield
    stop.set()
    thread.join()
    for link, _ in slow:
        link.close()


@contextmanager
def process(name: str, asked: dict[str, Any]) -> Iterator[subprocess.Popen[str]]:
    """Another process of this benchmark, once it has said that it is ready."""
    command = [sys.executable, "-m", f"benchmarks.{name}"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        tell(other, json.dumps(asked))
        assert heard(other) == "ready\n"  # noqa: S101 - a benchmark of refused streams is none
        yield other


def tell(other: subprocess.Popen[str], line: str) -> None:
    """Say a line to that process."""
    assert other.stdin is not None  # noqa: S101 - piped
    print(line, file=other.stdin, flush=True)


def heard(other: subprocess.Popen[str]) -> str:
    """The next line that process says."""
    assert other.stdout is not None  # noqa: S101 - piped
    return other.stdout.readline()


@contextmanager
def writers(talks: list[Any], rate: int, seconds: int) -> Iterator[list[subprocess.Popen[str]]]:
    """The processes that write together at this pace, each in conversations of its own, once they are told to go."""
    numbers = [str(talk.pk) for talk in talks]
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                process("writers", {"talks": numbers[which::WRITERS], "rate": rate / WRITERS, "seconds": seconds})
            )
            for which in range(WRITERS)
        ]


def write(writing: list[subprocess.Popen[str]]) -> dict[tuple[str, int], int]:
    """When each message was committed, by topic and sequence."""
    for each in writing:
        tell(each, "go")
    return {(topic, sequence): at for each in writing for topic, sequence, at in json.loads(heard(each))}


def ask(address: str, until: float) -> list[float]:
    """Milliseconds that a page took, again and again."""
    taken = []
    while time.monotonic() < until:
        began = time.perf_counter()
        with urllib.request.urlopen(address, timeout=20) as reply:  # noqa: S310 - our own
            reply.read()
        taken.append((time.perf_counter() - began) * 1000)
        time.sleep(0.05)
    return taken


def matched(committed: dict[tuple[str, int], int], came: list[list[Any]], each: int) -> tuple[list[float], int]:
    """Milliseconds from each commit to each of its streams, and how many never came."""
    by_topic: dict[str, list[tuple[int, int]]] = {}
    for topic, sequence, at in came:
        by_topic.setdefault(topic, []).append((at, sequence))
    taken, lost = [], 0
    for (topic, sequence), at in committed.items():
        found = [when for when, told in sorted(by_topic.get(topic, [])) if told >= sequence][:each]
        taken += [max(0.0, (when - at) / 1e6) for when in found]
        lost += each - len(found)
    return taken, lost


def run(streams: int, rate: int, seconds: int) -> dict[str, Any]:
    """Measure in an installation of its own."""
    load = os.getloadavg()[0]
    installation = Installation(web_workers=1)
    os.environ["FRONTDESK_TRUSTED_PROXIES"] = "127.0.0.1"
    with installation:
        import django  # noqa: PLC0415 - as above

        django.setup()
        from frontdesk.core.live import tickets  # noqa: PLC0415 - as above
        from frontdesk.support.tickets.conversations import waking  # noqa: PLC0415 - as above

        talks, page, download = prepared()
        address = f"http://127.0.0.1:{installation.port}{page}"
        ask(address, time.monotonic() + 2)
        before = installation.memory()
        given = [tickets.issue(waking.talk(talks[number % TALKS].pk)) for number in range(streams)]
        asked = {"port": installation.port, "seconds": seconds + 8, "tickets": given}
        with writers(talks, rate, seconds) as writing, process("listeners", asked) as listeners:
            memory = (installation.memory() - before) * 1024 / streams
            pages: list[float] = []
            until = time.monotonic() + seconds
            browser = threading.Thread(target=lambda: pages.extend(ask(address, until)))
            with hanging_on(installation.port, download):
                browser.start()
                committed = write(writing)
                browser.join()
            came = json.loads(heard(listeners))
        taken, lost = matched(committed, came, streams // TALKS)
        return {
            "streams": streams, "talks": TALKS, "asked": rate, "writers": WRITERS, "slow": SLOW, "seconds": seconds,
            "load": f"{load:.1f}", "rate": len(committed) / seconds, "p50": percentile(taken, 0.5),
            "p99": percentile(taken, 0.99), "worst": max(taken, default=0.0), "lost": lost,
            "expected": len(committed) * (streams // TALKS), "page_p50": statistics.median(pages),
            "page_p95": percentile(pages, 0.95), "memory": memory,
        }  # fmt: skip


def main() -> None:
    """Measure, write down, fail beyond the goals."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.live")
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--rate", type=int, default=100)
    parser.add_argument("--seconds", type=int, default=30)
    options = parser.parse_args()
    found = run(options.streams, options.rate, options.seconds)
    notes = NOTES.format(date=datetime.now(UTC).strftime("%Y-%m-%d"), machine=machine(), **found)
    (HERE / "LIVE.md").write_text(notes)
    print(notes)
    if found["p99"] > GOAL_MS or found["page_p95"] > PAGE_GOAL_MS or found["lost"]:
        raise SystemExit("beyond the goals")


if __name__ == "__main__":
    main()
