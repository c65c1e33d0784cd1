"""What a recovery needs on its way, and the banner that tells of it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_known_browser_token"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="recovery",
            name="stop_token_hash",
        ),
        migrations.AddField(
            model_name="person",
            name="recovery_due_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="recovery",
            name="email",
            field=models.EmailField(db_default="", default="", max_length=254, verbose_name="account's address"),
        ),
        migrations.AddField(
            model_name="recovery",
            name="expired_at",
            field=models.DateTimeField(null=True, verbose_name="expired"),
        ),
        migrations.AddField(
            model_name="recovery",
            name="ip_prefix",
            field=models.CharField(blank=True, db_default="", default="", max_length=50),
        ),
        migrations.AddField(
            model_name="recovery",
            name="link_expires_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="recovery",
            name="link_sent_at",
            field=models.DateTimeField(null=True, verbose_name="link sent"),
        ),
        migrations.AddField(
            model_name="recovery",
            name="link_token_hash",
            field=models.CharField(blank=True, db_default="", db_index=True, default="", max_length=64),
        ),
        migrations.AddField(
            model_name="recovery",
            name="next_at",
            field=models.DateTimeField(db_index=True, null=True),
        ),
        migrations.AddField(
            model_name="recovery",
            name="reach_expires_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="recovery",
            name="reminded_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="recovery",
            name="state_mark",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="recovery",
            name="stopped_by",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        migrations.AddField(
            model_name="recovery",
            name="user_agent",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="recovery",
            name="wants_address",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="wants the account to have this address"
            ),
        ),
        migrations.AlterField(
            model_name="recovery",
            name="due_at",
            field=models.DateTimeField(null=True, verbose_name="due"),
        ),
        migrations.AlterField(
            model_name="recovery",
            name="person",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="recoveries",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="recovery",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("completed_at", None),
                    ("expired_at", None),
                    ("refused_at", None),
                    ("stopped_at", None),
                    ("approved_at__isnull", False),
                ),
                fields=("person",),
                name="accounts_one_waiting_recovery",
            ),
        ),
    ]
