"""Refunds that a bank sent back after they had gone through, and when they were made good."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0005_unreached")]
    operations = [
        migrations.AddField(
            "refund", "came_back_at", models.DateTimeField(null=True, verbose_name="sent back by the bank")
        ),
        migrations.AddField(
            "refund", "made_good_at", models.DateTimeField(null=True, verbose_name="made good in another way")
        ),
    ]
