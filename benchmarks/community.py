"""`python -m benchmarks.community`: the community's pages at 100,000 posts in 8,000 topics, in server time.

An installation of its own is filled by the importer, as a vendor who moves would do it: how long that takes and how
much memory is measured on the way. Then the pages are asked for in this process, by a guest and by a member: the view
with its queries and its template, without the network. Ten requests a page after one to warm up.
"""

import argparse
import io
import json
import os
import random
import resource
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.__main__ import machine
from benchmarks.installation import Installation
from benchmarks.pages import measure, table

HERE = Path(__file__).parent
GOAL_MS = 50
MOST_QUERIES = 15
TIMES = 10
PEOPLE = 3_000
LONGEST = 2_000  # posts of the longest topic
CATEGORIES = ("installing", "using", "licences", "ideas", "network", "phone", "backup", "news")
COMMON = (
    *("update", "licence", "device", "scan", "install", "error", "message", "setting", "restart", "network"),
    *("button", "window", "please", "after", "before", "works", "again", "since", "version", "code"),
)

NOTES = """# The community at 100,000 posts

Measured {date} on {machine}, load {load} when it began (above the number of cores, other programs ran as well):
{posts:,} posts in {topics:,} topics by {people:,} members, one topic of {longest:,} posts. {times} requests a page
after one to warm up, asked for in the process; the goals: 50 ms of server time (p95), 15 statements.

Taking it in (`frontdesk community import`): {import_s:.0f} s, {rate:,.0f} lines a second, at most {memory} MB of memory
for the whole process; the same file again: {again_s:.0f} s.

{table}

`computing` is the time that this process computed, which a busy machine does not change.
"""


class Lines(io.RawIOBase):
    """The file, made while it is read: it never stands in memory."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self.lines = lines

    def __iter__(self) -> Iterator[bytes]:  # type: ignore[override] # lines alone are asked for
        return self.lines


def words(chance: random.Random, count: int) -> str:
    """Text of a small vocabulary with a long tail, so that a search finds much, some or one."""
    made = [
        chance.choice(COMMON) if chance.random() < 0.6 else f"word{int(chance.paretovariate(0.6)) % 40_000}"
        for _ in range(count)
    ]
    return " ".join(made)


def made(posts: int, topics: int) -> Iterator[bytes]:
    """The lines of such a community."""
    chance = random.Random(7)
    begin = datetime(2024, 1, 1, tzinfo=UTC)

    def line(**values: Any) -> bytes:
        return json.dumps(values).encode() + b"\n"

    for place, slug in enumerate(CATEGORIES):
        yield line(kind="category", id=slug, slug=slug, titles={"en": slug.capitalize()}, position=place)
    for number in range(PEOPLE):
        yield line(kind="person", id=f"u{number}", handle=f"member-{number}", name=f"Member {number}")
    rest = posts - topics - LONGEST
    for number in range(topics):
        at = begin + timedelta(minutes=number * 120)
        author, category = chance.randrange(PEOPLE), CATEGORIES[number % len(CATEGORIES)]
        yield line(
            kind="topic", id=f"t{number}", category=category, author=f"u{author}", title=words(chance, 6),
            created_at=at.isoformat(), text=words(chance, 60), post=f"t{number}p0", language="en",
        )  # fmt: skip
        replies = LONGEST - 1 if number == topics // 2 else rest // topics + (number < rest % topics)
        for reply in range(1, replies + 1):
            yield line(
                kind="post", id=f"t{number}p{reply}", topic=f"t{number}", author=f"u{chance.randrange(PEOPLE)}",
                created_at=(at + timedelta(minutes=reply)).isoformat(), text=words(chance, 40),
            )  # fmt: skip
        if replies and number % 3 == 0:
            yield line(
                kind="accepted", topic=f"t{number}", post=f"t{number}p1", at=(at + timedelta(hours=5)).isoformat()
            )


def fill(posts: int, topics: int) -> dict[str, float]:
    """Take it in, twice; seconds and megabytes."""
    from frontdesk.core.actors import Actor  # noqa: PLC0415 - settings are read from the installation's environment
    from frontdesk.support.forum import importing  # noqa: PLC0415 - as above

    taken: dict[str, float] = {}
    for name in ("import_s", "again_s"):
        began = time.perf_counter()
        done = importing.import_file(actor=Actor.system("bench"), source=Lines(made(posts, topics)))  # type: ignore[arg-type] # it is read by lines
        taken[name] = time.perf_counter() - began
        taken.setdefault("lines", done.new + done.same)
        assert not done.wrong, done.why  # noqa: S101 - a benchmark of half a community is none
    taken["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return taken


def browsers() -> dict[str, Any]:
    """A guest, and a member who has chosen a name."""
    from django.db import connection  # noqa: PLC0415 - as above
    from django.test import Client  # noqa: PLC0415 - as above
    from tests import people  # noqa: PLC0415 - as above

    from frontdesk.support.forum import members  # noqa: PLC0415 - as above

    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")  # as PostgreSQL does by itself within minutes
    person = people.customer("bench@example.org", "Bench")
    members.introduce(member=members.of(person), name="Bench", handle="bench")
    signed_in = Client()
    signed_in.force_login(person)
    return {"guest": Client(), "member": signed_in}


def pages() -> dict[str, str]:
    """What is asked for."""
    from frontdesk.support.forum.models import Topic  # noqa: PLC0415 - as above

    longest = Topic.objects.order_by("-post_count")[0]
    other = Topic.objects.order_by("-last_post_at")[7]
    topic = f"/community/t/{longest.number}/{longest.slug}/"
    middle, last = (
        f"/community/p/{longest.posts.get(number=number).pk}/"
        for number in (longest.last_number // 2, longest.last_number)
    )
    search = "/community/search/?q="
    return {
        "start": "/community/",
        "category": f"/community/c/{CATEGORIES[1]}/",
        "category, 50th page": f"/community/c/{CATEGORIES[1]}/?page=50",
        "topic of a dozen posts": f"/community/t/{other.number}/{other.slug}/",
        "longest topic, first page": topic,
        "longest topic, middle": middle,
        "longest topic, last page": last,
        "search: common word": f"{search}update",
        "search: two words": f"{search}scan+word77",
        "search: rare word": f"{search}word31999",
        "search: nothing": f"{search}zzzz",
    }


def run(posts: int, topics: int) -> tuple[dict[str, float], dict[str, dict[str, Any]]]:
    """Measure all pages in an installation of its own."""
    with Installation(web_workers=1):
        import django  # noqa: PLC0415 - as above

        django.setup()
        from django.conf import settings  # noqa: PLC0415 - as above

        settings.ALLOWED_HOSTS.append("testserver")  # the client's; a test environment would copy every context
        taken = fill(posts, topics)
        print(f"{posts:,} posts taken in in {taken['import_s']:.0f} s", file=sys.stderr)
        found = browsers()
        return taken, {
            f"{name}, {who}": measure(client, address, TIMES)
            for name, address in pages().items()
            for who, client in found.items()
        }


def main() -> None:
    """Measure, print; with --json for whoever writes it down."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.community")
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--topics", type=int, default=8_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    load = f"{os.getloadavg()[0]:.1f}"
    taken, results = run(options.posts, options.topics)
    print(json.dumps({**taken, "pages": results}) if options.json else table(results, "p95"))
    if not options.json:
        values = {"posts": options.posts, "topics": options.topics, "people": PEOPLE, "longest": LONGEST}
        text = NOTES.format(
            date=datetime.now(UTC).strftime("%Y-%m-%d"), machine=machine(), load=load, times=TIMES,
            table=table(results, "p95"), rate=taken["lines"] / taken["import_s"], **values, **taken,
        )  # fmt: skip
        (HERE / "COMMUNITY.md").write_text(text)
    slow = [name for name, it in results.items() if it["p95"] > GOAL_MS or it["queries"] > MOST_QUERIES]
    if slow:
        raise SystemExit(f"beyond {GOAL_MS} ms or {MOST_QUERIES} statements: {', '.join(slow)}")


if __name__ == "__main__":
    main()
