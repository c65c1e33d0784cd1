"""What a provider said otherwise of a payment that was set aside, so that it is not told again once it is given up."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0009_taken_by_bank")]
    operations = [
        migrations.AddField(
            "payment", "difference", models.CharField(blank=True, db_default="", default="", max_length=80)
        ),
    ]
