from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LicensingConfig(AppConfig):
    name = "frontdesk.licensing"
    label = "licensing"
    verbose_name = _("Licensing")

    def ready(self) -> None:
        """Take from the outbox what licensing puts there, and say what the actions are called."""
        from frontdesk.accounts.events import PersonLeaves, PersonSecured  # noqa: PLC0415 - models exist only from here on
        from frontdesk.core import events, outbox  # noqa: PLC0415
        from frontdesk.licensing import (  # noqa: PLC0415
            device_reasons,
            erasing,
            hand_overs,
            mails,
            phrases,
            registration,
            replacements,
        )

        device_reasons.enter()
        phrases.enter()
        registration.enter()
        events.react(PersonLeaves, erasing.lock)
        events.react(PersonSecured, hand_overs.withdraw_secured)
        outbox.handle(mails.DEVICE_ADDED, mails.device_added)
        outbox.handle(replacements.TOPIC, replacements.write_to_owner)
