"""`python -m benchmarks.desk`: the inbox with 50,000 conversations, through the pages, in server time.

An installation of its own, the pages asked for in this process: what is measured is the view with its
queries and its template, without the network. Each page is asked five times after one to warm up; the slowest counts.
"""

import argparse
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.__main__ import machine
from benchmarks.installation import Installation
from benchmarks.pages import measure, table

HERE = Path(__file__).parent
GOAL_MS = 100
MOST_QUERIES = 15
TIMES = 5


NOTES = """# The inbox at 50,000 conversations

Measured {date} on {machine} by `make bench`, five requests a page after one to warm up: 50,000 conversations with five
messages each, 2,000 of them open, waiting or put off. The goal: 100 ms of server time, 15 statements at most.

{table}
"""


def fill(conversations: int) -> float:
    """Make the conversations; returns how many seconds that took."""
    from django.db import connection  # noqa: PLC0415 - settings are read from the installation's environment

    from frontdesk.core import clock  # noqa: PLC0415 - as above

    began = time.perf_counter()
    sql = (HERE / "desk.sql").read_text().replace(":conversations", str(conversations))
    with connection.cursor() as cursor:
        cursor.execute("set statement_timeout = 0")
        cursor.execute(sql.replace(":now", f"'{clock.now().isoformat()}'"))
    return time.perf_counter() - began


def browser() -> Any:
    """Signed in through the pages, with both steps."""
    from tests.people import staff_browser  # noqa: PLC0415 - as above

    from frontdesk.accounts.models import Person  # noqa: PLC0415 - as above
    from frontdesk.support.tickets.models import Agent, Conversation, Team  # noqa: PLC0415 - as above

    client = staff_browser(email="bench@halcyon.example")
    person = Person.objects.get(email="bench@halcyon.example")
    Agent.objects.create(person=person).teams.set(Team.objects.all()[:2])
    mine = Conversation.objects.filter(status="open", assignee__isnull=False).values_list("pk", flat=True)[:300]
    Conversation.objects.filter(pk__in=list(mine)).update(assignee=person)
    return client


def pages() -> dict[str, str]:
    """What is asked for."""
    from frontdesk.support.tickets.inbox.filters import VIEWS  # noqa: PLC0415 - as above
    from frontdesk.support.tickets.models import Conversation  # noqa: PLC0415 - as above

    inbox = "/desk/inbox/"
    one = Conversation.objects.filter(status="open").order_by("-last_message_at")[5]
    found = {f"view {view}": f"{inbox}?view={view}" for view in VIEWS}
    searches = {
        "common word": "limit",
        "beginning": "updat",
        "rare word": "word77",
        "two words": "update7 topic77",
        "nothing": "zzz",
        "address": "person77@example.org",
        "reference": one.reference,
    }
    for name, query in searches.items():
        found[f"search: {name}"] = f"{inbox}?view=all&q={query}"
    found["all, due first"] = f"{inbox}?view=all&sort=due"
    found["filter that fits nothing"] = f"{inbox}?view=all&plan=nothing"
    found["team, tag, priority"] = f"{inbox}?view=all&team=team-1&tag=vip&priority=4"
    found["conversation"] = f"{inbox}{one.pk}/?view=mine"
    found["customer beside it"] = f"{inbox}{one.pk}/customer/"
    return found


def run(conversations: int) -> dict[str, dict[str, Any]]:
    """Measure all pages in an installation of its own."""
    with Installation(web_workers=1):
        import django  # noqa: PLC0415 - as above

        django.setup()
        from django.conf import settings  # noqa: PLC0415 - as above

        settings.ALLOWED_HOSTS.append("testserver")  # the client's; a test environment would copy every context
        print(f"{conversations:,} conversations made in {fill(conversations):.0f} s", file=sys.stderr)
        client = browser()
        return {name: measure(client, address, TIMES) for name, address in pages().items()}


def main() -> None:
    """Measure, print; with --json for whoever writes it down."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk")
    parser.add_argument("--conversations", type=int, default=50_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results = run(options.conversations)
    print(json.dumps(results) if options.json else table(results, "worst"))
    if not options.json:
        day = datetime.now(UTC).strftime("%Y-%m-%d")
        (HERE / "DESK.md").write_text(NOTES.format(date=day, machine=machine(), table=table(results, "worst")))
    slow = [name for name, it in results.items() if it["worst"] > GOAL_MS or it["queries"] > MOST_QUERIES]
    if slow:
        raise SystemExit(f"beyond {GOAL_MS} ms or {MOST_QUERIES} statements: {', '.join(slow)}")


if __name__ == "__main__":
    main()
