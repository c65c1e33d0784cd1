"""When what happens to a subscription: a pure function of its row, its newest fitting notice and the numbers below.

From the design: the notice leads by 28 days for terms from 180 days, 7 for shorter ones, 3 for the end of a trial;
reminders at T-7 and T-1 (those that lie after the notice); a charge needs a notice of exactly its amount and date,
accepted by the mail server at least 15, 3 or 2 days before; retries at +2, +7, +14 days after the first failure.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from frontdesk.billing.models import ChargeNotice, Step, Subscription

RETRIES = (timedelta(days=2), timedelta(days=7), timedelta(days=14))
REMINDERS = (timedelta(days=7), timedelta(days=1))


@dataclass(frozen=True)
class Lead:
    """How long before a charge its notice goes out, and how long before it must have been accepted at the least."""

    notice: timedelta
    least: timedelta


def lead_of(subscription: Subscription) -> Lead:
    """The leads that count for its coming charge."""
    raise NotImplementedError


@dataclass(frozen=True)
class Next:
    """The next step and its moment; Step.NONE with None when nothing is to come."""

    step: Step
    at: datetime | None


def next_step(subscription: Subscription, notice: ChargeNotice | None) -> Next:
    """What comes next. `notice`: the newest for the coming charge, whether it fits or not."""
    raise NotImplementedError
