from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChatConfig(AppConfig):
    name = "frontdesk.support.chat"
    label = "chat"
    verbose_name = _("Chat")

    def ready(self) -> None:
        """Say what the actions are called, what is held about people, and follow what happens to conversations."""
        from frontdesk.core import events  # noqa: PLC0415 - models exist only from here on
        from frontdesk.support.chat import phrases, reacting, registration  # noqa: PLC0415
        from frontdesk.support.tickets.events import ChatLeft, ConversationAssigned, MessageAdded  # noqa: PLC0415

        events.react(MessageAdded, reacting.said)
        events.react(ConversationAssigned, reacting.assigned)
        events.react(ChatLeft, reacting.left)
        phrases.enter()
        registration.enter()
