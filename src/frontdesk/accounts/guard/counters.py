"""The lockout's counters: wrong guesses in a row in one place, and the waits that follow.

Five are free; then one more is let through after 1, 5, 15 and 60 minutes each. Of unknown clients' guesses at an
account the hundredth is the last one.
"""

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from django.conf import settings
from django.db import DatabaseError, connection

from frontdesk.accounts.errors import GuessesUncounted, PasswordStopped
from frontdesk.accounts.models import GuessCounter
from frontdesk.core import clock
from frontdesk.core.errors import TooManyAttempts

log = structlog.get_logger(__name__)
FREE = 5
WAITS = (60, 300, 900, 3600)  # seconds
STOPS_AT = 100
FORGOTTEN_AFTER = timedelta(days=30)


class What(StrEnum):
    """What is guessed; each is counted apart."""

    PASSWORD = "password"  # noqa: S105 - a name
    SECOND_FACTOR = "second factor"
    RESET = "reset"


@dataclass(frozen=True)
class Counter:
    """One place where guesses are counted. `whose` names an account, a browser or a session; only its HMAC is kept.

    `stops`: at STOPS_AT no guess is let through any more, until the counter is cleared.
    """

    what: What
    whose: str
    stops: bool

    @property
    def bucket(self) -> str:
        """The row's key."""
        return bucket(self.what, self.whose)


def bucket(what: str, whose: str) -> str:
    """The key of a row, from which nobody learns whose it is."""
    digest = hmac.new(settings.SECRETS.token_key.encode(), f"guess:{whose}".encode(), hashlib.sha256).hexdigest()
    return f"{what}:{digest}"


@contextmanager
def failing_closed() -> Iterator[None]:
    """What cannot be counted is refused. Raises GuessesUncounted."""
    try:
        yield
    except DatabaseError as error:
        log.error("guesses_uncounted", error=type(error).__name__)
        raise GuessesUncounted from None


def reserve(counter: Counter) -> int:
    """Count a guess as wrong beforehand; returns how many that makes in a row.

    Raises TooManyAttempts with `retry_after` (seconds), PasswordStopped, or GuessesUncounted.
    """
    now = clock.real_now()
    with failing_closed(), connection.cursor() as cursor:
        cursor.execute(
            """insert into accounts_guesscounter as kept (bucket, failures, last_at) values (%(bucket)s, 1, %(now)s)
               on conflict (bucket) do update set failures = kept.failures + 1, last_at = %(now)s,
                 waits_until = case when kept.failures + 1 >= %(free)s then
                   %(now)s + make_interval(secs => (%(waits)s::int[])[least(kept.failures + 2 - %(free)s, %(most)s)])
                 end
               where (kept.waits_until is null or kept.waits_until <= %(now)s)
                 and (kept.failures < %(stops_at)s or not %(stops)s)
               returning failures""",
            {
                "bucket": counter.bucket,
                "now": now,
                "free": FREE,
                "waits": list(WAITS),
                "most": len(WAITS),
                "stops_at": STOPS_AT,
                "stops": counter.stops,
            },
        )
        row = cursor.fetchone()
        if row is None:
            raise _refusal(counter, now)
        return int(row[0])


def _refusal(counter: Counter, now: datetime) -> TooManyAttempts:
    row = GuessCounter.objects.filter(pk=counter.bucket).first()
    if row and counter.stops and row.failures >= STOPS_AT:
        return PasswordStopped(retry_after=0)
    left = (row.waits_until - now).total_seconds() if row and row.waits_until else 0
    return TooManyAttempts(retry_after=max(1, int(left) + 1))


def give_back(counter: Counter, failures: int, *, network: tuple[str, list[str | datetime]] | None = None) -> None:
    """Undo a reservation, the one that made `failures` in a row: the guess was right, or never checked.

    `network`: the statement that undoes the network's own reservation, run in the same go.
    """
    own = """update accounts_guesscounter set failures = greatest(0, failures - 1),
               waits_until = case when failures - 1 >= %s and failures <> %s then waits_until end
             where bucket = %s"""
    values: list[int | str | datetime] = [FREE, failures, counter.bucket]
    with failing_closed(), connection.cursor() as cursor:
        if network is None:
            cursor.execute(own, values)
        else:
            cursor.execute(f"with given_back as ({own}) {network[0]}", [*values, *network[1]])


def clear(*buckets: str) -> None:
    """Forget the failures counted in these places."""
    with failing_closed():
        GuessCounter.objects.filter(pk__in=buckets).delete()


def lift_stop(name: str) -> None:
    """End a stop, but not the wait after each wrong guess."""
    with failing_closed():
        GuessCounter.objects.filter(pk=name, failures__gte=STOPS_AT).update(failures=FREE + len(WAITS))


def forget_old() -> int:
    """Delete counters that rest and have locked nothing; returns how many. Run by the worker."""
    rested = clock.real_now() - FORGOTTEN_AFTER
    return GuessCounter.objects.filter(failures__lt=FREE, last_at__lt=rested).delete()[0]
