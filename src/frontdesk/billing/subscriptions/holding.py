"""While a licence is suspended, nothing is charged for it by itself. Called by fulfilment."""

from uuid import UUID

from frontdesk.billing import notes
from frontdesk.billing.models import Subscription
from frontdesk.billing.subscriptions import planning
from frontdesk.core import clock
from frontdesk.core.actors import Actor


def hold(*, license: UUID, is_suspended: bool) -> bool:
    """The licence was suspended, or works again: its charges wait, or go on (announced anew where they are late).

    Whoever calls may hold the licence's lock, which comes behind the subscription's: so this never waits. False:
    somebody is at the subscription just now, and it must be called again without that lock.
    """
    rows = Subscription.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    free = rows.filter(license=license).first()
    if free is None:
        return not Subscription.objects.filter(license=license).exists()
    if (free.held_at is not None) == is_suspended:
        return True
    subscription = planning.locked(free.pk)
    subscription.held_at = clock.now() if is_suspended else None
    subscription.save(update_fields=["held_at"])
    if not subscription.is_live:
        return True  # it only may be renewed by hand again, or not
    action = "subscription.held" if is_suspended else "subscription.goes_on"
    actor = Actor.system("its licence was suspended" if is_suspended else "its licence works again")
    notes.of(actor=actor, action=action, subject=subscription, person=subscription.person_id)
    planning.plan(subscription)
    return True
