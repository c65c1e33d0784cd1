from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "frontdesk.catalog"
    label = "catalog"
    verbose_name = _("Catalogue")

    def ready(self) -> None:
        """Say what the actions are called."""
        from frontdesk.catalog import phrases  # noqa: PLC0415 - models exist only from here on

        phrases.enter()
