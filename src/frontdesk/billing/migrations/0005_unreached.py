"""Since when no mail server takes the notices of a subscription's coming charge."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0004_handed_over")]
    operations = [
        migrations.AddField(
            "subscription",
            "unreached_since",
            models.DateTimeField(null=True, verbose_name="mails do not arrive since"),
        ),
    ]
