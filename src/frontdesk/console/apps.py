from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from frontdesk.ui import navigation


class ConsoleConfig(AppConfig):
    name = "frontdesk.console"
    label = "console"
    verbose_name = _("Desk")

    def ready(self) -> None:
        """Say where the desk is found."""
        navigation.register(_("Desk"), "console:find", 90, "staff", place="account", icon="headset")
