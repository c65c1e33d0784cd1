"""What a change costs, said before it is made. A quote is a value; `orders.place` computes it again and compares."""

from dataclasses import dataclass
from datetime import datetime

from frontdesk.accounts.models import Person
from frontdesk.billing.amounts import Amount
from frontdesk.billing.models import Purpose, Subscription
from frontdesk.catalog.models import PlanVersion


@dataclass(frozen=True)
class Quote:
    """What is paid now and later. `digest` names its content: the form sends it back, and a difference is refused.

    `ends_at` is the licence's end afterwards; `renews_at` and `renewal` what comes then, unless it is switched off.
    `trial_days` > 0: nothing is paid now.
    """

    purpose: Purpose
    plan_version: PlanVersion
    added_devices: int
    due: Amount
    renewal: Amount
    tax_rate: int
    tax_country: str
    ends_at: datetime
    trial_days: int = 0

    @property
    def digest(self) -> str:
        """SHA-256 over what the customer agrees to (not over moments, which move while one reads)."""
        raise NotImplementedError


def new(
    *, version: PlanVersion, added_devices: int, currency: str, country: str, coupon_code: str = "", trial: bool = False
) -> Quote:
    """A new licence (or a trial of one). Raises NotForSale, CouponUnknown."""
    raise NotImplementedError


def renewal(*, subscription: Subscription, license_ends_at: datetime) -> Quote:
    """The next term, paid now; it is added behind the paid end, or begins now if that is past.

    Raises SubscriptionOver (also while a change waits for the end of the term).
    """
    raise NotImplementedError


def upgrade(*, subscription: Subscription, version: PlanVersion, license_ends_at: datetime) -> Quote:
    """A dearer plan of the same product and term from now to the licence's end: only the difference is paid.

    Raises SwitchNotPossible.
    """
    raise NotImplementedError


def devices(*, subscription: Subscription, more: int, license_ends_at: datetime) -> Quote:
    """So many more devices from now to the licence's end. Raises SwitchNotPossible, NotForSale."""
    raise NotImplementedError


def may_try(person: Person, version: PlanVersion) -> bool:
    """Whether the plan has a trial and the person has had none of this product."""
    raise NotImplementedError
