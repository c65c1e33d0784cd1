"""How much of a refund that came back the bank took with a dispute; known before only from how it was booked."""

from django.db import migrations, models
from django.db.models import F, Q

FROM_THE_BOOKS = """
update billing_refund r
   set by_bank_minor = r.amount_minor, by_bank_at = r.made_good_at
  from billing_ledgerentry e
 where e.booking = 'refund:' || r.id || ':good' and e.account = 'loss' and r.made_good_at is not null
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0008_card_fingerprint")]
    operations = [
        migrations.AddField(
            "refund",
            "by_bank_minor",
            models.PositiveIntegerField(db_default=0, default=0, verbose_name="taken by the bank with a dispute"),
        ),
        migrations.AddField("refund", "by_bank_at", models.DateTimeField(null=True)),
        migrations.RunSQL(FROM_THE_BOOKS, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "refund",
            models.CheckConstraint(
                condition=Q(by_bank_minor__lte=F("amount_minor")), name="billing_refund_by_bank_within"
            ),
        ),
    ]
