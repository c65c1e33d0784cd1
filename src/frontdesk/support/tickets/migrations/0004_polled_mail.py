"""Where a polled mailbox began, and marks of erased mails that it must not bring back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0003_proof_of_mails")]
    operations = [
        migrations.AddField("imapfolder", "begun_at", models.DateTimeField(null=True)),
        migrations.AddField("imapfolder", "old_below", models.BigIntegerField(default=0, db_default=0)),
        migrations.CreateModel(
            name="ErasedMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mark", models.CharField(max_length=64, unique=True)),
            ],
            options={"verbose_name": "erased mail", "verbose_name_plural": "erased mails"},
        ),
    ]
