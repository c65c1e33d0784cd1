"""The SQL functions that seat devices, judge leases and free seats: their only implementation."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"
BACKWARD = """
drop function licensing_remove_seats(timestamptz, uuid[], text, uuid, text, text[]);
drop function licensing_seen(json);
drop function licensing_lease(timestamptz, json);
drop function licensing_take_seats(timestamptz, timestamptz, json, json, text, uuid, text);
"""


def forward(name):
    return (SQL / name).read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("licensing", "0001_licensing"), ("core", "0003_signing"), ("catalog", "0001_catalog")]
    operations = [
        # The files are those of today, and may name columns that later migrations bring.
        migrations.RunSQL(
            [
                "set local check_function_bodies = off",
                forward("take_seats.sql"),
                forward("leases.sql"),
                forward("remove_seats.sql"),
            ],
            BACKWARD,
            elidable=False,
        )
    ]
