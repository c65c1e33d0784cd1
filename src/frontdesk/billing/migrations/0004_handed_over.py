"""When the licence of a subscription went into other hands than its payer's."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_held")]
    operations = [
        migrations.AddField(
            "subscription", "handed_over_at", models.DateTimeField(null=True, verbose_name="handed over")
        ),
    ]
