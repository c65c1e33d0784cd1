"""Which versions of a post were seen by all its readers: what waited or was hidden does not stand in its history.

Of what was kept before nobody knows it any more: the versions of posts that were looked at are for the team and their
authors alone.
"""

from django.db import migrations, models

FILL = """
update forum_revision r set was_seen = false
 where exists (select from forum_post p where p.id = r.post_id and p.state in ('waiting', 'hidden'))
    or exists (select from forum_decision d where d.post_id = r.post_id
                and d.what in ('post.approved', 'post.held', 'post.hidden'))
"""


class Migration(migrations.Migration):
    dependencies = [("forum", "0003_order")]

    operations = [
        migrations.AddField(
            model_name="revision",
            name="was_seen",
            # The database knows the default, too, so that the code before this one can go on writing.
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AlterField(
            model_name="post",
            name="state",
            field=models.CharField(
                choices=[
                    ("visible", "Visible"),
                    ("waiting", "Waits for a look"),
                    ("hidden", "Hidden"),
                    ("deleted", "Deleted"),
                ],
                default="visible",
                max_length=10,
                verbose_name="state",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
