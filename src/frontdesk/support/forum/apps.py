from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from frontdesk.ui import navigation


class ForumConfig(AppConfig):
    name = "frontdesk.support.forum"
    label = "forum"
    verbose_name = _("Community")

    def ready(self) -> None:
        """Say what the actions are called, what is held about people, and what follows from what happens."""
        # Models exist only from here on.
        from frontdesk.accounts.events import PersonLeaves  # noqa: PLC0415
        from frontdesk.core import events  # noqa: PLC0415
        from frontdesk.support.forum import erasing, mail_registration, order_start, phrases, registration  # noqa: PLC0415

        navigation.register(_("Community"), "forum:start", 42, icon="messages-square")
        navigation.register(_("My community profile"), "forum:me", 9, "customer", place="account", icon="user-round")
        events.react(PersonLeaves, erasing.lock)
        phrases.enter()
        registration.enter()
        order_start.enter()
        mail_registration.enter()
