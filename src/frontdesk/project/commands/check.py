"""`frontdesk check`: is the installation in order, and how is it set?"""

import argparse
from collections.abc import Iterator
from datetime import timedelta

from django.core.management import call_command

from frontdesk.core import audit, clock
from frontdesk.core.live import remote
from frontdesk.core.models import OutboxMessage
from frontdesk.licensing import integrity
from frontdesk.project import deployment
from frontdesk.project.commands.common import database, pending_migrations
from frontdesk.project.environment import VARIABLES

LONGEST_TAIL = 10_000
LATE_MINUTES = 15
MANY_TRIES = 4  # a code by SMS that is tried so often is worth nothing when it comes


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--settings", action="store_true", help="list every variable the installation reads")
    parser.add_argument("--deploy", action="store_true", help="explain settings that are unsafe in public")


def run(options: argparse.Namespace) -> int:
    """Exit status 1 when something is wrong."""
    if options.settings:
        for variable in sorted(VARIABLES.values(), key=lambda each: each.name):
            print(f"{variable.name:28} {variable.value or '-':36} {variable.source:12} {variable.help}")
        return 0
    with database():
        call_command("check")
        if pending_migrations():
            print("The tables are of an older version: frontdesk serve brings them up to date.")
            return 1
        found = [*_faults(), *(deployment.advice() if options.deploy else [])]
    for line in found:
        print(line)
    print("This needs attention." if found else "All is in order.")
    return 1 if found else 0


def _faults() -> Iterator[str]:
    """What is wrong with the data, one line each."""
    for fault in integrity.faults():
        yield f"licensing: {fault}"
    verdict = audit.verify()
    for broken in verdict.faults:
        yield f"audit: {broken}"
    if verdict.unsealed > LONGEST_TAIL:
        yield f"audit: {verdict.unsealed} rows are not sealed; is the worker running?"
    failed = OutboxMessage.objects.exclude(failed_at=None)
    for topic, error in failed.order_by().values_list("topic", "last_error").distinct():
        count = failed.filter(topic=topic, last_error=error).count()
        yield f"outbox: {count} of {topic} could not be delivered ({error})"
    if away := remote.fault():
        yield f"live: Redis does not answer ({away}); wakes go by PostgreSQL meanwhile"
    since = clock.real_now() - timedelta(days=1)
    lost = OutboxMessage.objects.filter(topic="sms", delivered_at__gt=since, attempts__gte=MANY_TRIES).count()
    if lost:
        yield f"outbox: {lost} SMS of the last day left late or never, since the provider did not take them"
    late = clock.real_now() - timedelta(minutes=LATE_MINUTES)
    waiting = OutboxMessage.objects.filter(delivered_at=None, failed_at=None, attempts=0, due_at__lt=late).count()
    if waiting:
        yield f"outbox: {waiting} wait for longer than {LATE_MINUTES} minutes; is the worker running?"
