"""What reconciliation compares between money and licences: each paid invoice has its time, unless it went back."""

from collections.abc import Iterator
from pathlib import Path

from django.db import connection

from frontdesk.billing.books import Difference

CHECKS = (Path(__file__).parent / "sql" / "licences.sql").read_text()


def licences() -> Iterator[Difference]:
    """Everything that differs, by one look at all paid invoices."""
    with connection.cursor() as cursor:
        cursor.execute(CHECKS)
        for subject, what in cursor.fetchall():
            yield Difference("licences", subject, what)
