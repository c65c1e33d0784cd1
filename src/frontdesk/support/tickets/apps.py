from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "frontdesk.support.tickets"
    label = "tickets"
    verbose_name = _("Conversations")

    def ready(self) -> None:
        """Say what the actions are called, what is held about people, who keeps our threads, and what rules do."""
        from frontdesk.accounts.events import PersonLeaves, StaffLeft  # noqa: PLC0415 - models exist only from here on
        from frontdesk.accounts.messages import threads  # noqa: PLC0415
        from frontdesk.core import events, outbox  # noqa: PLC0415
        from frontdesk.support.tickets import erasing, phrases, registration  # noqa: PLC0415
        from frontdesk.support.tickets.conversations import leaving  # noqa: PLC0415
        from frontdesk.support.tickets.mail.outgoing import threading  # noqa: PLC0415
        from frontdesk.support.tickets.rules import looking, running  # noqa: PLC0415

        threads.keep_threads("tickets", threading.thread_of)
        events.react(PersonLeaves, erasing.lock)
        events.react(StaffLeft, leaving.left)
        phrases.enter()
        registration.enter()
        outbox.handle(running.TOPIC, looking.look)
        outbox.handle(leaving.TOPIC, leaving.deliver)
