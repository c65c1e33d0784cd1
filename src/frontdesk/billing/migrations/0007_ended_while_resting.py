"""One more reason why a subscription ended: its licence rested."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0006_refund_came_back")]

    operations = [
        migrations.AlterField(
            model_name="subscription",
            name="end_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("not_renewed", "Automatic renewal was off"),
                    ("unpaid", "The renewal was not paid"),
                    ("rested", "The licence was suspended, so that nothing was charged"),
                    ("refunded", "It was paid back"),
                    ("withdrawn", "The contract was withdrawn from"),
                    ("disputed", "The bank took the money back"),
                    ("erased", "The account was deleted"),
                ],
                default="",
                max_length=12,
                verbose_name="why it ended",
            ),
        ),
    ]
