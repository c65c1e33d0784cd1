"""The gateway as a Django app: it has templates and texts, no models."""

from django.apps import AppConfig


class GatewayConfig(AppConfig):
    """Configuration."""

    name = "frontdesk.gateway"
    label = "gateway"
