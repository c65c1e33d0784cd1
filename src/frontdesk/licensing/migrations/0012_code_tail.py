"""Agents find codes by their last group; without an index that reads all of them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("licensing", "0011_names")]
    operations = [
        migrations.AddIndex("code", models.Index(fields=["tail"], name="licensing_code_tail")),
    ]
