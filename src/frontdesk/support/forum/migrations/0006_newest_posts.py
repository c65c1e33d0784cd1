"""An index of the newest posts: the search for a common word stops when it has enough of them."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("forum", "0005_wishes_and_marks")]

    operations = [
        migrations.AddIndex(
            model_name="post",
            index=models.Index(fields=["-created_at"], name="forum_post_newest", condition=Q(state="visible")),
        ),
    ]
