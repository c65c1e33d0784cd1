"""The app behind `tests.support.unthrottled`."""

from django.apps import AppConfig

from frontdesk.core.throttle import Limit


class Unthrottled(AppConfig):
    name = "tests.support"
    label = "unthrottled"

    def ready(self) -> None:
        """Take the limit off."""
        from frontdesk.support.chat import talking

        talking.SAYS = Limit(talking.SAYS.name, 1_000_000, talking.SAYS.seconds)
