"""Parts of a term: what is left of a price for the time that is left. Whole minor units, rounded once."""

from dataclasses import replace
from datetime import datetime

from frontdesk.billing import amounts, periods
from frontdesk.billing.amounts import Amount, Line
from frontdesk.catalog.models import PlanVersion


def share(minor: int, now: datetime, ends_at: datetime, held: PlanVersion) -> int:
    """What `minor` a term is for the time left: whole terms as they are, and the rounded part of one."""
    terms, end, begin = 0, ends_at, periods.add_months(ends_at, -held.term_months)
    while begin >= now:
        terms += 1
        end, begin = begin, periods.add_months(ends_at, -(terms + 1) * held.term_months)
    left, whole = (end - now).total_seconds(), (end - begin).total_seconds()
    return minor * terms + amounts.share(minor, int(left), int(whole))


def with_gross(amount: Amount, minor: int) -> Amount:
    """The same amount with another sum: the first line, what is bought, makes the difference."""
    first, *rest = amount.lines
    lines = [Line(first.text, first.minor + minor - amount.gross_minor), *rest]
    return replace(amount, list_minor=amount.list_minor + minor - amount.gross_minor, gross_minor=minor, lines=lines)
