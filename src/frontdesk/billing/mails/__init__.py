"""The mails of billing. Each is written in the caller's transaction and sent by the worker.

Each returns the message, or None when there is nobody to write to any more.
"""

from frontdesk.billing.mails.declarations import (
    charge_explained,
    declaration_dismissed,
    declaration_done,
    declaration_link,
    declaration_received,
)
from frontdesk.billing.mails.money import (
    Left,
    credit_given,
    dispute_closed,
    dispute_opened,
    refund_asked,
    refund_failed,
    refund_made_good,
    refunded,
)
from frontdesk.billing.mails.orders import order_confirmed, order_declined, receipt, trial_started
from frontdesk.billing.mails.subscriptions import (
    auto_renew_changed,
    card_expiring,
    charge_reminder,
    confirmation_needed,
    ended,
    ending_reminder,
    last_warning,
    payment_failed,
    plan_switched,
    price_notice,
    switch_dropped,
    switch_planned,
)

__all__ = [
    "Left",
    "auto_renew_changed",
    "card_expiring",
    "charge_explained",
    "charge_reminder",
    "confirmation_needed",
    "credit_given",
    "declaration_dismissed",
    "declaration_done",
    "declaration_link",
    "declaration_received",
    "dispute_closed",
    "dispute_opened",
    "ended",
    "ending_reminder",
    "last_warning",
    "order_confirmed",
    "order_declined",
    "payment_failed",
    "plan_switched",
    "price_notice",
    "receipt",
    "refund_asked",
    "refund_failed",
    "refund_made_good",
    "refunded",
    "switch_dropped",
    "switch_planned",
    "trial_started",
]
