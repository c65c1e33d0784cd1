"""What a change of a licence does to its payments.

The licence's lock is held here, and billing's come before it. So nothing here waits for them: what is in other hands
just now is done by the worker, from the outbox, where no lock is held.
"""

from frontdesk.billing.errors import SubscriptionOver
from frontdesk.billing.models import Subscription
from frontdesk.billing.subscriptions import beginning, changing, giving, holding
from frontdesk.core import outbox
from frontdesk.core.outbox import Delivery
from frontdesk.fulfilment import mails
from frontdesk.licensing.events import LicenseEndMoved, LicenseHandedOver, LicenseRestored, LicenseSuspended
from frontdesk.licensing.models import License

FOLLOW = "fulfilment.follow"
HOLD = "fulfilment.hold"
HANDED_OVER = "fulfilment.handed_over"


class _Busy(Exception):
    """Somebody is at the subscription; the outbox tries again."""


def follow(event: LicenseEndMoved) -> None:
    """The next charge moves to the licence's new end."""
    if not beginning.follow(license=event.license, ends_at=event.ends_at):
        outbox.put(topic=FOLLOW, payload={"license": str(event.license)})


def follow_later(delivery: Delivery) -> None:
    """The outbox's handler: the licence's end as it is by now. Safe to repeat."""
    license = License.objects.get(pk=delivery.payload["license"])
    if not beginning.follow(license=license.pk, ends_at=license.expires_at):
        raise _Busy


def hold(event: LicenseSuspended | LicenseRestored) -> None:
    """Nothing is charged by itself while the licence is suspended."""
    if not holding.hold(license=event.license, is_suspended=isinstance(event, LicenseSuspended)):
        outbox.put(topic=HOLD, payload={"license": str(event.license)})


def hold_later(delivery: Delivery) -> None:
    """The outbox's handler: as the licence is by now. Safe to repeat."""
    license = License.objects.get(pk=delivery.payload["license"])
    if not holding.hold(license=license.pk, is_suspended=license.suspended_at is not None):
        raise _Busy


def stop_renewal(event: LicenseHandedOver) -> None:
    """Whoever gave a licence away does not go on paying for it, and has no say in it; what was paid stays with it."""
    if Subscription.objects.filter(license=event.license).exists():
        giving.hand_over(license=event.license, owner=event.owner)  # at once, or else by the worker
        payload = {"license": str(event.license), "owner": str(event.owner)}
        outbox.put(topic=HANDED_OVER, payload=payload)


def stop_renewal_later(delivery: Delivery) -> None:
    """The outbox's handler: renewal goes off, unpaid orders go, and both are told. Safe to repeat."""
    license = License.objects.select_related("owner", "product", "plan_version__plan").get(
        pk=delivery.payload["license"]
    )
    if license.owner is None or str(license.owner_id) != delivery.payload["owner"]:
        return
    if not giving.hand_over(license=license.pk, owner=license.owner.pk):
        raise _Busy
    found = Subscription.objects.filter(license=license.pk).first()
    if found is None or found.handed_over_at is None:
        return
    giving.give_up_orders(found)
    try:
        renewed = found.auto_renew
        changing.set_auto_renew(actor=giving.ACTOR, subscription=found, on=False)
    except SubscriptionOver:
        return
    if renewed:
        mails.renewal_ends(license.owner, license)
