"""Telling the owner of a lock, one mail a day at most. The request writes the same for unknown addresses."""

from datetime import timedelta

from django.db import connection, transaction
from django.utils import translation

from frontdesk.accounts.guard import counters
from frontdesk.core import clock, outbox

TOPIC = "accounts.locked"
AT_MOST_EVERY = timedelta(days=1)


def tell_of_lock(email: str) -> None:
    """Leave word for the worker, unless this address was told within a day. Raises GuessesUncounted."""
    with counters.failing_closed(), transaction.atomic():
        if _first_today(email):
            outbox.put(topic=TOPIC, payload={"language": translation.get_language() or ""}, secret=email)


def _first_today(email: str) -> bool:
    now = clock.real_now()
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into accounts_guesscounter as kept (bucket, failures, last_at, told_at) values (%s, 0, %s, %s)
               on conflict (bucket) do update set told_at = excluded.told_at, last_at = excluded.last_at
               where kept.told_at <= %s returning bucket""",
            [counters.bucket("told of a lock", email), now, now, now - AT_MOST_EVERY],
        )
        return cursor.fetchone() is not None
