"""Coupons: found by their code, held by an order, given back when it is not paid."""

from datetime import datetime

from frontdesk.billing.models import Coupon
from frontdesk.catalog.models import PlanVersion, Product
from frontdesk.core.actors import Actor


def find(code: str, *, version: PlanVersion, currency: str) -> Coupon:
    """The coupon that can be used for this now; case and spaces do not matter. Raises CouponUnknown."""
    raise NotImplementedError


def create(
    *,
    actor: Actor,
    code: str,
    percent: int | None = None,
    amount_minor: int | None = None,
    currency: str = "",
    is_forever: bool = False,
    product: Product | None = None,
    max_uses: int | None = None,
    valid_until: datetime | None = None,
) -> Coupon:
    """A new coupon. Raises RequestInvalid, NameTaken."""
    raise NotImplementedError


def stop(*, actor: Actor, coupon: Coupon) -> None:
    """Nobody new can use it; what holds it already keeps it."""
    raise NotImplementedError
