"""Exports for the bookkeeper: the ledger by day, account and rate of tax, and the figures of the reports, as CSV."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Count, Q, Sum
from django.db.models.functions import Abs, Coalesce, TruncDate

from frontdesk.billing import reports
from frontdesk.billing.models import Account, LedgerEntry
from frontdesk.billing.reports import Month
from frontdesk.core.money import Money

LEDGER = ("day", "account", "currency", "tax_country", "tax_percent", "bookings", "debit", "credit")
FIGURES = ("month", "figure", "plan", "currency", "count", "amount")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would take for one


@dataclass(frozen=True)
class DayTotal:
    """What was booked on one day (UTC) on one account, in one currency, at one rate of tax (None: none applies)."""

    day: date
    account: Account
    currency: str
    tax_country: str
    tax_rate: int | None
    bookings: int
    debit_minor: int
    credit_minor: int

    @property
    def percent(self) -> str:
        """The rate as people say it: 19, 5.5."""
        return "" if self.tax_rate is None else f"{self.tax_rate / 100:g}"


def by_day(first: date, last: date) -> list[DayTotal]:
    """The ledger from the first to the last day, both included. Each day, a currency's debits equal its credits."""
    rows = (
        LedgerEntry.objects.filter(at__gte=_beginning_of(first), at__lt=_beginning_of(last + timedelta(days=1)))
        .annotate(day=TruncDate("at", tzinfo=UTC))
        .values("day", "account", "currency", "tax_country", "tax_rate")
        .annotate(
            bookings=Count("booking", distinct=True),
            debit=Coalesce(Sum("amount_minor", filter=Q(amount_minor__gt=0)), 0),
            credit=Coalesce(Sum(Abs("amount_minor"), filter=Q(amount_minor__lt=0)), 0),
        )
        .order_by("day", "currency", "account", "tax_country", "tax_rate")
    )
    return [
        DayTotal(
            row["day"], Account(row["account"]), row["currency"], row["tax_country"], row["tax_rate"],
            row["bookings"], int(row["debit"]), int(row["credit"]),
        )
        for row in rows
    ]  # fmt: skip


def ledger_csv(first: date, last: date) -> str:
    """`by_day` as CSV: amounts in major units with a point, accounts by their names inside (`receivable`, …)."""
    return _csv(LEDGER, (_ledger_row(total) for total in by_day(first, last)))


def _ledger_row(total: DayTotal) -> list[object]:
    percent = "" if total.tax_rate is None else f"{total.tax_rate / 100:.2f}"
    debit, credit = Money(total.debit_minor, total.currency).major, Money(total.credit_minor, total.currency).major
    return [total.day, total.account, total.currency, total.tax_country, percent, total.bookings, debit, credit]


def figures_csv(chosen: Sequence[Month]) -> str:
    """All figures of the reports, one on a line: month, what, plan, currency, count, amount."""
    return _csv(FIGURES, _figures(chosen))


def _figures(chosen: Sequence[Month]) -> Iterator[list[object]]:
    for revenue in reports.recurring_revenue(chosen):
        yield [revenue.month, "mrr", revenue.plan, revenue.currency, revenue.subscriptions, revenue.money.major]
    for movement in reports.movements(chosen):
        for name in ("at_start", "new", "trials", "ended"):
            yield [movement.month, f"subscriptions_{name}", "", "", getattr(movement, name), ""]
        for reason, number in sorted(movement.reasons.items()):
            yield [movement.month, f"ended_{reason}", "", "", number, ""]
        if movement.churn is not None:
            yield [movement.month, "churn_percent", "", "", movement.churn, ""]
    for each in reports.recoveries(chosen):
        failed, paid = Money(each.failed_minor, each.currency), Money(each.recovered_minor, each.currency)
        yield [each.month, "renewals_failed", "", each.currency, each.failed, failed.major]
        yield [each.month, "renewals_recovered", "", each.currency, each.recovered, paid.major]
    for back in reports.refunds(chosen):
        yield [back.month, "refunds", "", back.currency, back.refunds, Money(back.minor, back.currency).major]
    for dispute in reports.disputes(chosen):
        opened, lost = Money(dispute.minor, dispute.currency), Money(dispute.lost_minor, dispute.currency)
        yield [dispute.month, "disputes_opened", "", dispute.currency, dispute.opened, opened.major]
        yield [dispute.month, "disputes_won", "", dispute.currency, dispute.won, ""]
        yield [dispute.month, "disputes_lost", "", dispute.currency, dispute.lost, lost.major]


def _csv(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(heading)
    writer.writerows([_safe(value) for value in row] for row in rows)
    return buffer.getvalue()


def _safe(value: object) -> object:
    """A name that a spreadsheet would run as a formula becomes a text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _beginning_of(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
