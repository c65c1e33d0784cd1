"""How far a mail's sender was proved stands with its message: copies after a merge or split have no mail of their own.

A message and its copies bear the number of the mail that they came by.
"""

from django.db import migrations

FILL = """
    update tickets_message m set data = m.data || jsonb_build_object('authentication', i.authentication)
      from tickets_incomingmail i
     where i.id = m.client_id and m.kind = 'customer' and m.channel = 'mail' and m.redacted_at is null
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0002_inbox_search")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
