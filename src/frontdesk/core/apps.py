from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "frontdesk.core"
    label = "core"
    verbose_name = _("Installation")

    def ready(self) -> None:
        """Say what core's own action is called, and what is held about people here."""
        from frontdesk.core import history, registration  # noqa: PLC0415 - models exist only from here on

        registration.enter()
        history.describe(history.Topic.OTHER, "send", {"outbox.retried": _("A message that failed was sent again")})
