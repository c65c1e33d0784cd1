"""Django's entry to the visual language."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UiConfig(AppConfig):
    """Templates, components and static files that every page is composed of."""

    name = "frontdesk.ui"
    label = "ui"
    verbose_name = _("Visual language")
