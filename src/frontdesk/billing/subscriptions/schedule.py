"""When what happens to a subscription: a pure function of its row, its newest fitting notice and the numbers below.

From the design: the notice leads by 28 days for terms from 180 days, 7 for shorter ones, 3 for the end of a trial;
reminders at T-7 and T-1 (those that lie after the notice); a charge needs a notice of exactly its amount and date,
accepted by the mail server at least 15, 3 or 2 days before; retries at +2, +7, +14 days after the first failure, the
last one a day before the end of grace at the latest.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from frontdesk.billing.models import ChargeNotice, Step, Subscription

RETRIES = (timedelta(days=2), timedelta(days=7), timedelta(days=14))
REMINDERS = (timedelta(days=7), timedelta(days=1))
WARNING = timedelta(days=2)  # before a subscription ends for want of payment
LEEWAY = timedelta(hours=12)  # in which the mail server may take a notice that goes out late
LONG_TERM = 6  # months, of 30 days each: 180 days
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Lead:
    """How long before a charge its notice goes out, and how long before it must have been accepted at the least."""

    notice: timedelta
    least: timedelta


LONG = Lead(timedelta(days=28), timedelta(days=15))
SHORT = Lead(timedelta(days=7), timedelta(days=3))
TRIAL = Lead(timedelta(days=3), timedelta(days=2))


@dataclass(frozen=True)
class Next:
    """The next step and its moment; Step.NONE with None when nothing is to come."""

    step: Step
    at: datetime | None


def lead_of(subscription: Subscription) -> Lead:
    """The leads that count for its coming charge."""
    return TRIAL if subscription.is_trial else term_lead(subscription)


def term_lead(subscription: Subscription) -> Lead:
    """The leads by the term that comes, trial or not."""
    return LONG if subscription.coming_plan_version.term_months >= LONG_TERM else SHORT


def next_step(subscription: Subscription, notice: ChargeNotice | None, due_minor: int) -> Next:
    """What comes next. `notice`: the newest for the coming charge, whether it fits or not; `due_minor`: what it takes.

    The moment may lie in the past: then it is due.
    """
    if not subscription.is_live:
        return Next(Step.NONE, None)
    if not subscription.auto_renew:
        return _ending(subscription)
    if subscription.failed_at is not None:
        return _failed(subscription, subscription.failed_at)
    if notice is None or not fits(notice, subscription, due_minor):
        return Next(Step.NOTICE, subscription.charge_at - lead_of(subscription).notice)
    return _announced(subscription, notice, due_minor)


def is_about(notice: ChargeNotice, subscription: Subscription) -> bool:
    """Whether it tells of the coming period's charge and its moment."""
    said = (notice.period_anchor, notice.period_number, notice.charge_at)
    return said == (subscription.anchor, subscription.paid_periods + 1, subscription.charge_at)


def fits(notice: ChargeNotice, subscription: Subscription, due_minor: int) -> bool:
    """Whether it tells of exactly this charge: its period, its moment, its amount."""
    amount = (notice.amount_minor, notice.currency)
    return is_about(notice, subscription) and amount == (due_minor, subscription.currency)


def may_charge(subscription: Subscription, notice: ChargeNotice | None, due_minor: int) -> bool:
    """Whether money may be taken: only after a notice that fits and was accepted in time. Nothing needs no notice."""
    if due_minor == 0:
        return True
    return notice is not None and fits(notice, subscription, due_minor) and _is_in_time(subscription, notice)


def moment_for(subscription: Subscription, now: datetime) -> datetime:
    """When a charge can be announced for now: as planned, or later where that leaves too little time."""
    return max(subscription.charge_at, now + lead_of(subscription).least + LEEWAY)


def lapses_at(subscription: Subscription) -> datetime:
    """The end of the grace that follows a charge which fails."""
    grace = timedelta(days=subscription.plan_version.grace_days)
    return max(subscription.paid_until, subscription.charge_at) + grace


def ends_at(subscription: Subscription) -> datetime:
    """When it ends if nothing more is charged for it: with what is paid.

    Where a later day was said for the charge it goes on until then, as was promised; where a charge failed, until the
    end of its grace.
    """
    if subscription.failed_at is not None:
        return lapses_at(subscription)
    return max(subscription.paid_until, subscription.charge_at)


def gives_up_at(subscription: Subscription) -> datetime | None:
    """Until when a charge waits for a mail server to take its notice: a lead and the grace behind what is paid.

    None while there is no reason to think that its notices do not arrive.
    """
    since = subscription.unreached_since
    if since is None:
        return None
    grace = timedelta(days=subscription.plan_version.grace_days)
    return max(subscription.paid_until, since) + lead_of(subscription).notice + grace


def retries_at(subscription: Subscription) -> datetime | None:
    """When a failed charge is tried again; None: never by itself.

    The last try comes a day before the end of grace where it would lie behind that, so that whoever is told that it
    failed has a day left.
    """
    if subscription.retry_at is not None:
        return subscription.retry_at
    failed_at, tries = subscription.failed_at, max(subscription.tries, 1)
    if failed_at is None or subscription.is_hard_failure or tries > len(RETRIES):
        return None
    planned, end = failed_at + RETRIES[tries - 1], lapses_at(subscription)
    return None if planned >= end + DAY else min(planned, end - DAY)


def reminders_of(notice: ChargeNotice) -> list[datetime]:
    """When a notice is repeated: those of the moments that lie after it."""
    return [at for at in (notice.charge_at - before for before in REMINDERS) if at > notice.created_at]


def _is_in_time(subscription: Subscription, notice: ChargeNotice) -> bool:
    latest = notice.charge_at - lead_of(subscription).least
    return notice.accepted_at is not None and notice.accepted_at <= latest


def _ending(subscription: Subscription) -> Next:
    end = ends_at(subscription)
    if subscription.end_told_for != end:
        return Next(Step.REMINDER, end - REMINDERS[0])
    return Next(Step.END, end)


def _announced(subscription: Subscription, notice: ChargeNotice, due_minor: int) -> Next:
    if not may_charge(subscription, notice, due_minor):
        # As long as the mail may still be accepted in time there is nothing to do; then it is announced anew, but
        # not for ever: the licence goes on all that time, and nobody pays for it.
        again = notice.charge_at - lead_of(subscription).least
        last = gives_up_at(subscription) if notice.accepted_at is None else None
        return Next(Step.LAPSE, last) if last is not None and last <= again else Next(Step.NOTICE, again)
    reminders = reminders_of(notice)
    if notice.reminded < len(reminders):
        return Next(Step.REMINDER, reminders[notice.reminded])
    return Next(Step.CHARGE, subscription.charge_at)


def _failed(subscription: Subscription, failed_at: datetime) -> Next:
    end = lapses_at(subscription)
    steps = [Next(Step.LAPSE, max(end, failed_at))]
    if subscription.end_told_for != end and end - WARNING > failed_at:
        steps.insert(0, Next(Step.REMINDER, end - WARNING))
    if retry := retries_at(subscription):
        steps.insert(0, Next(Step.RETRY, retry))
    return min(steps, key=lambda each: each.at or end)
