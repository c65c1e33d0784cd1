"""Changing a licence as a whole: its plan, its suspension, its refund."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from frontdesk.catalog.models import PlanVersion
from frontdesk.core import clock, events
from frontdesk.core.actors import Actor
from frontdesk.licensing import locks, mails, notes, seats
from frontdesk.licensing.errors import OtherProduct, TooManyKept
from frontdesk.licensing.events import LicenseRestored, LicenseSuspended
from frontdesk.licensing.models import Activation, License


@transaction.atomic
def change_plan_version(
    *,
    actor: Actor,
    license: License,
    plan_version: PlanVersion,
    added_devices: int | None = None,
    keep: Sequence[Activation | UUID] = (),
    reason: str = "",
) -> list[Activation]:
    """Move a licence to another plan (version) of its product, or another number of added devices (None: as it is).

    Returns the devices that lost their seats.

    When the new limit is lower, those in `keep` stay. Where the customer chose too few or none, the devices seen last
    fill up the rest; the owner is told by mail which had to go without being chosen. Time is not converted here.
    Raises OtherProduct, TooManyKept (`device_limit`), ReasonMissing.
    """
    actor = notes.explained(actor, reason)
    locked = locks.license_row(license.id)
    if plan_version.plan.product_id != locked.product_id:
        raise OtherProduct
    before, had = locked.plan_version_id, locked.added_devices
    locked.plan_version = plan_version
    locked.added_devices = had if added_devices is None else added_devices
    locked.save(update_fields=["plan_version", "added_devices"])
    freed = _free_surplus(actor, locked, {_id(each) for each in keep})
    data = {
        "from": str(before),
        "to": str(plan_version.id),
        "added_devices": [had, locked.added_devices],
        "freed": [str(each.id) for each in freed],
    }
    notes.of_license(actor=actor, action="license.plan_changed", license=locked, data=data)
    license.refresh_from_db(fields=["plan_version", "added_devices", "seats_used"])
    return freed


def _free_surplus(actor: Actor, license: License, keep: set[UUID]) -> list[Activation]:
    limit = license.device_limit
    live = list(license.activations.filter(removed_at=None).order_by("-last_seen_at", "id"))
    if len(live) <= limit:
        return []
    if len(keep) > limit or not keep <= {each.id for each in live}:
        raise TooManyKept(device_limit=limit)
    chosen_first = sorted(live, key=lambda each: each.id not in keep)
    freed = chosen_first[limit:]
    for activation in freed:
        seats.remove(actor=actor, activation=activation.id)
    if len(keep) < limit and license.owner:
        mails.devices_freed(license.owner, license, freed)
    return freed


@transaction.atomic
def tolerate(*, license: License, until: datetime | None) -> None:
    """Let a licence go on past its end and its grace until a moment (a charge comes late); None: no longer."""
    locked = locks.license_row(license.id)
    if locked.tolerated_until != until:
        locked.tolerated_until = until
        locked.save(update_fields=["tolerated_until"])
        said = until.isoformat() if until else None
        notes.of_license(actor=Actor.system(), action="license.tolerated", license=locked, data={"until": said})
    license.tolerated_until = until


@transaction.atomic
def suspend(*, actor: Actor, license: License, reason: str) -> None:
    """Stop a licence for now: no activation, no lease. Its time goes on. Raises ReasonMissing."""
    actor = notes.explained(actor, reason)
    locked = locks.license_row(license.id)
    if locked.suspended_at is None:
        locked.suspended_at = clock.now()
        locked.save(update_fields=["suspended_at"])
        notes.of_license(actor=actor, action="license.suspended", license=locked)
        events.publish(LicenseSuspended(locked.id))
    license.suspended_at = locked.suspended_at


@transaction.atomic
def restore(*, actor: Actor, license: License, reason: str) -> None:
    """Lift a suspension. A refund is not lifted by it. Raises ReasonMissing."""
    actor = notes.explained(actor, reason)
    locked = locks.license_row(license.id)
    if locked.suspended_at is not None:
        locked.suspended_at = None
        locked.save(update_fields=["suspended_at"])
        notes.of_license(actor=actor, action="license.restored", license=locked)
        events.publish(LicenseRestored(locked.id))
    license.suspended_at = None


@transaction.atomic
def refund(*, actor: Actor, license: License, reason: str) -> int:
    """End a licence because its price went back, and free its devices; returns how many. Raises ReasonMissing."""
    actor = notes.explained(actor, reason)
    locked = locks.license_row(license.id)
    live = list(locked.activations.filter(removed_at=None).order_by("id"))
    for activation in live:
        seats.remove(actor=actor, activation=activation.id)
    if locked.refunded_at is None:
        locked.refunded_at = clock.now()
        locked.save(update_fields=["refunded_at"])
        notes.of_license(actor=actor, action="license.refunded", license=locked, data={"freed": len(live)})
    license.refresh_from_db(fields=["refunded_at", "seats_used"])
    return len(live)


def _id(each: Activation | UUID) -> UUID:
    return each.id if isinstance(each, Activation) else each
