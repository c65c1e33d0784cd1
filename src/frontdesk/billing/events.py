"""What other apps learn of billing. Published inside the transaction that did it; `fulfilment` reacts, in it.

Each names rows by number; whoever reacts reads what it needs.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class InvoicePaid:
    """An invoice was paid, by a payment or by credit. For a new licence the reaction calls `beginning.begin`.

    What the sweep renewed is told by TermPaid beside it.
    """

    invoice: UUID


@dataclass(frozen=True)
class TrialStarted:
    """An order for a trial has its card; nothing was paid."""

    order: UUID
    ends_at: datetime
    method: UUID


@dataclass(frozen=True)
class RefundCompleted:
    """Money went back. `takes_back`: so does what it paid for."""

    refund: UUID
    invoice: UUID
    takes_back: bool


@dataclass(frozen=True)
class UnpaidWithdrawn:
    """What no payment was made for was withdrawn from: an order's trial, or an invoice that needed none."""

    order: UUID | None
    invoice: UUID | None


@dataclass(frozen=True)
class DisputeOpened:
    """A bank holds an invoice's money back. Whoever reacts writes to the customer (`mails.dispute_opened`)."""

    dispute: UUID
    invoice: UUID


@dataclass(frozen=True)
class DisputeClosed:
    """The bank has decided. Whoever reacts writes to the customer, and says what is left (`mails.dispute_closed`)."""

    dispute: UUID
    invoice: UUID
    is_won: bool


@dataclass(frozen=True)
class ChargeMoved:
    """A due charge comes after the paid end, by no fault of the customer's: the licence is tolerated till then."""

    subscription: UUID
    license: UUID
    charge_at: datetime


@dataclass(frozen=True)
class ChargeDropped:
    """A charge that had moved does not come, since its renewal was switched off: the licence goes on till `ends_at`."""

    subscription: UUID
    license: UUID
    ends_at: datetime


@dataclass(frozen=True)
class TermPaid:
    """A renewal's term was paid. It follows `starts_at`, the paid end before it; None: the end has moved since."""

    invoice: UUID
    license: UUID
    plan_version: UUID
    starts_at: datetime | None


@dataclass(frozen=True)
class PlanSwitched:
    """A subscription has another plan or number of devices from now on; `keep`: activations that stay if fewer fit."""

    subscription: UUID
    license: UUID
    plan_version: UUID
    added_devices: int
    keep: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class SubscriptionEnded:
    """A subscription is over. `reason` is one of `EndReason`."""

    subscription: UUID
    license: UUID
    reason: str


@dataclass(frozen=True)
class PaymentFailed:
    """A try to pay an invoice failed for good. `is_awaited`: who paid was told that its outcome was to come yet."""

    payment: UUID
    invoice: UUID
    is_awaited: bool = False
