"""Checking the books against the rows: each row that moved money is booked with its amount, and nothing else is."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import connection


@dataclass(frozen=True)
class Difference:
    """Something that should be equal and is not. `where`: provider, ledger, rows, or what another app calls it."""

    where: str
    subject: str
    what: str


CHECKS = (Path(__file__).parent / "sql" / "books.sql").read_text()


def differences() -> Iterator[Difference]:
    """Everything that is wrong, by one look at all tables of billing."""
    with connection.cursor() as cursor:
        cursor.execute(CHECKS)
        for where, subject, what in cursor.fetchall():
            yield Difference(where, subject, what)
