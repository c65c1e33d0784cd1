"""An accepted answer that is hidden, or waits for a look, solves its topic again once it is shown."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("forum", "0006_newest_posts")]

    operations = [migrations.AddField(model_name="post", name="solved_at", field=models.DateTimeField(null=True))]
