from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from frontdesk.ui import corners, navigation, panels


class PortalConfig(AppConfig):
    name = "frontdesk.portal"
    label = "portal"
    verbose_name = _("Portal")

    def ready(self) -> None:
        """Say where the pages are found."""
        from frontdesk.portal import renewals, shop  # noqa: PLC0415 - models exist only from here on
        from frontdesk.portal.chats import launcher  # noqa: PLC0415 - as above

        corners.register("chat/parts/corner.html", launcher.is_shown)
        panels.register("license", renewals.panel)
        if shop.is_open():
            navigation.register(_("Shop"), "portal:shop", 25, icon="shopping-bag")
        navigation.register(_("Home"), "portal:home", 10, "customer", icon="house")
        navigation.register(_("Enter a code"), "portal:activate", 20, icon="key-round")
        navigation.register(_("Downloads"), "portal:downloads", 30, icon="download")
        navigation.register(_("Help"), "portal:help", 40, icon="life-buoy")
        navigation.register(_("Contact"), "contact:form", 45, icon="message-circle")
        navigation.register(_("Home"), "portal:home", 5, "customer", place="account", icon="house")
        navigation.register(
            _("My conversations"), "conversations:list", 8, "customer", place="account", icon="messages-square"
        )
        navigation.register(_("Contact"), "contact:form", 10, place="footer")
        navigation.register(_("Chat"), "chat:page", 12, place="footer")
        navigation.register(_("Activate without internet"), "licensing:offline", 20, place="footer")
