"""Why devices got no seat: the function writes it down, one row for each licence and reason."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("licensing", "0014_windows"),
    ]

    operations = [
        migrations.CreateModel(
            name="RefusedActivation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=40, verbose_name="reason")),
                ("times", models.PositiveIntegerField(verbose_name="times")),
                ("first_at", models.DateTimeField(verbose_name="first")),
                ("last_at", models.DateTimeField(verbose_name="last")),
                (
                    "platform",
                    models.CharField(
                        choices=[
                            ("windows", "Windows"),
                            ("macos", "macOS"),
                            ("linux", "Linux"),
                            ("android", "Android"),
                            ("ios", "iOS"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                        verbose_name="platform",
                    ),
                ),
                ("app_version", models.CharField(blank=True, default="", max_length=50, verbose_name="version")),
                (
                    "license",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="refused_activations",
                        to="licensing.license",
                    ),
                ),
            ],
            options={
                "verbose_name": "refused activation",
                "verbose_name_plural": "refused activations",
                "ordering": ("-last_at",),
                "constraints": [models.UniqueConstraint(fields=("license", "reason"), name="licensing_refused_once")],
            },
        ),
        # No way back: the function of before lies nowhere any more, and this one needs the table.
        migrations.RunSQL((SQL / "take_seats.sql").read_text(encoding="utf-8")),
    ]
