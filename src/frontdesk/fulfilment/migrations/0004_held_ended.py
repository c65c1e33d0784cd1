"""Subscriptions that ended while their licence was suspended: whether it still is, is theirs to know from now on."""

from django.db import migrations

HOLD = """
update billing_subscription s set held_at = l.suspended_at
  from licensing_license l
 where l.id = s.license and s.ended_at is not null and (s.held_at is null) <> (l.suspended_at is null)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("fulfilment", "0003_plan_levels"),
        ("billing", "0009_taken_by_bank"),
        ("licensing", "0015_refused_activations"),
    ]
    operations = [migrations.RunSQL(HOLD, migrations.RunSQL.noop)]
