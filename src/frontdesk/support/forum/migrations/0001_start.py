"""The tables of the forum, and the sequence that numbers its topics."""

import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalog", "0003_trials_and_devices"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL("create sequence forum_topic_number", "drop sequence forum_topic_number"),
        migrations.CreateModel(
            name="Category",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("slug", models.SlugField(max_length=60, unique=True, verbose_name="slug")),
                ("titles", models.JSONField(default=dict, verbose_name="titles")),
                ("abouts", models.JSONField(default=dict, verbose_name="descriptions")),
                (
                    "reads",
                    models.CharField(
                        choices=[
                            ("everybody", "Everybody"),
                            ("owners", "Owners of the product"),
                            ("staff", "The team"),
                        ],
                        default="everybody",
                        max_length=10,
                        verbose_name="who reads",
                    ),
                ),
                (
                    "begins",
                    models.CharField(
                        choices=[
                            ("everybody", "Everybody"),
                            ("owners", "Owners of the product"),
                            ("staff", "The team"),
                        ],
                        default="everybody",
                        max_length=10,
                        verbose_name="who begins topics",
                    ),
                ),
                ("asks", models.BooleanField(default=True, verbose_name="topics are questions")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                ("external_id", models.CharField(blank=True, default="", max_length=100)),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="catalog.product",
                        verbose_name="product",
                    ),
                ),
            ],
            options={
                "verbose_name": "category",
                "verbose_name_plural": "categories",
                "ordering": ("position", "slug"),
            },
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("handle", models.CharField(max_length=40, unique=True, verbose_name="handle")),
                ("name", models.CharField(blank=True, default="", max_length=100, verbose_name="name")),
                ("about", models.TextField(blank=True, default="", verbose_name="about")),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "New"), (1, "Basic"), (2, "Member"), (3, "Regular"), (4, "Leader")],
                        default=0,
                        verbose_name="level",
                    ),
                ),
                ("level_fixed", models.BooleanField(default=False)),
                ("joined_at", models.DateTimeField(verbose_name="joined")),
                ("agreed_at", models.DateTimeField(null=True)),
                ("seen_on", models.DateField(null=True)),
                ("days_seen", models.PositiveIntegerField(default=0)),
                ("topics_read", models.PositiveIntegerField(default=0)),
                ("post_count", models.PositiveIntegerField(default=0)),
                ("likes_received", models.PositiveIntegerField(default=0)),
                ("accepted_count", models.PositiveIntegerField(default=0)),
                ("silenced_until", models.DateTimeField(null=True)),
                ("banned_at", models.DateTimeField(null=True)),
                ("mails_mentions", models.BooleanField(default=True, verbose_name="mail when I am mentioned")),
                ("digest_days", models.PositiveSmallIntegerField(default=7, verbose_name="digest")),
                ("digest_at", models.DateTimeField(null=True)),
                ("external_id", models.CharField(blank=True, default="", max_length=100)),
                ("claim_address_hash", models.BinaryField(max_length=32, null=True)),
                (
                    "person",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="member",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "member",
                "verbose_name_plural": "members",
            },
        ),
        migrations.CreateModel(
            name="FormerHandle",
            fields=[
                ("handle", models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="handle")),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="former_handles", to="forum.member"
                    ),
                ),
            ],
            options={
                "verbose_name": "former handle",
                "verbose_name_plural": "former handles",
            },
        ),
        migrations.CreateModel(
            name="Post",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("client_id", models.UUIDField()),
                ("text", models.TextField(verbose_name="text")),
                ("html", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("visible", "Visible"),
                            ("waiting", "Waits for a look"),
                            ("hidden", "Hidden"),
                            ("deleted", "Deleted by its author"),
                        ],
                        default="visible",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("is_official", models.BooleanField(default=False)),
                (
                    "mentions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                ("like_count", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(verbose_name="written")),
                ("edited_at", models.DateTimeField(null=True, verbose_name="edited")),
                ("edit_count", models.PositiveSmallIntegerField(default=0)),
                ("waits_for", models.CharField(blank=True, default="", max_length=40)),
                ("by_mail", models.BooleanField(default=False)),
                ("search", django.contrib.postgres.search.SearchVectorField(null=True)),
                ("external_id", models.CharField(blank=True, default="", max_length=100)),
                (
                    "answers",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="answered_by",
                        to="forum.post",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="posts", to="forum.member"
                    ),
                ),
            ],
            options={
                "verbose_name": "post",
                "verbose_name_plural": "posts",
                "ordering": ("number",),
            },
        ),
        migrations.CreateModel(
            name="Picture",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("file", models.CharField(max_length=200, unique=True)),
                ("content_type", models.CharField(max_length=60, verbose_name="type")),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("size", models.PositiveIntegerField(verbose_name="bytes")),
                ("source_hash", models.BinaryField(max_length=32)),
                ("created_at", models.DateTimeField(verbose_name="uploaded")),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pictures", to="forum.member"
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="pictures", to="forum.post"
                    ),
                ),
            ],
            options={
                "verbose_name": "picture",
                "verbose_name_plural": "pictures",
            },
        ),
        migrations.CreateModel(
            name="Flag",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("spam", "Spam"),
                            ("rude", "Rude or hurtful"),
                            ("place", "In the wrong place"),
                            ("private", "Shows what is private"),
                            ("other", "Something else"),
                        ],
                        max_length=10,
                        verbose_name="what",
                    ),
                ),
                ("words", models.CharField(blank=True, default="", max_length=500, verbose_name="words")),
                ("weight", models.PositiveSmallIntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("was_right", models.BooleanField(null=True)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="flags", to="forum.member"
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="flags", to="forum.post"
                    ),
                ),
            ],
            options={
                "verbose_name": "flag",
                "verbose_name_plural": "flags",
            },
        ),
        migrations.CreateModel(
            name="Reaction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField()),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reactions", to="forum.member"
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reactions", to="forum.post"
                    ),
                ),
            ],
            options={
                "verbose_name": "reaction",
                "verbose_name_plural": "reactions",
            },
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("text", models.TextField()),
                ("title", models.CharField(blank=True, default="", max_length=200)),
                ("reason", models.CharField(blank=True, default="", max_length=200, verbose_name="reason")),
                ("until", models.DateTimeField()),
                (
                    "editor",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="forum.member"
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="revisions", to="forum.post"
                    ),
                ),
            ],
            options={
                "verbose_name": "revision",
                "verbose_name_plural": "revisions",
                "ordering": ("until",),
            },
        ),
        migrations.CreateModel(
            name="Topic",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveBigIntegerField(unique=True)),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("slug", models.CharField(max_length=120)),
                ("language", models.CharField(blank=True, default="", max_length=10)),
                ("created_at", models.DateTimeField(verbose_name="begun")),
                ("last_number", models.PositiveIntegerField(default=0)),
                ("post_count", models.PositiveIntegerField(default=0)),
                ("last_post_at", models.DateTimeField(verbose_name="last post")),
                ("views", models.PositiveIntegerField(default=0, verbose_name="views")),
                ("solved_at", models.DateTimeField(null=True, verbose_name="solved")),
                ("locked_at", models.DateTimeField(null=True, verbose_name="locked")),
                ("pinned_at", models.DateTimeField(null=True, verbose_name="pinned")),
                ("hidden_at", models.DateTimeField(null=True)),
                ("unanswered_since", models.DateTimeField(null=True)),
                ("escalate_at", models.DateTimeField(null=True)),
                ("conversation", models.UUIDField(null=True)),
                ("external_id", models.CharField(blank=True, default="", max_length=100)),
                (
                    "accepted",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="forum.post"
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="topics", to="forum.member"
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="topics",
                        to="forum.category",
                        verbose_name="category",
                    ),
                ),
                (
                    "last_poster",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="forum.member"
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="merged", to="forum.topic"
                    ),
                ),
            ],
            options={
                "verbose_name": "topic",
                "verbose_name_plural": "topics",
            },
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("watch", "By mail, at once"),
                            ("digest", "In the digest"),
                            ("read", "Not at all"),
                            ("muted", "Muted"),
                        ],
                        max_length=10,
                        verbose_name="how",
                    ),
                ),
                ("last_number", models.PositiveIntegerField(default=0)),
                ("mailed_number", models.PositiveIntegerField(default=0)),
                ("reply_token", models.CharField(max_length=40, null=True, unique=True)),
                (
                    "category",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subscriptions",
                        to="forum.category",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="subscriptions", to="forum.member"
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subscriptions",
                        to="forum.topic",
                    ),
                ),
            ],
            options={
                "verbose_name": "subscription",
                "verbose_name_plural": "subscriptions",
            },
        ),
        migrations.AddField(
            model_name="post",
            name="topic",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="posts", to="forum.topic"
            ),
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("what", models.CharField(max_length=40, verbose_name="what")),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("data", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="decisions",
                        to="forum.member",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="decisions",
                        to="forum.post",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="decisions",
                        to="forum.topic",
                    ),
                ),
            ],
            options={
                "verbose_name": "decision",
                "verbose_name_plural": "decisions",
                "ordering": ("-created_at",),
            },
        ),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(
                condition=models.Q(("digest_at__isnull", False)), fields=["digest_at"], name="forum_digest_due"
            ),
        ),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(fields=["-accepted_count", "-likes_received"], name="forum_experts"),
        ),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(
                condition=models.Q(("claim_address_hash", None), _negated=True),
                fields=["claim_address_hash"],
                name="forum_claims",
            ),
        ),
        migrations.AddConstraint(
            model_name="member",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_id", ""), _negated=True),
                fields=("external_id",),
                name="forum_member_imported_once",
            ),
        ),
        migrations.AddIndex(
            model_name="picture",
            index=models.Index(condition=models.Q(("post", None)), fields=["created_at"], name="forum_pictures_unsent"),
        ),
        migrations.AddIndex(
            model_name="flag",
            index=models.Index(
                condition=models.Q(("decided_at", None)), fields=["created_at"], name="forum_flags_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="flag",
            constraint=models.UniqueConstraint(fields=("post", "member"), name="forum_flag_once"),
        ),
        migrations.AddConstraint(
            model_name="reaction",
            constraint=models.UniqueConstraint(fields=("post", "member"), name="forum_reaction_once"),
        ),
        migrations.AddIndex(
            model_name="revision",
            index=models.Index(fields=["post", "until"], name="forum_revisions_of"),
        ),
        migrations.AddIndex(
            model_name="topic",
            index=models.Index(
                condition=models.Q(("merged_into", None)),
                fields=["category", "-last_post_at", "-id"],
                name="forum_by_category",
            ),
        ),
        migrations.AddIndex(
            model_name="topic",
            index=models.Index(
                condition=models.Q(("merged_into", None)), fields=["-last_post_at", "-id"], name="forum_by_last"
            ),
        ),
        migrations.AddIndex(
            model_name="topic",
            index=models.Index(
                condition=models.Q(("unanswered_since__isnull", False)),
                fields=["unanswered_since"],
                name="forum_unanswered",
            ),
        ),
        migrations.AddIndex(
            model_name="topic",
            index=models.Index(
                condition=models.Q(("solved_at__isnull", False)), fields=["-solved_at", "-id"], name="forum_solved"
            ),
        ),
        migrations.AddIndex(
            model_name="topic",
            index=models.Index(
                condition=models.Q(("escalate_at__isnull", False)), fields=["escalate_at"], name="forum_escalate"
            ),
        ),
        migrations.AddIndex(
            model_name="topic",
            index=models.Index(fields=["author", "-created_at"], name="forum_topics_of"),
        ),
        migrations.AddIndex(
            model_name="topic",
            index=models.Index(
                condition=models.Q(("conversation", None), _negated=True),
                fields=["conversation"],
                name="forum_by_conversation",
            ),
        ),
        migrations.AddConstraint(
            model_name="topic",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_id", ""), _negated=True),
                fields=("external_id",),
                name="forum_topic_imported_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("category", None), ("topic__isnull", False)),
                    models.Q(("category__isnull", False), ("topic", None)),
                    _connector="OR",
                ),
                name="forum_follows_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(fields=("member", "topic"), name="forum_follows_topic_once"),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(fields=("member", "category"), name="forum_follows_category_once"),
        ),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(fields=["author", "-created_at"], name="forum_posts_of"),
        ),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(condition=models.Q(("state", "waiting")), fields=["created_at"], name="forum_waiting"),
        ),
        migrations.AddIndex(
            model_name="post",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search"], name="forum_post_search"),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.UniqueConstraint(fields=("topic", "number"), name="forum_post_number"),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.UniqueConstraint(fields=("author", "client_id"), name="forum_post_once"),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_id", ""), _negated=True),
                fields=("external_id",),
                name="forum_post_imported_once",
            ),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(fields=["-created_at"], name="forum_decisions_by_time"),
        ),
    ]
