"""Articles that only the staff may read."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("helpcentre", "0002_long_addresses")]

    operations = [
        migrations.AddField(
            model_name="article",
            name="is_internal",
            # The database knows the default, too, so that the code before this one can go on writing.
            field=models.BooleanField(db_default=False, default=False, verbose_name="for the team only"),
        ),
    ]
