"""The app behind `tests.support.unthrottled`."""

from dataclasses import replace

from django.apps import AppConfig


class Unthrottled(AppConfig):
    name = "tests.support"
    label = "unthrottled"

    def ready(self) -> None:
        """Take the limit off."""
        from frontdesk.support.chat import talking

        talking.SAYS = replace(talking.SAYS, count=1_000_000)
