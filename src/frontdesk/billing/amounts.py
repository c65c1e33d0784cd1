"""Amounts: list prices, discounts, tax, and parts of a term. Whole minor units throughout; each sum is rounded once."""

from collections.abc import Sequence
from dataclasses import dataclass

from frontdesk.billing.models import Coupon
from frontdesk.catalog.models import PlanVersion


@dataclass(frozen=True)
class Line:
    """One line of a quote or invoice, as it is printed. `minor` may be negative (a discount, unused time)."""

    text: str
    minor: int


@dataclass(frozen=True)
class Amount:
    """What something costs. `lines` add up to `gross_minor`, which is never negative."""

    currency: str
    list_minor: int
    discount_minor: int
    gross_minor: int
    lines: Sequence[Line]


def for_term(version: PlanVersion, added_devices: int, currency: str, coupon: Coupon | None) -> Amount:
    """One term of a plan version with added devices, tax included. Raises NotForSale without a price."""
    raise NotImplementedError


def split_tax(gross_minor: int, rate: int) -> tuple[int, int]:
    """(net, tax) of an amount with tax included; `rate` in basis points. The tax is rounded half up."""
    raise NotImplementedError


def share(minor: int, part_seconds: int, whole_seconds: int) -> int:
    """`minor` · part / whole, rounded half up: the one rounding of a proration."""
    raise NotImplementedError
