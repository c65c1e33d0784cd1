"""What several commands need: Django set up, the database running, everything migrated."""

from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.conf import settings
from django.core.management import call_command


@contextmanager
def database() -> Iterator[None]:
    """Django ready and the database reachable: the embedded one is started if nobody runs it, and then stopped."""
    django.setup()
    if settings.EMBEDDED is None:
        yield
        return
    with settings.EMBEDDED.running():
        yield


def migrate() -> None:
    """Bring the tables up to date."""
    call_command("migrate", verbosity=0, interactive=False)
