"""A code on a licence of another plan, or with added devices: its time counts by the value a day of the two.

The value a day is the price of a term, with the devices that were added to the licence, in the product's reference
currency, divided by the term's months. Computed with whole numbers and rounded down to the second, once, at redemption.
"""

from dataclasses import dataclass

from frontdesk.catalog.models import PlanVersion, Price
from frontdesk.licensing.errors import PlansNotComparable

DAY = 86_400


@dataclass(frozen=True)
class Conversion:
    """What a code's time becomes. `seconds` is what counts; `is_equal` when nothing had to be converted."""

    sold: PlanVersion
    held: PlanVersion
    sold_seconds: int
    seconds: int
    added_devices: int = 0

    @property
    def is_equal(self) -> bool:
        """Whether the time counts as it was sold."""
        return self.sold_seconds == self.seconds


def convert(sold: PlanVersion, held: PlanVersion, added_devices: int = 0) -> Conversion:
    """The time of a code sold as `sold` on a licence that holds `held` with so many added devices.

    Versions of one plan for as many devices count one to one: a later price change takes nothing away. Raises
    PlansNotComparable when a price is missing or zero, or less than a second would be left.
    """
    seconds = sold.code_days * DAY
    is_same = sold.pk == held.pk or (sold.plan_id == held.plan_id and sold.device_limit == held.device_limit)
    if is_same and not added_devices:
        return Conversion(sold, held, seconds, seconds)
    currency = sold.plan.product.reference_currency
    rows = Price.objects.filter(plan_version__in=(sold.pk, held.pk), currency=currency)
    prices = {row.plan_version_id: row for row in rows}
    of_held = prices.get(held.pk)
    of_sold, term = (of_held, held.term_months) if is_same else (prices.get(sold.pk), sold.term_months)
    worth = _worth(of_held, added_devices)
    if of_sold is None or not worth:
        raise PlansNotComparable
    converted = seconds * of_sold.minor * held.term_months // (worth * term)
    if converted < 1:
        raise PlansNotComparable
    return Conversion(sold, held, seconds, converted, added_devices)


def _worth(price: Price | None, added_devices: int) -> int:
    """What a term costs with so many added devices; 0 where that cannot be said."""
    if price is None or not price.minor or (added_devices and price.device_minor is None):
        return 0
    return price.minor + (price.device_minor or 0) * added_devices
