"""Emptying the tables after a test that committed, by row.

Django truncates every table, which gives each a new file: half a second for a few dozen rows.
"""

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test import TransactionTestCase

from frontdesk.billing import taxes

KEPT = {ContentType._meta.db_table, Permission._meta.db_table}  # which Django would make anew
MOST_BYTES = 8_000_000  # rows that are gone keep their space


def empty() -> None:
    """Leave what a migration leaves: tables without rows, but for the rates of taxes. Waits for who still writes.

    Raises OperationalError: somebody goes on writing for longer than a lock is waited for.
    """
    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT
    names = ", ".join(map(connection.ops.quote_name, sorted(tables)))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"lock table {names} in exclusive mode")
        cursor.execute(
            "select relname, pg_table_size(oid) from pg_class where relkind = 'r' and relname = any(%s)"
            " and relnamespace = current_schema()::regnamespace and pg_relation_size(oid) > 0",
            [list(tables)],
        )
        sizes = dict(cursor.fetchall())
        # Neither foreign keys nor what guards the audit and the ledger from deleting.
        cursor.execute("set local session_replication_role = replica")
        if sum(sizes.values()) > MOST_BYTES:
            cursor.execute(f"truncate {names} cascade")
        elif sizes:
            cursor.execute("; ".join(f"delete from {connection.ops.quote_name(name)}" for name in sizes))  # noqa: S608
        cursor.execute("set local session_replication_role = origin")
        taxes.load_ours()


def empty_by_row() -> None:
    """Let Django's tests that commit end so."""
    setattr(TransactionTestCase, "_fixture_teardown", lambda _case: empty())  # noqa: B010 - unknown to the stubs
