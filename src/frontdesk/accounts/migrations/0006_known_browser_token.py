"""A browser is looked up by its token alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_security")]

    operations = [
        migrations.AlterField(
            model_name="knownbrowser", name="token_hash", field=models.CharField(db_index=True, max_length=64)
        ),
    ]
