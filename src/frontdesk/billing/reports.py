"""Figures for managers, computed from the rows that the money itself is kept in; each definition says its formula.

Months are calendar months in UTC. Amounts are minor units of their currency and never added across currencies.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import connection

from frontdesk.billing.periods import add_months
from frontdesk.core.money import Money


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month: from `start` until before `end`."""

    start: datetime

    @property
    def end(self) -> datetime:
        """The beginning of the next one."""
        return add_months(self.start, 1)

    def __str__(self) -> str:
        return f"{self.start:%Y-%m}"


def months(until: datetime, count: int) -> list[Month]:
    """`count` months, the last of which holds `until`."""
    last = until.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return [Month(add_months(last, back)) for back in range(1 - count, 1)]


@dataclass(frozen=True)
class Revenue:
    """Recurring revenue a month (MRR) of one plan in one currency, net of tax, at the end of a month."""

    month: Month
    plan: str
    currency: str
    subscriptions: int
    minor: int

    @property
    def money(self) -> Money:
        """The amount with its currency."""
        return Money(self.minor, self.currency)


@dataclass(frozen=True)
class Movement:
    """Subscriptions in a month.

    `at_start`: paying at its beginning. `new`: paid for the first time in it. `trials`: trials begun in it.
    `ended`: paying ones that ended in it, `reasons` splits them. Trials that end unpaid are no churn.
    """

    month: Month
    at_start: int
    new: int
    trials: int
    ended: int
    reasons: Mapping[str, int] = field(default_factory=dict)

    @property
    def churn(self) -> Decimal | None:
        """Ended / at_start, in percent with one decimal; None when there were none to lose."""
        if not self.at_start:
            return None
        return (Decimal(100 * self.ended) / self.at_start).quantize(Decimal("0.1"), ROUND_HALF_UP)


@dataclass(frozen=True)
class Recovery:
    """Renewals whose first charge failed in a month, and what became of them by now."""

    month: Month
    currency: str
    failed: int
    failed_minor: int
    recovered: int
    recovered_minor: int

    @property
    def share(self) -> Decimal:
        """Recovered / failed, in percent with one decimal."""
        return (Decimal(100 * self.recovered) / self.failed).quantize(Decimal("0.1"), ROUND_HALF_UP)


@dataclass(frozen=True)
class Returned:
    """Money that went back by refunds in a month, by the day on which it left."""

    month: Month
    currency: str
    refunds: int
    minor: int


@dataclass(frozen=True)
class Disputed:
    """Disputes opened in a month, and how those very ones stand now."""

    month: Month
    currency: str
    opened: int
    minor: int
    won: int
    lost: int
    lost_minor: int


# What each paid invoice says of its subscription's price: what the next term costs as agreed with it.
PRICES = """
prices as (
  select i.id as invoice, coalesce(i.subscription_id, o.subscription_id) as subscription, i.paid_at, i.currency,
         i.tax_rate,
         coalesce(i.plan_version_id, o.plan_version_id) as plan_version,
         coalesce(o.renewal_minor, i.gross_minor) as gross
    from billing_invoice i left join billing_order o on o.id = i.order_id
   where i.kind = 'invoice' and i.paid_at is not null
)"""
# When each subscription was paid for the first time; trials that nobody paid are not among them.
PAYING = f"""
with {PRICES},
paying as (
  select s.id, s.ended_at, s.end_reason, min(p.paid_at) as since
    from billing_subscription s join prices p on p.subscription = s.id group by s.id
)"""  # noqa: S608 - constants of this file

# What was taken back again, and when: by a refund, by a bank, or by withdrawing from what credit had paid.
GONE = """
gone as (
  select p.invoice_id as invoice, r.settled_at as at
    from billing_refund r join billing_payment p on p.id = r.payment_id where r.status = 'succeeded' and r.takes_back
   union all
  select p.invoice_id, d.closed_at
    from billing_dispute d join billing_payment p on p.id = d.payment_id where d.status = 'lost'
   union all
  select c.invoice_id, c.created_at from billing_credit c where c.key = 'refunded:' || c.invoice_id
)"""

REVENUE = f"""
with {PRICES}, {GONE}
select m.at, pr.name || ' ' || pl.name, p.currency, count(*),
       sum(p.gross * 10000.0 / (10000 + p.tax_rate) / v.term_months)
  from unnest(%(ends)s::timestamptz[]) as m (at)
  join billing_subscription s on s.created_at < m.at and (s.ended_at is null or s.ended_at >= m.at)
  join lateral (
    select * from prices where subscription = s.id and paid_at < m.at
       and not exists (select from gone where gone.invoice = prices.invoice and gone.at < m.at)
     order by paid_at desc limit 1) p on true
  join catalog_planversion v on v.id = coalesce(p.plan_version, s.plan_version_id)
  join catalog_plan pl on pl.id = v.plan_id
  join catalog_product pr on pr.id = pl.product_id
 group by m.at, pl.id, pr.name, p.currency
 order by m.at, 2, p.currency"""  # noqa: S608 - constants of this file

MOVEMENTS = f"""
{PAYING}
select m.start,
       (select count(*) from paying where since < m.start and (ended_at is null or ended_at >= m.start)),
       (select count(*) from paying where since >= m.start and since < m.stop),
       (select count(*) from billing_order
         where purpose = 'trial' and paid_at >= m.start and paid_at < m.stop),
       (select coalesce(json_object_agg(end_reason, number), '{{}}') from
          (select end_reason, count(*) as number from paying
            where ended_at >= m.start and ended_at < m.stop group by end_reason) as reasons)
  from unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) as m (start, stop) order by m.start"""  # noqa: S608 - constants of this file

RECOVERIES = """
with failures as (
  select i.id, i.currency, i.gross_minor - i.credit_minor as due, i.paid_at, min(p.settled_at) as failed_at
    from billing_invoice i join billing_payment p on p.invoice_id = i.id
   where p.status = 'failed' and not p.on_session and i.period_number is not null group by i.id
)
select m.start, f.currency, count(*), sum(f.due), count(f.paid_at),
       coalesce(sum(f.due) filter (where f.paid_at is not null), 0)
  from unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) as m (start, stop)
  join failures f on f.failed_at >= m.start and f.failed_at < m.stop
 group by 1, 2 order by 1, 2"""

REFUNDS = """
select m.start, r.currency, count(*), sum(r.amount_minor - r.by_bank_minor)
  from unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) as m (start, stop)
  join billing_refund r on r.status = 'succeeded' and r.settled_at >= m.start and r.settled_at < m.stop
   and (r.came_back_at is null or r.made_good_at is not null) and r.amount_minor > r.by_bank_minor
 group by 1, 2 order by 1, 2"""

DISPUTES = """
select m.start, d.currency, count(*), sum(d.amount_minor), count(*) filter (where d.status = 'won'),
       count(*) filter (where d.status = 'lost'), coalesce(sum(d.amount_minor) filter (where d.status = 'lost'), 0)
  from unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) as m (start, stop)
  join billing_dispute d on d.opened_at >= m.start and d.opened_at < m.stop
 group by 1, 2 order by 1, 2"""


def recurring_revenue(chosen: Sequence[Month]) -> list[Revenue]:
    """MRR at the end of each month, by plan and currency.

    MRR = Σ over subscriptions that are not over and were paid at least once: net price of a term / months of the term.
    The price is what the next term costs as agreed with the last paid invoice that was not taken back by then (coupons
    that count once are not in it), net = gross · 10,000 / (10,000 + basis points of tax); the sum is rounded once for
    each plan and currency. A renewal that is switched off counts until its end; one that is past due counts until it is
    given up.
    """
    by_end = {month.end: month for month in chosen}
    return [
        Revenue(by_end[at.astimezone(UTC)], plan, currency, number, _rounded(minor))
        for at, plan, currency, number, minor in _rows(REVENUE, chosen)
    ]


def movements(chosen: Sequence[Month]) -> list[Movement]:
    """Subscriptions won and lost in each month; churn = ended / paying at its beginning."""
    found = []
    for start, at_start, new, trials, reasons in _rows(MOVEMENTS, chosen):
        ended = sum(reasons.values())
        found.append(Movement(Month(start.astimezone(UTC)), at_start, new, trials, ended, reasons))
    return found


def recoveries(chosen: Sequence[Month]) -> list[Recovery]:
    """Failed payments recovered: of the renewals whose first automatic charge failed in a month, those paid by now."""
    return [Recovery(Month(start.astimezone(UTC)), *rest) for start, *rest in _rows(RECOVERIES, chosen)]


def refunds(chosen: Sequence[Month]) -> list[Returned]:
    """Refunds that went through in each month, whichever month the payment was of; what a bank took of one that it had
    sent back is among the disputes."""
    return [Returned(Month(start.astimezone(UTC)), *rest) for start, *rest in _rows(REFUNDS, chosen)]


def disputes(chosen: Sequence[Month]) -> list[Disputed]:
    """Disputes by the month in which they were opened."""
    return [Disputed(Month(start.astimezone(UTC)), *rest) for start, *rest in _rows(DISPUTES, chosen)]


def _rows(statement: str, chosen: Sequence[Month]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            statement, {"starts": [month.start for month in chosen], "ends": [month.end for month in chosen]}
        )
        return list(cursor.fetchall())


def _rounded(minor: Decimal) -> int:
    return int(Decimal(minor).quantize(Decimal(1), ROUND_HALF_UP))
