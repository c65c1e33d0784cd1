"""The numbers of tickets for streams that have served. Unlogged: they matter for a minute."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0004_names"),
    ]

    operations = [
        migrations.CreateModel(
            name="SpentTicket",
            fields=[
                ("nonce", models.UUIDField(primary_key=True, serialize=False)),
                ("until", models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(
            "alter table core_spentticket set unlogged",
            "alter table core_spentticket set logged",
        ),
    ]
