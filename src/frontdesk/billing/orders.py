"""Placing orders. A quote that the customer agreed to becomes an order with its open invoice, in one transaction."""

from uuid import UUID

from frontdesk.accounts.models import Person
from frontdesk.billing.models import Order, Subscription
from frontdesk.billing.quotes import Quote
from frontdesk.core.actors import Actor


def place(
    *,
    actor: Actor,
    person: Person,
    quote: Quote,
    agreed_digest: str,
    key: UUID,
    country: str,
    network_country: str = "",
    coupon_code: str = "",
    auto_renew: bool = True,
    subscription: Subscription | None = None,
) -> Order:
    """Place an order; the same `key` finds the same order. Takes one use of the coupon, under its lock.

    What costs nothing (a coupon of 100 %, credit that covers all) is paid at once.
    Raises QuoteOutdated (the digest does not fit `quote`), CouponUnknown, TrialUsed, NotFound (another's subscription).
    """
    raise NotImplementedError


def cancel(*, actor: Actor, order: Order) -> None:
    """Give an unpaid order up: its invoice is void, its coupon free again. Raises NotPayable, PaymentUnderWay."""
    raise NotImplementedError


def expire_open() -> int:
    """Cancel the orders whose time is up and that no payment is under way for; returns how many. Run by the worker."""
    raise NotImplementedError


def access_order(person: Person, order_id: UUID) -> Order:
    """One of the person's orders. Raises NotFound."""
    raise NotImplementedError
