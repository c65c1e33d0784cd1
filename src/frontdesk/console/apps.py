from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from frontdesk.ui import navigation


class ConsoleConfig(AppConfig):
    name = "frontdesk.console"
    label = "console"
    verbose_name = _("Desk")

    def ready(self) -> None:
        """Say where the desk is found, and what lines about its deeds are called."""
        from frontdesk.console.inbox_words import DEEDS  # noqa: PLC0415 - models exist only from here on
        from frontdesk.support.tickets.phrases import EVENTS  # noqa: PLC0415 - as above

        EVENTS.update(DEEDS)
        navigation.register(_("Desk"), "console:inbox", 90, "staff", place="account", icon="headset")
