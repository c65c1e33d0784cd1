"""Reading licences and devices. A customer's rows are reached only through `access_*`; missing is like forbidden."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.core.errors import NotFound
from frontdesk.licensing.models import Activation, Batch, Code, License, RefusedActivation

LIVE = Prefetch(
    "activations", Activation.objects.filter(removed_at=None).order_by("-last_seen_at", "id"), to_attr="live_devices"
)


def licenses_of(person: Person) -> list[License]:
    """A person's licences, those that end first in front; two queries. Each has its devices in `live_devices`."""
    mine = License.objects.filter(owner=person).select_related("product", "plan_version__plan")
    return list(mine.prefetch_related(LIVE).order_by("expires_at", "id"))


def access_license(person: Person, license_id: UUID) -> License:
    """One of the person's licences, with `live_devices`. Raises NotFound for another's as for none."""
    mine = License.objects.filter(owner=person, pk=license_id).select_related("product", "plan_version__plan", "owner")
    license = mine.prefetch_related(LIVE).first()
    if license is None:
        raise NotFound
    return license


def access_activation(person: Person, activation_id: UUID) -> Activation:
    """A device on one of the person's licences, removed ones included. Raises NotFound."""
    rows = Activation.objects.select_related("license__plan_version__plan", "license__product")
    activation = rows.filter(pk=activation_id, license__owner=person).first()
    if activation is None:
        raise NotFound
    return activation


def devices_of(license: License) -> list[Activation]:
    """The devices that hold a seat, the one seen last in front."""
    return list(license.activations.filter(removed_at=None).order_by("-last_seen_at", "id"))


def stops_by(activation: Activation, moment: datetime | None = None) -> datetime:
    """By when a device stops at the latest once it is removed: the end of the last lease it can have.

    A device that is online stops within a day. Never before `moment` (now).
    """
    last = activation.last_seen_at + timedelta(days=activation.license.plan_version.lease_days)
    return max(last, activation.offline_until or last, moment or clock.now())


def live_codes(license: License) -> list[Code]:
    """The codes that still work for a licence, the newest first."""
    rows = Code.objects.filter(license=license, voided_at=None, replaced_by=None).select_related("batch")
    return list(rows.order_by("-redeemed_at", "id"))


def batches() -> QuerySet[Batch]:
    """All batches with what the back office shows of them, the newest first."""
    return Batch.objects.select_related("plan_version__plan__product").order_by("-created_at", "id")


def refused_lately(person: Person, *, since: datetime) -> list[RefusedActivation]:
    """Why devices got no seat of a person's licences, the latest first."""
    rows = RefusedActivation.objects.filter(license__owner=person, last_at__gte=since)
    return list(rows.select_related("license__product", "license__plan_version__plan").order_by("-last_at"))
