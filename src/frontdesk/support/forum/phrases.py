"""What happens in the forum, in words."""

from django.utils.translation import gettext_lazy as _

from frontdesk.core import history
from frontdesk.core.history import Text, Topic

FORUM: dict[str, Text] = {
    "topic.begun": _("A topic was begun"),
    "post.added": _("A post was added"),
    "post.edited": _("A post was edited"),
    "post.deleted": _("A post was deleted"),
    "answer.accepted": _("An answer was accepted"),
    "answer.unaccepted": _("An answer is accepted no more"),
    "member.joined": _("A name for the community was chosen"),
    "member.changed": _("The profile in the community was changed"),
    "member.mails_chosen": _("The mails of the community were chosen"),
    "member.claimed": _("Posts of before were taken over, by a confirmed address"),
    "member.mails_tried_again": _("Mails of the community that came back are sent again"),
    "member.mails_stopped": _("Mails of the community were stopped, from a mail"),
    "community.imported": _("A community was imported"),
    "community_category.added": _("A category of the community was added"),
    "community_category.changed": _("A category of the community was changed"),
    "community_category.removed": _("A category of the community was removed"),
    "community_category.moved": _("The categories of the community were put in another order"),
}


def enter() -> None:
    """Say what the actions are called."""
    history.describe(Topic.OTHER, "messages-square", FORUM)
