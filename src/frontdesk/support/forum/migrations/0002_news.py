"""What members are told, the mails about it, and where imported things stood before."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("forum", "0001_start"),
    ]

    operations = [
        migrations.CreateModel(
            name="NewsMail",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("internet_id", models.CharField(max_length=200, unique=True)),
                ("account_message", models.UUIDField(null=True)),
                ("told_until", models.PositiveIntegerField(default=0)),
                ("sent_at", models.DateTimeField()),
                ("bounced_at", models.DateTimeField(null=True)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="news_mails", to="forum.member"
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="news_mails",
                        to="forum.topic",
                    ),
                ),
            ],
            options={
                "verbose_name": "community mail",
                "verbose_name_plural": "community mails",
            },
        ),
        migrations.CreateModel(
            name="News",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("mention", "You are mentioned"),
                            ("answer", "Your post was answered"),
                            ("post", "There is a new post"),
                            ("topic", "There is a new topic"),
                            ("accepted", "Your answer was accepted"),
                            ("asked", "Our team was asked"),
                        ],
                        max_length=10,
                        verbose_name="what",
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                ("mail_at", models.DateTimeField(null=True)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="news", to="forum.member"
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="news", to="forum.post"
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="news", to="forum.topic"
                    ),
                ),
                (
                    "mail",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="news",
                        to="forum.newsmail",
                    ),
                ),
            ],
            options={
                "verbose_name": "piece of news",
                "verbose_name_plural": "news",
            },
        ),
        migrations.CreateModel(
            name="OldAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", models.CharField(max_length=500, unique=True)),
                (
                    "category",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="forum.category"
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="forum.post"
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="forum.topic"
                    ),
                ),
            ],
            options={
                "verbose_name": "old address",
                "verbose_name_plural": "old addresses",
            },
        ),
        migrations.AddIndex(
            model_name="newsmail",
            index=models.Index(fields=["member", "topic", "-sent_at"], name="forum_mails_of"),
        ),
        migrations.AddIndex(
            model_name="newsmail",
            index=models.Index(fields=["account_message"], name="forum_mail_by_message"),
        ),
        migrations.AddIndex(
            model_name="news",
            index=models.Index(fields=["member", "-created_at"], name="forum_news_of"),
        ),
        migrations.AddIndex(
            model_name="news",
            index=models.Index(condition=models.Q(("read_at", None)), fields=["member"], name="forum_news_unread"),
        ),
        migrations.AddIndex(
            model_name="news",
            index=models.Index(
                condition=models.Q(("mail_at__isnull", False)), fields=["mail_at"], name="forum_news_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="news",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind__in", ["accepted", "asked"]), _negated=True),
                fields=("member", "post"),
                name="forum_news_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="news",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind__in", ["accepted", "asked"])),
                fields=("member", "post", "kind"),
                name="forum_news_of_once",
            ),
        ),
    ]
