"""Enters the providers that the settings name in the registry; called when the apps are ready."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from frontdesk.billing.providers import registry
from frontdesk.billing.providers.sandbox.adapter import Sandbox
from frontdesk.ui import navigation


def enter() -> None:
    """FRONTDESK_PAYMENTS takes new payments."""
    if settings.PAYMENTS == "sandbox":
        registry.enter(Sandbox())
        navigation.register(_("Test bank"), "sandbox:desk", 91, "customer", place="footer", icon="landmark")
