"""Amounts: list prices, discounts, tax, and parts of a term. Whole minor units throughout; each sum is rounded once."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from frontdesk.billing.errors import CouponUnknown, NotForSale
from frontdesk.billing.models import Coupon, CouponKind, Subscription
from frontdesk.catalog.models import PlanVersion
from frontdesk.core.money import Money

WHOLE = 10_000  # basis points


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

    def __post_init__(self) -> None:
        if self.gross_minor < 0 or sum(line.minor for line in self.lines) != self.gross_minor:
            raise ValueError(f"lines that do not add up to {self.gross_minor} {self.currency}")


def for_term(version: PlanVersion, added_devices: int, currency: str, coupon: Coupon | None) -> Amount:
    """One term of a plan version with added devices, tax included. Raises NotForSale without a price."""
    price = next((each for each in version.prices.all() if each.currency == currency), None)
    if price is None or added_devices < 0:
        raise NotForSale
    lines = [Line(_plan_text(version), price.minor)]
    if added_devices:
        if price.device_minor is None:
            raise NotForSale
        lines.append(Line(_devices_text(added_devices), price.device_minor * added_devices))
    listed = sum(line.minor for line in lines)
    discount = discount_of(coupon, listed, currency) if coupon else 0
    if coupon and discount:
        lines.append(Line(_("Coupon %s") % coupon.code, -discount))
    return Amount(currency, listed, discount, listed - discount, tuple(lines))


def lasting(version: PlanVersion, added_devices: int, currency: str, coupon: Coupon | None) -> Amount:
    """What a term costs once a coupon for one payment is used. Raises NotForSale without a price."""
    return for_term(version, added_devices, currency, coupon if coupon and coupon.is_forever else None)


def later(version: PlanVersion, added_devices: int, currency: str, coupon: Coupon | None) -> Amount | None:
    """What each term after the coming one costs, where a coupon for one payment makes that another price; else None.

    Raises NotForSale without a price.
    """
    if coupon is None or coupon.is_forever:
        return None
    amount = lasting(version, added_devices, currency, coupon)
    return amount if amount.gross_minor != for_term(version, added_devices, currency, coupon).gross_minor else None


def later_price(subscription: Subscription) -> Money | None:
    """What each term of a subscription after the coming one costs, where that is another price; else None."""
    version, added = subscription.coming_plan_version, subscription.coming_added_devices
    try:
        amount = later(version, added, subscription.currency, subscription.coupon)
    except (NotForSale, CouponUnknown):
        return None
    return Money(amount.gross_minor, amount.currency) if amount else None


def discount_of(coupon: Coupon, listed_minor: int, currency: str) -> int:
    """What a coupon takes off: never more than there is. Raises CouponUnknown for an amount in another currency."""
    if coupon.kind == CouponKind.PERCENT:
        return rounded(listed_minor * (coupon.percent or 0), 100)
    if coupon.currency != currency:
        raise CouponUnknown
    return min(coupon.amount_minor or 0, listed_minor)


def split_tax(gross_minor: int, rate: int) -> tuple[int, int]:
    """(net, tax) of an amount with tax included; `rate` in basis points. The tax is rounded half up."""
    if gross_minor < 0 or rate < 0:
        raise ValueError("an amount and its rate of tax are never negative")
    tax = rounded(gross_minor * rate, WHOLE + rate)
    return gross_minor - tax, tax


def share(minor: int, part_seconds: int, whole_seconds: int) -> int:
    """`minor` · part / whole, rounded half up: the one rounding of a proration."""
    if whole_seconds <= 0 or not 0 <= part_seconds <= whole_seconds:
        raise ValueError(f"{part_seconds} s are no part of {whole_seconds} s")
    return rounded(minor * part_seconds, whole_seconds)


def rounded(dividend: int, divisor: int) -> int:
    """The quotient of whole numbers, rounded half up; exact for numbers of any size."""
    return (2 * dividend + divisor) // (2 * divisor)


def _plan_text(version: PlanVersion) -> str:
    months = version.term_months
    term = ngettext("%(count)d month", "%(count)d months", months) % {"count": months}
    if months % 12 == 0:
        term = ngettext("%(count)d year", "%(count)d years", months // 12) % {"count": months // 12}
    if version.plan.name.endswith(term):
        return str(version.plan)
    return _("%(plan)s, %(term)s") % {"plan": version.plan, "term": term}


def _devices_text(count: int) -> str:
    return ngettext("%(count)d more device", "%(count)d more devices", count) % {"count": count}
