"""A code of another plan on a licence: its time counts by the value a day of the two plan versions.

The value a day is the price of a term, in the product's reference currency, divided by the term's months. Computed
with whole numbers and rounded down to the second, once, at redemption.
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

    @property
    def is_equal(self) -> bool:
        """Whether the time counts as it was sold."""
        return self.sold_seconds == self.seconds


def convert(sold: PlanVersion, held: PlanVersion) -> Conversion:
    """The time of a code sold as `sold` on a licence that holds `held`.

    Versions of one plan for as many devices count one to one: a later price change takes nothing away. Raises
    PlansNotComparable when a price is missing or zero, or less than a second would be left.
    """
    seconds = sold.code_days * DAY
    if sold.pk == held.pk or (sold.plan_id == held.plan_id and sold.device_limit == held.device_limit):
        return Conversion(sold, held, seconds, seconds)
    currency = sold.plan.product.reference_currency
    prices = dict(
        Price.objects.filter(plan_version__in=(sold.pk, held.pk), currency=currency).values_list(
            "plan_version_id", "minor"
        )
    )
    if not prices.get(sold.pk) or not prices.get(held.pk):
        raise PlansNotComparable
    converted = seconds * prices[sold.pk] * held.term_months // (prices[held.pk] * sold.term_months)
    if converted < 1:
        raise PlansNotComparable
    return Conversion(sold, held, seconds, converted)
