"""Addresses of any length: a slug of 120 letters of another script has over a thousand signs in an address."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("helpcentre", "0001_start")]

    operations = [
        migrations.AlterField(model_name="searchentry", name="url", field=models.TextField()),
    ]
