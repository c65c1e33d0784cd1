"""Whether a subscription's charges wait, since its licence is suspended."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_books")]
    operations = [
        migrations.AddField("subscription", "held_at", models.DateTimeField(null=True, verbose_name="held")),
    ]
