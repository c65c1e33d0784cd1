"""What was read of a mail is kept, so that its page need not read it again, and what could not be read is told."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    """Columns that the code before may leave empty."""

    dependencies = [("tickets", "0005_rule_runs_by_time")]

    operations = [
        migrations.AddField(
            model_name="incomingmail",
            name="reports",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=30), db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField(model_name="rawmail", name="text", field=models.TextField(null=True)),
        migrations.AddField(model_name="rawmail", name="quoted", field=models.TextField(null=True)),
        migrations.AddField(model_name="rawmail", name="files", field=models.JSONField(null=True)),
    ]
