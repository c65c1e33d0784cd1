from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from frontdesk.ui import searching


class HelpCentreConfig(AppConfig):
    name = "frontdesk.support.helpcentre"
    label = "helpcentre"
    verbose_name = _("Help centre")

    def ready(self) -> None:
        """Say what the actions are called, what is held about people, and what the search is made of."""
        from frontdesk.support.helpcentre import entries, phrases, registration  # noqa: PLC0415 - models exist only from here on
        from frontdesk.support.helpcentre.search import indexing  # noqa: PLC0415

        phrases.enter()
        registration.enter()
        indexing.register(entries.KIND, entries.every)
        searching.register("helpcentre:search")
