from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "frontdesk.billing"
    label = "billing"
    verbose_name = _("Billing")

    def ready(self) -> None:
        """Say what the actions are called, and react to billing's own events before anybody else does."""
        from frontdesk.accounts.events import PersonLeaves  # noqa: PLC0415 - models exist only from here on
        from frontdesk.billing import declarations, phrases, registration, taxes  # noqa: PLC0415
        from frontdesk.billing.events import InvoicePaid, PaymentFailed  # noqa: PLC0415
        from frontdesk.billing.providers import configured  # noqa: PLC0415
        from frontdesk.billing.subscriptions import ending, failing, renewing  # noqa: PLC0415
        from frontdesk.core import events  # noqa: PLC0415
        from frontdesk.ui import navigation  # noqa: PLC0415

        navigation.register(_("Billing"), "billing:home", 15, "customer", icon="credit-card")
        phrases.enter()
        declarations.enter()
        events.react(InvoicePaid, renewing.paid)
        events.react(PaymentFailed, failing.failed)
        events.react(PersonLeaves, ending.leave)
        registration.enter()
        configured.enter()
        post_migrate.connect(taxes.load_ours, sender=self)
        navigation.register(_("Withdraw from a contract"), "billing_open:withdraw", 30, place="footer")
        navigation.register(_("Cancel a contract"), "billing_open:cancel", 31, place="footer")
        navigation.register(_("A charge you do not recognise"), "billing_open:charge", 32, place="footer")
