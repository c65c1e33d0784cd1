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
    "subscription.held": _("Charges wait, since the licence is suspended"),
    "subscription.goes_on": _("Charges go on, since the licence works again"),
    "subscription.handed_over": _("The licence of a subscription was handed over"),
    "subscription.came_back": _("The licence of a subscription came back"),
    "subscription.renewal_on": _("Automatic renewal was switched on"),
    "subscription.renewal_off": _("Automatic renewal was switched off"),
    "subscription.switch_planned": _("A change of plan was planned for the next term"),
    "subscription.switch_dropped": _("A planned change of plan was dropped"),
    "subscription.plan_changed": _("The plan of a subscription was changed"),
    "subscription.taken_back": _("A change of a subscription was taken back"),
    "subscription.term_taken_back": _("A paid term was taken back"),
    "subscription.method_changed": _("Another payment method was chosen for a subscription"),
    "subscription.charge_failed": _("The charge for a renewal failed"),
    "subscription.retried": _("A renewal that failed was tried again at once"),
    "subscription.noticed": _("The price of the next term was announced"),
    "subscription.unreached": _("Mails about the next charge did not arrive"),
    "subscription.charge_moved": _("A charge was moved to a later day"),
    "subscription.ended": _("A subscription ended"),
}
MONEY: dict[str, Text] = {
    "payment.succeeded": _("A payment was made"),
    "payment.failed": _("A payment did not go through"),
    "payment.surplus": _("A payment came too late or twice and goes back"),
    "payment.differs": _("A payment differs from what the payment service says"),
    "invoice.withdrawn": _("An order that needed no payment was withdrawn from"),
    "invoice.voided": _("An invoice was given up"),
    "refund.asked": _("A refund was asked for"),
    "refund.completed": _("Money was paid back"),
    "refund.failed": _("A refund did not go through"),
    "refund.came_back": _("A bank sent a refund back"),
    "refund.taken_by_bank": _("Of a refund that had come back, the bank gave the customer a part or all"),
    "refund.made_good": _("A refund that had come back was made good"),
    "refund.asked_again": _("The payment service was asked about a refund again"),
    "payment.given_up": _("A payment over which we and the payment service differ was given up"),
    "payment.asked_again": _("The payment service was asked about a payment again"),
    "refund.differs": _("A refund differs from what the payment service says"),
    "refund.adopted": _("A refund was made at the payment service"),
    "dispute.opened": _("A bank asked for a payment back"),
    "dispute.won": _("A bank decided that a payment stands"),
    "dispute.lost": _("A bank took a payment back"),
    "dispute.double_loss": _("A bank took back what had been refunded already"),
    "credit.given": _("Credit was given"),
    "method.added": _("A payment method was added"),
    "method.renewed": _("A payment method was left anew"),
    "method.made_default": _("A payment method was chosen for renewals"),
    "method.removed": _("A payment method was removed"),
}
PAPERS: dict[str, Text] = {
    "details.changed": _("The details on your invoices were changed"),
    "invoice.corrected": _("The buyer on an invoice was put right"),
}
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
    entry(about, "file-text", PAPERS)
    entry(Topic.OTHER, "ticket-percent", COUPONS)
