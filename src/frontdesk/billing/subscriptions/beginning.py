"""How a subscription begins and follows its licence. Called by fulfilment, in its transaction."""

from datetime import datetime
from uuid import UUID

from frontdesk.billing.models import EndReason, Invoice, Order, Subscription
from frontdesk.core.actors import Actor


def begin(*, order: Order, license: UUID, starts_at: datetime, ends_at: datetime) -> Subscription:
    """The subscription of a licence that was just bought (or tried, by the order's purpose). Safe to repeat."""
    raise NotImplementedError


def follow(*, license: UUID, ends_at: datetime) -> None:
    """The licence's end has moved (a code, an early renewal, an adjustment): the next charge moves to it.

    Nothing happens when the subscription's paid end is that moment already, or there is no live subscription.
    """
    raise NotImplementedError


def take_back(*, actor: Actor, invoice: Invoice, reason: EndReason) -> None:
    """What this invoice paid for was taken back: the subscription ends, or goes back one step where others remain."""
    raise NotImplementedError
