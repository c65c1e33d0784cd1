"""Conversations that are talked in at this moment."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0006_mail_as_read")]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="in_chat",
            # The database knows the default, too, so that the code before this one can go on writing.
            field=models.BooleanField(db_default=False, default=False, verbose_name="in chat"),
        ),
    ]
