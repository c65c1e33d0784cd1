"""The plans that a subscription can change to, and how: now for the difference, or at the end of the term."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import prefetch_related_objects

from frontdesk.billing import amounts, comparing, quotes
from frontdesk.billing.errors import CouponUnknown, NotForSale
from frontdesk.billing.models import Subscription
from frontdesk.billing.quotes import Quote
from frontdesk.catalog import plans
from frontdesk.catalog.models import PlanVersion
from frontdesk.core.errors import NotFound, RequestInvalid
from frontdesk.core.money import Money
from frontdesk.licensing.models import Activation, License
from frontdesk.portal.shop import feature_name


@dataclass(frozen=True)
class Way:
    """One plan that can be had instead: now, for `quote`; without one from the end of the term on, for `price`.

    `added` devices come along, none where the plan knows no added devices; the features in `lost` do not.
    """

    version: PlanVersion
    price: Money
    added: int
    quote: Quote | None
    lost: Sequence[str] = ()

    @property
    def devices(self) -> int:
        """For how many devices it is."""
        return self.version.device_limit + self.added


def ways(subscription: Subscription, license_ends_at: datetime) -> list[Way]:
    """The other plans on offer of the same product, in the order of the shop; few queries, however many there are.

    The plan that is held, as it was edited since, is one of them only where it is cheaper or has more in it.
    """
    prefetch_related_objects([subscription], "plan_version__prices")
    offers = plans.offers(subscription.plan_version.plan.product)
    others = [offer.version for offer in offers if offer.version.pk != subscription.plan_version_id]
    others = [version for version in others if not comparing.is_for_nothing(subscription, version)]
    found = quotes.upgrades(subscription=subscription, offered=others, license_ends_at=license_ends_at)
    return [way for version in others if (way := _way(subscription, version, found.get(version.pk)))]


def way_to(subscription: Subscription, plan_slug: str, license_ends_at: datetime) -> Way:
    """The way to one of them. Raises NotFound."""
    for way in ways(subscription, license_ends_at):
        if way.version.plan.slug == plan_slug:
            return way
    raise NotFound


def term_price(subscription: Subscription, version: PlanVersion, added_devices: int) -> Money | None:
    """What a term of a plan would cost this customer; None where it cannot be had like that."""
    try:
        amount = amounts.for_term(version, added_devices, subscription.currency, subscription.coupon)
    except (NotForSale, CouponUnknown):
        return None
    return Money(amount.gross_minor, amount.currency)


def lost(subscription: Subscription, version: PlanVersion) -> list[str]:
    """What the plan that a subscription has can do, and the other one cannot."""
    return [feature_name(name) for name in comparing.lost(subscription.plan_version, version)]


def too_many(license: License, limit: int) -> list[Activation]:
    """The devices among which somebody has to choose, when a lower limit leaves no room for all; else none."""
    live: list[Activation] = getattr(license, "live_devices", [])
    return live if len(live) > limit else []


def kept(devices: Sequence[Activation], chosen: Sequence[str], limit: int) -> list[UUID]:
    """The devices that were chosen to stay. Raises RequestInvalid for more than there is room for."""
    staying = [device.pk for device in devices if str(device.pk) in chosen]
    if len(staying) > limit:
        raise RequestInvalid(field="keep")
    return staying


def _way(subscription: Subscription, version: PlanVersion, quote: Quote | None) -> Way | None:
    for added in dict.fromkeys((subscription.added_devices, 0)):
        if price := term_price(subscription, version, added):
            return Way(version, price, added, quote, lost(subscription, version))
    return None
