"""Whether one plan has more or less in it than another, whatever they cost."""

from frontdesk.billing import amounts
from frontdesk.billing.errors import CouponUnknown, NotForSale
from frontdesk.billing.models import Subscription
from frontdesk.catalog.models import PlanVersion


def lost(held: PlanVersion, version: PlanVersion) -> list[str]:
    """The features of the plan that is held which the other one lacks, as the catalogue names them."""
    return [name for name in held.features if name not in version.features]


def is_no_less(held: PlanVersion, version: PlanVersion) -> bool:
    """Whether nothing goes with it: no room for a device, no feature. Only such a plan can be had in the middle of a
    term, since nobody is asked then which devices stay."""
    return version.device_limit >= held.device_limit and not lost(held, version)


def is_more(held: PlanVersion, version: PlanVersion) -> bool:
    """Whether something comes with it, and nothing goes."""
    return is_no_less(held, version) and (version.device_limit > held.device_limit or bool(lost(version, held)))


def is_for_nothing(subscription: Subscription, version: PlanVersion) -> bool:
    """Whether it is the plan that the subscription has, as it was edited since: no cheaper, and with nothing more.

    The prices of the versions are read as they are prefetched.
    """
    held = subscription.plan_version
    if version.plan_id != held.plan_id or version.term_months != held.term_months or is_more(held, version):
        return False
    try:
        before, after = (
            amounts.for_term(each, subscription.added_devices, subscription.currency, None).gross_minor
            for each in (held, version)
        )
    except (NotForSale, CouponUnknown):
        return True  # what is held cannot be compared with it, and is kept
    return after >= before
