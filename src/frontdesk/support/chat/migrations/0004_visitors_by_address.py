"""Guests are looked up by their address: for their chats on other devices, and before their rows are deleted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chat", "0003_no_moment_of_the_transcript")]

    operations = [
        migrations.AddIndex(model_name="visitor", index=models.Index(fields=["address"], name="chat_visitor_address"))
    ]
