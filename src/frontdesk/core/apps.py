from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "frontdesk.core"
    label = "core"
    verbose_name = _("Installation")

    def ready(self) -> None:
        """Say what core's own action is called."""
        from frontdesk.core import history  # noqa: PLC0415 - models exist only from here on

        history.describe(history.Topic.OTHER, "send", {"outbox.retried": _("A message that failed was sent again")})
