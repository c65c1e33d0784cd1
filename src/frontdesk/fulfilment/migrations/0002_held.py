"""Licences that were suspended before: their charges wait from now on, as those of licences suspended later do."""

from django.db import migrations

HOLD = """
update billing_subscription s set held_at = l.suspended_at
  from licensing_license l
 where l.id = s.license and l.suspended_at is not null and s.ended_at is null
"""


class Migration(migrations.Migration):
    dependencies = [("fulfilment", "0001_holds"), ("billing", "0003_held"), ("licensing", "0014_windows")]
    operations = [migrations.RunSQL(HOLD, migrations.RunSQL.noop)]
