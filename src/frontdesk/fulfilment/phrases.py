"""What fulfilment writes into the audit, in words."""

from django.utils.translation import gettext_lazy as _

from frontdesk.core import history
from frontdesk.core.history import Text, Topic

PLANS: dict[str, Text] = {"plan.level_set": _("A plan comes with another service level")}


def enter() -> None:
    """Say what the actions are called."""
    history.describe(Topic.OTHER, "package", PLANS)
