from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChatConfig(AppConfig):
    name = "frontdesk.support.chat"
    label = "chat"
    verbose_name = _("Chat")

    def ready(self) -> None:
        """Say what the actions are called, and what is held about people."""
        from frontdesk.support.chat import phrases, registration  # noqa: PLC0415 - models exist only from here on

        phrases.enter()
        registration.enter()
