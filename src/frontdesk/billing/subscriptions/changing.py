"""What customers (and agents) change on a subscription."""

from collections.abc import Sequence
from uuid import UUID

from frontdesk.accounts.models import Person
from frontdesk.billing.models import PaymentMethod, Subscription
from frontdesk.catalog.models import PlanVersion
from frontdesk.core.actors import Actor


def access_subscriptions(person: Person) -> list[Subscription]:
    """All of a person's subscriptions, live ones first."""
    raise NotImplementedError


def access_subscription(person: Person, subscription_id: UUID) -> Subscription:
    """One of them. Raises NotFound."""
    raise NotImplementedError


def set_auto_renew(*, actor: Actor, subscription: Subscription, on: bool, why: str = "") -> Subscription:
    """Switch automatic renewal, at once; off stays off. `why`: the skippable answer. Raises SubscriptionOver."""
    raise NotImplementedError


def plan_switch(
    *, actor: Actor, subscription: Subscription, version: PlanVersion, added_devices: int, keep: Sequence[UUID] = ()
) -> Subscription:
    """Change the plan (or devices) at the end of the term; `keep`: activations that stay at a lower limit.

    Raises SubscriptionOver, SwitchNotPossible, NotForSale.
    """
    raise NotImplementedError


def drop_switch(*, actor: Actor, subscription: Subscription) -> Subscription:
    """Keep the plan after all."""
    raise NotImplementedError


def set_method(*, actor: Actor, subscription: Subscription, method: PaymentMethod) -> Subscription:
    """Pay with another card from now on; a renewal that failed is tried again at once (by the sweep)."""
    raise NotImplementedError


def retry_now(*, actor: Actor, subscription: Subscription) -> None:
    """Agent: try a failed charge again now. Raises SubscriptionOver, PaymentUnderWay, ReasonMissing."""
    raise NotImplementedError
