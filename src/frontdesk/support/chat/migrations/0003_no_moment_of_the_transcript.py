"""When a transcript went out stands in its mail; nothing read this moment."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("chat", "0002_secrets_out_of_pages")]

    operations = [migrations.RemoveField(model_name="chat", name="transcript_sent_at")]
