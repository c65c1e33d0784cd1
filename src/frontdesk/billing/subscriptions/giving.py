"""A licence that went into other hands than its payer's: they keep the papers, and no power. Called by fulfilment."""

from contextlib import suppress
from uuid import UUID

from frontdesk.billing import notes, orders
from frontdesk.billing.errors import NotPayable, PaymentUnderWay
from frontdesk.billing.models import Order, Subscription
from frontdesk.core import clock
from frontdesk.core.actors import Actor

ACTOR = Actor.system("the licence was handed over")


def hand_over(*, license: UUID, owner: UUID) -> bool:
    """The licence is `owner`'s now; where that is who pays, it has come back. Safe to repeat.

    Whoever calls may hold the licence's lock, which comes behind the subscription's: so this never waits. False:
    somebody is at the subscription just now, and it must be called again without that lock.
    """
    rows = Subscription.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    subscription = rows.filter(license=license).first()
    if subscription is None:
        return not Subscription.objects.filter(license=license).exists()
    is_given = subscription.person_id != owner
    if (subscription.handed_over_at is not None) == is_given:
        return True
    subscription.handed_over_at = clock.now() if is_given else None
    subscription.save(update_fields=["handed_over_at"])
    action = "subscription.handed_over" if is_given else "subscription.came_back"
    notes.of(actor=ACTOR, action=action, subject=subscription, person=subscription.person_id)
    return True


def give_up_orders(subscription: Subscription) -> None:
    """What the giver ordered for it and has not paid is given up; what is being paid just now decides itself."""
    for order in Order.objects.filter(subscription=subscription, paid_at=None, canceled_at=None).order_by("pk"):
        with suppress(NotPayable, PaymentUnderWay):
            orders.cancel(actor=ACTOR, order=order)
