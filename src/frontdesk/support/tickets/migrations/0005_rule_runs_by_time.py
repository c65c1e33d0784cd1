"""The runs of a rule by time: for its log, and for how often it ran lately."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0004_polled_mail")]

    operations = [
        migrations.AddIndex(
            model_name="rulerun",
            index=models.Index(fields=["rule", "-at"], name="tickets_rule_run_at"),
        ),
    ]
