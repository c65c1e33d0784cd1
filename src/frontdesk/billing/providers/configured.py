"""Enters the providers that the settings name in the registry; called when the apps are ready."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from frontdesk.billing.providers import registry
from frontdesk.billing.providers.sandbox.adapter import Sandbox
from frontdesk.ui import navigation


def enter() -> None:
    """FRONTDESK_PAYMENTS takes new payments. Where Stripe's key is set, what was paid through it stays served."""
    if settings.STRIPE["key"]:
        # The library is large, and most installations that do not use it should not load it.
        from frontdesk.billing.providers.stripe.adapter import Stripe  # noqa: PLC0415

        registry.enter(Stripe.from_settings(), sells=settings.PAYMENTS == "stripe")
    if settings.PAYMENTS == "sandbox":
        registry.enter(Sandbox())
        navigation.register(_("Test bank"), "sandbox:desk", 91, "customer", place="footer", icon="landmark")
