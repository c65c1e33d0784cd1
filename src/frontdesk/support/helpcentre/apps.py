from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HelpCentreConfig(AppConfig):
    name = "frontdesk.support.helpcentre"
    label = "helpcentre"
    verbose_name = _("Help centre")

    def ready(self) -> None:
        """Say what the actions are called and what is held about people."""
        from frontdesk.support.helpcentre import phrases, registration  # noqa: PLC0415 - models exist only from here on

        phrases.enter()
        registration.enter()
