"""By which the provider knows a card again, so that one card is kept once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column; the version before leaves it empty."""

    dependencies = [("billing", "0007_ended_while_resting")]

    operations = [
        migrations.AddField(
            "paymentmethod",
            "fingerprint",
            models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
    ]
