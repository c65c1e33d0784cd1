"""What happens in the forum, in words."""

from django.utils.translation import gettext_lazy as _

from frontdesk.core import history
from frontdesk.core.history import Text, Topic

FORUM: dict[str, Text] = {
    "topic.begun": _("A topic was begun"),
    "post.added": _("A post was added"),
}


def enter() -> None:
    """Say what the actions are called."""
    history.describe(Topic.OTHER, "messages-square", FORUM)
