from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "frontdesk.support.tickets"
    label = "tickets"
    verbose_name = _("Conversations")

    def ready(self) -> None:
        """Say what the actions are called and what is held about people."""
        from frontdesk.support.tickets import phrases, registration  # noqa: PLC0415 - models exist only from here on

        phrases.enter()
        registration.enter()
