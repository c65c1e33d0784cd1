"""Counting attempts in PostgreSQL, so that every node and process shares one count.

An attempt is reserved before the costly or revealing work is done, which parallel attempts cannot pass, and may be
given back. Windows are fixed and aligned to the epoch. Real time, never the demo's.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection

from frontdesk.core import clock
from frontdesk.core.errors import TooManyAttempts


@dataclass(frozen=True)
class Limit:
    """At most `count` attempts in each window of `seconds`."""

    name: str
    count: int
    seconds: int


def bucket(limit: Limit, subject: str) -> str:
    """The counter's name: the subject (an address, a prefix) enters only as a keyed hash."""
    digest = hmac.new(settings.SECRETS.token_key.encode(), subject.encode(), hashlib.sha256).hexdigest()[:32]
    return f"{limit.name}:{digest}"


def reserve(limit: Limit, subject: str) -> None:
    """Count one attempt. Raises TooManyAttempts with `retry_after` (seconds) when the window is full."""
    now = clock.real_now()
    since = window(now, limit.seconds)
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into core_throttlecounter (bucket, "window", count) values (%s, %s, 1)
               on conflict (bucket, "window") do update set count = core_throttlecounter.count + 1 returning count""",
            [bucket(limit, subject), since],
        )
        (count,) = cursor.fetchone()
    if count > limit.count:
        until = since + timedelta(seconds=limit.seconds)
        raise TooManyAttempts(retry_after=max(1, int((until - now).total_seconds()) + 1))


def give_back(limit: Limit, subject: str) -> None:
    """Undo one reservation of the present window: the attempt turned out to be rightful."""
    with connection.cursor() as cursor:
        cursor.execute(*giving_back(limit, subject))


def giving_back(limit: Limit, subject: str) -> tuple[str, list[str | datetime]]:
    """The statement behind `give_back`, for who runs it in one go with another."""
    sql = 'update core_throttlecounter set count = greatest(0, count - 1) where bucket = %s and "window" = %s'
    return sql, [bucket(limit, subject), window(clock.real_now(), limit.seconds)]


def clear(limit: Limit, subject: str) -> None:
    """Forget all attempts: something has proved that the subject's owner is there."""
    with connection.cursor() as cursor:
        cursor.execute("delete from core_throttlecounter where bucket = %s", [bucket(limit, subject)])


def forget_old() -> int:
    """Delete counters older than two days; returns how many. Run by the worker."""
    with connection.cursor() as cursor:
        cursor.execute('delete from core_throttlecounter where "window" < %s', [clock.real_now() - timedelta(days=2)])
        return int(cursor.rowcount)


def window(now: datetime, seconds: int) -> datetime:
    """When the window of `seconds` began that the moment lies in: the same on every node."""
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)
