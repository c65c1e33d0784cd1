"""The tables of chats."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tickets", "0007_in_chat"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Visitor",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("address", models.EmailField(max_length=254, verbose_name="e-mail address")),
                ("name", models.CharField(blank=True, default="", max_length=100, verbose_name="name")),
                ("language", models.CharField(blank=True, default="", max_length=10)),
                ("code_hash", models.BinaryField(max_length=32, null=True)),
                ("code_until", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("proved_at", models.DateTimeField(null=True)),
                ("secret_hash", models.BinaryField(max_length=32, null=True, unique=True)),
                ("expires_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "verbose_name": "visitor",
                "verbose_name_plural": "visitors",
            },
        ),
        migrations.CreateModel(
            name="Chat",
            fields=[
                (
                    "conversation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="chat",
                        serialize=False,
                        to="tickets.conversation",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("active", "Active"),
                            ("ended", "Ended"),
                            ("ticket", "Goes on by mail"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "visitor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="chats",
                        to="chat.visitor",
                    ),
                ),
                (
                    "agent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("page", models.CharField(blank=True, default="", max_length=500, verbose_name="page")),
                ("site", models.CharField(blank=True, default="", max_length=200, verbose_name="site")),
                ("began_at", models.DateTimeField(verbose_name="begun")),
                ("given_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True, verbose_name="first answered")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                (
                    "ended_by",
                    models.CharField(
                        blank=True,
                        choices=[("customer", "Customer"), ("agent", "Agent"), ("silence", "Nobody wrote any more")],
                        default="",
                        max_length=10,
                        verbose_name="ended by",
                    ),
                ),
                ("asked_at", models.DateTimeField(null=True)),
                ("silent_since", models.DateTimeField(null=True)),
                ("customer_here_until", models.DateTimeField(null=True)),
                ("agent_read_sequence", models.PositiveIntegerField(default=0)),
                ("mailed_sequence", models.PositiveIntegerField(default=0)),
                ("transcript_sent_at", models.DateTimeField(null=True)),
                ("next_step_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "chat",
                "verbose_name_plural": "chats",
                "indexes": [
                    models.Index(condition=models.Q(("state", "waiting")), fields=["began_at"], name="chat_queue"),
                    models.Index(
                        condition=models.Q(("next_step_at__isnull", False)), fields=["next_step_at"], name="chat_due"
                    ),
                    models.Index(fields=["-began_at"], name="chat_by_start"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state__in", ["waiting", "active"])),
                            models.Q(("ended_at__isnull", False), ("state__in", ["ended", "ticket"])),
                            _connector="OR",
                        ),
                        name="chat_over_or_not",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ChatSettings",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ("is_open", models.BooleanField(default=True, verbose_name="chat is offered")),
                ("sites", models.TextField(blank=True, default="", verbose_name="other sites")),
                (
                    "take_within_seconds",
                    models.PositiveIntegerField(default=90, verbose_name="seconds until a chat goes to the next agent"),
                ),
                (
                    "ask_after_minutes",
                    models.PositiveIntegerField(default=5, verbose_name="minutes until a silent customer is asked"),
                ),
                (
                    "end_after_minutes",
                    models.PositiveIntegerField(default=15, verbose_name="minutes until a silent chat ends"),
                ),
                (
                    "longest_wait_minutes",
                    models.PositiveIntegerField(
                        default=15, verbose_name="minutes until a waiting chat goes on by mail"
                    ),
                ),
                (
                    "changed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "chat settings",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="chat_settings_one")],
            },
        ),
    ]
