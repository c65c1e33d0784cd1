"""Where a chat was begun is shown to every agent: addresses that let in whoever has them go out of it, and what is no
page of ours and came without a site that we know."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Q

LETS_IN = (
    "^/(contact/confirm|conversations/(g|survey|follow-up|quiet)|community/quiet|chat/ticket"
    "|hand-over|replacements|declarations"
    "|account/(confirm-email|email/(confirm|undo)|secure|password/reset|invitation|recover/(confirm|stop|link)))/[^/]"
)
A_PAGE_OF_OURS = r"^/([^/\\]|$)"


def take_out(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Blank them."""
    ours = apps.get_model("chat", "Chat").objects.filter(site="").exclude(page="")
    ours.filter(Q(page__regex=LETS_IN) | ~Q(page__regex=A_PAGE_OF_OURS)).update(page="")


class Migration(migrations.Migration):
    dependencies = [("chat", "0001_start")]

    operations = [migrations.RunPython(take_out, migrations.RunPython.noop)]
