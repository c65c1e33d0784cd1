"""Waking the pages that wait for a topic.

A wake is written in the transaction whose outcome it tells, so that a rolled back one wakes nobody, and goes by NOTIFY
to every gateway. With Redis it goes there behind the commit, and by NOTIFY whenever Redis does not take it. A wake may
be lost (a gateway is just starting): pages ask for what they have missed whenever they connect.
"""

from dataclasses import dataclass
from functools import partial
from uuid import UUID

import msgspec
from django.db import DatabaseError, connection, transaction

from frontdesk.core.live import remote
from frontdesk.core.live.topics import WORD, Topic, person

CHANNEL = "frontdesk_live"
ACCESS = "access"  # the kind of wake by which a gateway has somebody's streams asked for anew


class _Written(msgspec.Struct):
    topic: str
    kind: str
    sequence: int


@dataclass(frozen=True, slots=True)
class Wake:
    """Something about a topic is new, up to this sequence (0 where nothing is counted). Words never travel."""

    topic: Topic
    kind: str
    sequence: int = 0

    def written(self) -> str:
        """As gateways and pages get it."""
        return msgspec.json.encode(_Written(str(self.topic), self.kind, self.sequence)).decode()

    @classmethod
    def read(cls, written: str | bytes) -> "Wake":
        """The wake that was written. Raises ValueError."""
        found = _decoder.decode(written)
        if not WORD.fullmatch(found.kind):
            raise ValueError("a kind is a short word in small letters")
        return cls(Topic.read(found.topic), found.kind, found.sequence)


_decoder = msgspec.json.Decoder(_Written)


def wake(*topics: Topic, kind: str, sequence: int = 0) -> None:
    """Wake everybody who waits for one of these, once the transaction commits."""
    written = [Wake(topic, kind, sequence).written() for topic in topics]
    if remote.is_usable():
        transaction.on_commit(partial(_publish, written))
    else:
        _notify(written)


def judge_anew(number: UUID) -> None:
    """Somebody has signed out, or may see less than before: their open streams end, and are asked for anew."""
    wake(person(number), kind=ACCESS)


def _publish(written: list[str]) -> None:
    """Behind the commit nothing may fail any more: what cannot be told now is fetched later."""
    if not remote.publish(written):
        try:
            _notify(written)
        except DatabaseError:
            return


def _notify(written: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify(%s, written) from unnest(%s::text[]) written", [CHANNEL, written])
