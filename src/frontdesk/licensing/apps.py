from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LicensingConfig(AppConfig):
    name = "frontdesk.licensing"
    label = "licensing"
    verbose_name = _("Licensing")

    def ready(self) -> None:
        """Take from the outbox what licensing puts there."""
        from frontdesk.core import outbox  # noqa: PLC0415 - models exist only from here on
        from frontdesk.licensing import device_reasons, mails, replacements  # noqa: PLC0415

        device_reasons.enter()
        outbox.handle(mails.DEVICE_ADDED, mails.device_added)
        outbox.handle(replacements.TOPIC, replacements.write_to_owner)
