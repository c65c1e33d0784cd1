from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from frontdesk.ui import navigation


class ForumConfig(AppConfig):
    name = "frontdesk.support.forum"
    label = "forum"
    verbose_name = _("Community")

    def ready(self) -> None:
        """Say what the actions are called, and what is held about people."""
        from frontdesk.support.forum import order_start, phrases, registration  # noqa: PLC0415 - models exist from here

        navigation.register(_("Community"), "forum:start", 42, icon="messages-square")
        navigation.register(_("My community profile"), "forum:me", 9, "customer", place="account", icon="user-round")
        phrases.enter()
        registration.enter()
        order_start.enter()
