"""Two more verdicts: of mails that become posts of the community."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0007_in_chat"),
    ]

    operations = [
        migrations.AlterField(
            model_name="incomingmail",
            name="verdict",
            field=models.CharField(
                blank=True,
                choices=[
                    ("opened", "Opened a conversation"),
                    ("reply", "Continued a conversation"),
                    ("posted", "Became a post in the community"),
                    ("refused", "Refused, and the sender told why"),
                    ("review", "Waits for review"),
                    ("duplicate", "Had come before"),
                    ("own", "Our own mail came back"),
                    ("auto_reply", "Automatic reply"),
                    ("bounce", "Could not be delivered"),
                    ("list", "From a mailing list"),
                    ("empty", "Said nothing"),
                    ("unreadable", "Could not be read"),
                    ("too_large", "Too large"),
                    ("blocked", "From a blocked sender"),
                    ("timed_out", "Took too long to read"),
                    ("dismissed", "Dismissed by staff"),
                ],
                default="",
                max_length=12,
                verbose_name="verdict",
            ),
        ),
    ]
