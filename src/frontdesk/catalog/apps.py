from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "frontdesk.catalog"
    label = "catalog"
    verbose_name = _("Catalogue")

    def ready(self) -> None:
        """Say what the actions are called, and that nothing here is about people."""
        from frontdesk.catalog import phrases, registration  # noqa: PLC0415 - models exist only from here on

        phrases.enter()
        registration.enter()
