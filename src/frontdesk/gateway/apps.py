"""The gateway as a Django app: it has templates and texts, no models."""

from importlib import import_module

from django.apps import AppConfig


class GatewayConfig(AppConfig):
    """Configuration."""

    name = "frontdesk.gateway"
    label = "gateway"

    def ready(self) -> None:
        """Enter the gateway's reasons everywhere: pages explain them on nodes that serve no gateway, too."""
        import_module("frontdesk.gateway.errors")
