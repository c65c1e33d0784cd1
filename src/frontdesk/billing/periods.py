"""Dates of periods: always the anchor plus whole periods, never chained. The rule is the one of licensing's terms."""

import calendar
from datetime import UTC, datetime


def add_months(moment: datetime, months: int) -> datetime:
    """`moment` (aware) and so many calendar months later in UTC; 31 January and one month is 28 or 29 February."""
    start = moment.astimezone(UTC)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return start.replace(year=year, month=month + 1, day=min(start.day, last))


def end_of(anchor: datetime, periods: int, term_months: int) -> datetime:
    """The end of the `periods`-th period since the anchor."""
    return add_months(anchor, periods * term_months)
