"""Work that two must not do at the same time, on whichever node."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def alone(key: str) -> Iterator[bool]:
    """Whether nobody else is in a block of this key. The lock goes with the connection when the process is killed."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(hashtextextended(%s, 0))", [key])
        is_alone = bool(cursor.fetchone()[0])
        try:
            yield is_alone
        finally:
            if is_alone:
                cursor.execute("select pg_advisory_unlock(hashtextextended(%s, 0))", [key])
