"""What billing's actions are called in a customer's history."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from frontdesk.core import history
from frontdesk.core.history import Text, Topic

ORDERS: dict[str, Text] = {
    "order.placed": _("An order was placed"),
    "order.canceled": _("An order was canceled"),
    "trial.started": _("A trial was started"),
}
SUBSCRIPTIONS: dict[str, Text] = {
    "subscription.begun": _("A subscription began"),
    "subscription.resumed": _("A subscription came back"),
    "subscription.renewed": _("A subscription was renewed"),
    "subscription.moved": _("The date of the next renewal moved with the licence"),
    "subscription.renewal_on": _("Automatic renewal was switched on"),
    "subscription.renewal_off": _("Automatic renewal was switched off"),
    "subscription.switch_planned": _("A change of plan was planned for the next term"),
    "subscription.switch_dropped": _("A planned change of plan was dropped"),
    "subscription.plan_changed": _("The plan of a subscription was changed"),
    "subscription.taken_back": _("A change of a subscription was taken back"),
    "subscription.method_changed": _("Another payment method was chosen for a subscription"),
    "subscription.charge_failed": _("The charge for a renewal failed"),
    "subscription.retried": _("A renewal that failed was tried again at once"),
    "subscription.noticed": _("The price of the next term was announced"),
    "subscription.charge_moved": _("A charge was moved to a later day"),
    "subscription.ended": _("A subscription ended"),
}
MONEY: dict[str, Text] = {}
DECLARATIONS: dict[str, Text] = {
    "declaration.made": _("A withdrawal or cancellation was declared"),
    "declaration.done": _("A declared withdrawal or cancellation was carried out"),
    "declaration.dismissed": _("A declared withdrawal or cancellation was set aside"),
}
COUPONS: dict[str, Text] = {
    "tax_rate.entered": _("A rate of tax was entered"),
    "coupon.created": _("A coupon was made"),
    "coupon.stopped": _("A coupon was stopped"),
}


def _reference(data: Mapping[str, Any], _personal: Mapping[str, str]) -> str:
    return str(data.get("reference", ""))


def enter() -> None:
    """Say what they are called."""
    about, entry = Topic.PAYMENTS, history.describe
    entry(about, "receipt", ORDERS, _reference)
    entry(about, "refresh-cw", SUBSCRIPTIONS)
    entry(about, "credit-card", MONEY)
    entry(about, "file-pen", DECLARATIONS)
    entry(Topic.OTHER, "ticket-percent", COUPONS)
