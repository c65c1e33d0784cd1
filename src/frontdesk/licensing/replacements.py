"""A device at the limit asks the owner to give it another device's seat. Real time: 24 hours.

Every request looks alike from outside: a row, a line in the outbox, the same answer. Only the worker looks whether
there is an owner to write to.
"""

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Iterable
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet

from frontdesk.accounts.models import Person
from frontdesk.core import clock, outbox, throttle
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound, TooManyAttempts
from frontdesk.core.outbox import Delivery
from frontdesk.core.throttle import Limit
from frontdesk.licensing import codes, locks, mails, notes, seats
from frontdesk.licensing.errors import ReplacementGone
from frontdesk.licensing.models import Activation, Code, License, Replacement
from frontdesk.licensing.seats import Device, Seat

TOPIC = "licensing.replacement_asked"
OPEN_FOR = timedelta(hours=24)
POLL_AFTER = 5  # seconds
FROM_NETWORK = Limit("replacement-from", 60, 3600)
MOST_SHOWN, MOST_READ = 5, 200
MAILS_A_DAY = Limit("replacement-mail", 4, 86_400)


@dataclass(frozen=True)
class Standing:
    """What a waiting device is told. `poll_after`: seconds until it may ask again."""

    id: UUID
    status: Literal["pending", "approved", "refused", "expired"]
    poll_after: int = POLL_AFTER


@transaction.atomic
def ask(*, code_text: str, product: str, device: Device, ip_prefix: str) -> Standing:
    """Ask the owner of a code's licence for a seat. Answers alike for unknown codes and unclaimed licences.

    Raises CodeMalformed (decided without a look-up), TooManyAttempts (by network; only codes that lead nowhere count,
    and a good code is always served: its mails have a limit of their own).
    """
    digest = codes.digest(codes.parse(code_text))
    good = Code.objects.filter(hash=digest, voided_at=None, license__product__slug=product)
    license_id = good.values_list("license_id", flat=True).first()
    # Every request costs one look-up and one count; what a good code counts is its own and refuses nothing.
    with suppress(TooManyAttempts) if license_id else nullcontext():
        throttle.reserve(FROM_NETWORK, str(license_id or ip_prefix))
    token, now = secrets.token_urlsafe(32), clock.real_now()
    request = Replacement.objects.create(
        id=uuid4(),
        license_id=license_id,
        fingerprint=seats.fingerprint_hash(device.fingerprint),
        name=device.name,
        platform=device.platform,
        app_version=device.app_version,
        token_hash=_hash(token),
        created_at=now,
        expires_at=now + OPEN_FOR,
    )
    outbox.put(topic=TOPIC, payload={"replacement": str(request.id)}, secret=token)
    return Standing(request.id, "pending")


def write_to_owner(delivery: Delivery) -> None:
    """The outbox's handler: mail the owner, if there is one, a few times a day at most for each licence."""
    rows = Replacement.objects.select_related("license__owner", "license__product", "license__plan_version__plan")
    request = rows.filter(pk=delivery.payload["replacement"]).first()
    if request is None or request.license is None or request.license.owner is None or _status(request) != "pending":
        return
    try:
        throttle.reserve(MAILS_A_DAY, str(request.license_id))
    except TooManyAttempts:
        return
    mails.replacement_asked(request, request.license, request.license.owner, delivery.secret)


def status(request_id: UUID) -> Standing:
    """How a request stands. Raises NotFound for an id that was never given out."""
    request = Replacement.objects.filter(pk=request_id).first()
    if request is None:
        raise NotFound
    return Standing(request.id, _status(request))


def find(token: str) -> Replacement:
    """The open request behind a mailed link, with its licence. Raises ReplacementGone."""
    request = _rows().filter(token_hash=_hash(token), license__owner__isnull=False).first()
    if request is None or _status(request) != "pending":
        raise ReplacementGone
    return request


def access_replacement(person: Person, request_id: UUID) -> Replacement:
    """An open request for a licence of the person. Raises NotFound for another's as for none, ReplacementGone."""
    request = _rows().filter(pk=request_id, license__owner=person).first()
    if request is None:
        raise NotFound
    if _status(request) != "pending":
        raise ReplacementGone
    return request


def waiting(licenses: Iterable[License]) -> list[Replacement]:
    """The devices that wait for a seat, the first one in front; each once, and the newest few of each licence."""
    rows = Replacement.objects.filter(
        license__in=list(licenses), approved_at=None, refused_at=None, expires_at__gt=clock.real_now()
    )
    found: dict[UUID | None, dict[bytes, Replacement]] = defaultdict(dict)
    for request in rows.order_by("-created_at", "id")[:MOST_READ]:
        devices = found[request.license_id]
        if len(devices) < MOST_SHOWN:
            devices.setdefault(bytes(request.fingerprint), request)
    return sorted((request for devices in found.values() for request in devices.values()), key=_asked_at)


@transaction.atomic
def approve(*, actor: Actor, asked: Replacement, swap: Activation | UUID | None) -> Seat:
    """Take the seat of `swap` (None when one is free) for the device that asks: both or neither.

    Raises ReplacementGone, NotFound (`swap` holds no seat of this licence), DeviceLimitReached, SwapLimitReached,
    LicenseExpired, LicenseSuspended, LicenseRefunded.
    """
    request, license = _locked(asked)
    if swap is not None:
        swap_id = swap.id if isinstance(swap, Activation) else swap
        if not license.activations.filter(pk=swap_id, removed_at=None).exists():
            raise NotFound
        seats.remove(actor=actor, activation=swap_id)
    device = Device(bytes(request.fingerprint), request.name, request.platform, request.app_version)
    seat = seats.take(actor=actor, device=device, license=license.id)
    _open_of_device(request).update(approved_at=clock.real_now())
    data = {"replacement": str(request.id), "activation": str(seat.activation)}
    notes.of_license(actor=actor, action="replacement.approved", license=license, data=data)
    return seat


@transaction.atomic
def refuse(*, actor: Actor, asked: Replacement) -> None:
    """Tell the waiting device no. Raises ReplacementGone."""
    request, license = _locked(asked)
    _open_of_device(request).update(refused_at=clock.real_now())
    data = {"replacement": str(request.id)}
    notes.of_license(actor=actor, action="replacement.refused", license=license, data=data)


def forget_old() -> int:
    """Delete requests that are a week past their end; returns how many."""
    count, _rows = Replacement.objects.filter(expires_at__lt=clock.real_now() - timedelta(days=7)).delete()
    return count


def _rows() -> QuerySet[Replacement]:
    return Replacement.objects.select_related("license__product", "license__plan_version__plan", "license__owner")


def _asked_at(request: Replacement) -> datetime:
    return request.created_at


def _open_of_device(request: Replacement) -> QuerySet[Replacement]:
    """A device that asked several times is answered once, whichever of its requests the owner looked at."""
    same = Replacement.objects.filter(license=request.license_id, fingerprint=request.fingerprint)
    return same.filter(approved_at=None, refused_at=None, expires_at__gt=clock.real_now())


def _locked(asked: Replacement) -> tuple[Replacement, License]:
    license = locks.license_row(_license_of(asked))
    request = Replacement.objects.select_for_update(of=("self",)).get(pk=asked.pk)
    if _status(request) != "pending":
        raise ReplacementGone
    return request, license


def _license_of(request: Replacement) -> UUID:
    assert request.license_id is not None  # noqa: S101 - `find` gives only requests with a licence
    return request.license_id


def _status(request: Replacement) -> Literal["pending", "approved", "refused", "expired"]:
    if request.approved_at:
        return "approved"
    if request.refused_at:
        return "refused"
    return "expired" if request.expires_at <= clock.real_now() else "pending"


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
