"""What several commands need: Django set up, the database running, everything migrated."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db.utils import OperationalError


class CommandFailed(SystemExit):
    """The command cannot do what was asked; carries the one line that says why."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"frontdesk: {problem}")


@contextmanager
def told_when_lost() -> Iterator[None]:
    """Around whatever asks the database: its absence is told in one line, and ends the command with status 1."""
    try:
        yield
    except OperationalError as error:
        # The text may go on with a statement and its values: the first line says what happened.
        said = (str(error).splitlines() or [type(error).__name__])[0]
        raise CommandFailed(
            f"no connection to the database: {said}\n"
            "What was finished is kept; run it again once the database is there."
        ) from None


@contextmanager
def database(*, take_over: bool = False) -> Iterator[None]:
    """The database reachable: the embedded one is started if nobody runs it, and then stopped.

    `take_over` waits for a short command that runs it at this moment, so that it does not stop under us.
    """
    if settings.EMBEDDED is None:
        yield
        return
    if take_over and not settings.EMBEDDED.start():
        print("Another command is using the database; waiting for it …", file=sys.stderr)
        settings.EMBEDDED.take_over()
    with settings.EMBEDDED.running():
        yield


def migrate() -> None:
    """Bring the tables up to date; quick when they are. Django must be set up."""
    from django.core.management import call_command  # noqa: PLC0415 - what `serve` imports counts at each start

    if pending_migrations():
        call_command("migrate", verbosity=0, interactive=False)


def pending_migrations() -> bool:
    """Whether the tables are behind the code."""
    from django.db import connection  # noqa: PLC0415 - what `serve` imports counts at each start
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def ask(question: str, default: str = "", check: Callable[[str], str] = lambda answer: "") -> str:
    """The operator's answer, or the default; asked again while `check` finds something wrong with it.

    Nothing is asked where nobody can answer. Raises CommandFailed when the operator would rather stop.
    """
    if not sys.stdin.isatty():
        return default
    while True:
        try:
            answer = input(f"{question}{f' [{default}]' if default else ''}: ").strip() or default
        except (EOFError, KeyboardInterrupt):
            print()
            raise CommandFailed("stopped; frontdesk init goes on from here when you run it again") from None
        problem = check(answer)
        if not problem:
            return answer
        print(f"  {problem[0].upper()}{problem[1:]}.")
