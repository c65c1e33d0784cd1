"""The one function that derives a licence's end from its terms, and what hand-overs, batches and offline seats need."""

from pathlib import Path

import django.contrib.postgres.fields
from django.db import migrations, models

SQL = (Path(__file__).parent.parent / "sql" / "terms.sql").read_text()
BACKWARD = """
drop function licensing_resequence(uuid);
drop function licensing_sequence(uuid);
drop function licensing_add_months(timestamptz, int);
"""


class Migration(migrations.Migration):
    dependencies = [("licensing", "0002_seats")]
    operations = [
        migrations.AddField("batch", "voided_at", models.DateTimeField(null=True, verbose_name="voided")),
        migrations.AddField(
            "handover",
            "devices_to_free",
            django.contrib.postgres.fields.ArrayField(models.UUIDField(), db_default=[], default=list, size=None),
        ),
        migrations.RunSQL(SQL, BACKWARD),
    ]
