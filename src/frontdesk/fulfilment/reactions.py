"""The one table of what an event in one app makes another do, in the same transaction.

Billing's own reactions to its events come first: its app is ready before this one.
"""

from collections.abc import Callable
from typing import Any

from frontdesk.billing import events as billing
from frontdesk.fulfilment import following, granting, serving, taking_back
from frontdesk.licensing import events as licensing
from frontdesk.support.tickets import events as tickets

REACTIONS: list[tuple[type, Callable[[Any], None]]] = [
    # Money came in: the licence, its time, its plan.
    (billing.InvoicePaid, granting.deliver),
    (billing.TermPaid, granting.extend),
    (billing.TrialStarted, granting.start_trial),
    (billing.PlanSwitched, granting.switch_plan),
    # A charge comes late, and is not the customer's fault.
    (billing.ChargeMoved, granting.tolerate),
    (billing.ChargeDropped, granting.tolerate_less),
    (billing.SubscriptionEnded, granting.stop_tolerating),
    # Money went back, or is held by a bank.
    (billing.RefundCompleted, taking_back.refunded),
    (billing.UnpaidWithdrawn, taking_back.withdrawn),
    (billing.DisputeOpened, taking_back.suspend),
    (billing.DisputeClosed, taking_back.decided),
    # A licence changed by itself: its payments follow.
    (licensing.LicenseEndMoved, following.follow),
    (licensing.LicenseHandedOver, following.stop_renewal),
    (licensing.LicenseSuspended, following.hold),
    (licensing.LicenseRestored, following.hold),
    # A customer asks for help: what their plans promise applies.
    (tickets.ConversationOpened, serving.promise),
    (tickets.ConversationReopened, serving.promise),
]
