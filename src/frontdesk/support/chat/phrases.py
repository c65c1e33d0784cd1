"""What happens to chats, in words."""

from django.utils.translation import gettext_lazy as _

from frontdesk.core import history
from frontdesk.core.history import Text, Topic

CHATS: dict[str, Text] = {
    "chat.begun": _("A chat was begun"),
    "chat.taken": _("A chat was taken"),
    "chat.handed_over": _("A chat was handed over"),
    "chat.settings_saved": _("The settings of the chat were changed"),
    "chat.ended": _("A chat ended"),
    "chat.transcript_mailed": _("A transcript of a chat was mailed"),
    "chat.became_ticket": _("A chat goes on by mail"),
}


def enter() -> None:
    """Say what the actions are called."""
    history.describe(Topic.OTHER, "messages-square", CHATS)
