"""Licences that are sold: codes of orders, and tolerance past the end while a late charge is to come."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("licensing", "0012_code_tail")]
    operations = [
        migrations.AddField(
            "license", "tolerated_until", models.DateTimeField(null=True, verbose_name="tolerated until")
        ),
        migrations.AlterField(
            "batch",
            "kind",
            models.CharField(
                choices=[
                    ("retail", "Shop cards"),
                    ("gift", "Gift"),
                    ("reseller", "Reseller"),
                    ("replacement", "Replacement of a lost code"),
                    ("order", "Order"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
        # Both know the new column from here on. Going back, the functions of 0002 fail until it is unapplied too.
        migrations.RunSQL(
            [(SQL / name).read_text(encoding="utf-8") for name in ("take_seats.sql", "leases.sql")],
            migrations.RunSQL.noop,
            elidable=False,
        ),
    ]
