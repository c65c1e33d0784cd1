from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FulfilmentConfig(AppConfig):
    name = "frontdesk.fulfilment"
    label = "fulfilment"
    verbose_name = _("Fulfilment")

    def ready(self) -> None:
        """Bind the reactions; billing's own come first, since its app is ready before."""
        from frontdesk.billing import holders, reconciling  # noqa: PLC0415 - models exist only from here on
        from frontdesk.core import events, outbox  # noqa: PLC0415
        from frontdesk.fulfilment import comparing, following, owning, phrases, serving  # noqa: PLC0415
        from frontdesk.fulfilment.reactions import REACTIONS  # noqa: PLC0415
        from frontdesk.support.forum import owners  # noqa: PLC0415

        phrases.enter()
        for event, reaction in REACTIONS:
            events.react(event, reaction)
        holders.answers(owning.is_owner)
        owners.answers(serving.products_of)
        reconciling.also(comparing.licences)
        outbox.handle(following.FOLLOW, following.follow_later)
        outbox.handle(following.HOLD, following.hold_later)
        outbox.handle(following.HANDED_OVER, following.stop_renewal_later)
