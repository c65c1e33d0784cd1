"""Profiles are reported like posts: a flag is about one of the two. The code before this one goes on flagging posts."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("forum", "0007_unseen_solutions")]

    operations = [
        migrations.AlterField(
            model_name="flag",
            name="post",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="flags", to="forum.post"
            ),
        ),
        migrations.AddField(
            model_name="flag",
            name="profile",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="reports", to="forum.member"
            ),
        ),
        migrations.AddConstraint(
            model_name="flag",
            constraint=models.UniqueConstraint(
                condition=Q(("decided_at", None), ("profile__isnull", False)),
                fields=("profile", "member"),
                name="forum_profile_flag_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="flag",
            constraint=models.CheckConstraint(
                condition=Q(("post__isnull", False), ("profile", None)) | Q(("post", None), ("profile__isnull", False)),
                name="forum_flags_one_thing",
            ),
        ),
    ]
