"""Taking and freeing seats. The rules are SQL functions (`sql/`), the only implementation; these are their callers.

The gateway calls the same statements in batches (`SeatRequest`, `SeatRow`), everybody else for one device at a time.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from frontdesk.core import audit, clock, throttle
from frontdesk.core.actors import Actor, ActorKind
from frontdesk.core.errors import TooManyAttempts
from frontdesk.core.reasons import Refusal
from frontdesk.core.throttle import Limit
from frontdesk.licensing import codes, errors, tokens
from frontdesk.licensing.codes import ParsedCode
from frontdesk.licensing.models import License

# Only unknown codes count. Single typos never get here (the check symbols catch them), so these are generous.
UNKNOWN_FROM_PREFIX = Limit("unknown_code_from", 20, 900)
UNKNOWN_OVERALL = Limit("unknown_code", 2_000, 3_600)

TAKE = "select * from licensing_take_seats(%s, %s, %s::text::json, %s::text::json, %s, %s, %s)"
REMOVE = "select * from licensing_remove_seats(%s, %s::uuid[], %s, %s, %s, %s::text[])"
LAPSED = "select id from licensing_activation where removed_at is null and offline_until < %s order by id limit %s"


@dataclass(frozen=True, slots=True)
class Device:
    """A device as it presents itself; the shape is checked in `wire`.

    `fingerprint`: as it was sent, or its SHA-256 (bytes) where only that was kept.
    """

    fingerprint: str | bytes
    name: str
    platform: str
    app_version: str


@dataclass(frozen=True, slots=True)
class Offline:
    """What makes a request an offline one: the request's nonce, and the device's own public key (32 raw bytes)."""

    nonce: str
    public_key: bytes


class LicenseFacts(NamedTuple):
    """What an answer and a lease say of a licence."""

    id: UUID
    product: str
    plan: str
    status: str
    starts_at: datetime
    expires_at: datetime
    grace_until: datetime
    device_limit: int
    devices_used: int
    lease_days: int
    features: list[str]


@dataclass(frozen=True, slots=True)
class SeatRequest:
    """One element of the function's `p_requests`; hexadecimal where the database wants bytes."""

    fingerprint: str
    name: str
    platform: str
    app_version: str
    token: str
    code: str | None = None
    license: str | None = None
    product: str | None = None
    bucket: str | None = None
    nonce: str | None = None
    public_key: str | None = None


class SeatRow(NamedTuple):
    """One row of the function's answer."""

    n: int
    outcome: str
    activation_id: UUID
    created_at: datetime
    license_id: UUID
    product: str
    plan: str
    status: str
    starts_at: datetime
    expires_at: datetime
    grace_until: datetime
    device_limit: int
    devices_used: int
    lease_days: int
    features: list[str]
    offline_until: datetime | None
    retry_at: datetime | None
    retry_after: int | None

    @property
    def facts(self) -> LicenseFacts:
        """The licence's part of the row."""
        return LicenseFacts(*self[4:15])

    def refusal(self) -> Refusal | None:
        """Why there is no seat; None when there is one."""
        if self.outcome in {"created", "held"}:
            return None
        if self.outcome == TooManyAttempts.reason.code:
            return TooManyAttempts(retry_after=self.retry_after)
        if self.outcome == errors.DeviceLimitReached.reason.code:
            return errors.DeviceLimitReached(device_limit=self.device_limit, manage_url=manage_url())
        if self.retry_at:
            return errors.SwapLimitReached(retry_at=rfc3339(self.retry_at + timedelta(microseconds=999_999)))
        return REFUSALS[self.outcome]()


REFUSALS: dict[str, type[Refusal]] = {
    refusal.reason.code: refusal
    for refusal in (
        errors.CodeUnknown,
        errors.CodeBlocked,
        errors.ProductMismatch,
        errors.LicenseExpired,
        errors.LicenseSuspended,
        errors.LicenseRefunded,
        errors.ActivationUnknown,
        errors.ActivationRemoved,
        errors.FingerprintMismatch,
    )
}


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat that is held. `created` tells a new one from one the device had; `token` is new either way."""

    created: bool
    activation: UUID
    created_at: datetime
    token: str
    offline_until: datetime | None
    license: LicenseFacts


def rfc3339(moment: datetime) -> str:
    """A moment as the API writes it: UTC, whole seconds."""
    return moment.astimezone(UTC).isoformat()[:19] + "Z"  # much quicker than strftime


def manage_url() -> str:
    """Where somebody with a code and no free seat goes: sign in, enter the code, choose a device."""
    return f"{settings.FRONTDESK_URL}/activate/"


def fingerprint_hash(fingerprint: str | bytes) -> bytes:
    """What is kept of a fingerprint; bytes are taken for that already."""
    if isinstance(fingerprint, bytes):
        return fingerprint
    return hashlib.sha256(fingerprint.encode()).digest()


@lru_cache(maxsize=4096)
def prefix_bucket(address_prefix: str) -> str:
    """The counter of unknown codes from one prefix of addresses."""
    return throttle.bucket(UNKNOWN_FROM_PREFIX, address_prefix)


def limits(real_now: datetime) -> str:
    """The throttle of unknown codes, as the function takes it. The first counter is named by each request."""
    return json.dumps([_limit(UNKNOWN_FROM_PREFIX, None, real_now), _limit(UNKNOWN_OVERALL, _overall(), real_now)])


def _limit(limit: throttle.Limit, bucket: str | None, real_now: datetime) -> dict[str, str | int | None]:
    since = throttle.window(real_now, limit.seconds).isoformat()
    return {"bucket": bucket, "most": limit.count, "seconds": limit.seconds, "since": since}


@cache
def _overall() -> str:
    return throttle.bucket(UNKNOWN_OVERALL, "")


def take(
    *,
    actor: Actor,
    device: Device,
    code: ParsedCode | None = None,
    license: UUID | None = None,
    product: str | None = None,
    address_prefix: str | None = None,
    offline: Offline | None = None,
) -> Seat:
    """Give the device a seat of the code's licence (redeeming the code if need be) or of the licence named.

    A device that holds one already keeps it and gets a further token. Give either `code`, with the `product` it must
    be for, or `license`. Raises CodeUnknown, TooManyAttempts, ProductMismatch, CodeBlocked, LicenseRefunded,
    LicenseSuspended, LicenseExpired, DeviceLimitReached, SwapLimitReached. Outside a transaction, an unknown code stays
    counted in the throttle; inside one, a refusal usually rolls that back.
    """
    secret = tokens.fresh_secret()
    request = SeatRequest(
        fingerprint=fingerprint_hash(device.fingerprint).hex(),
        name=device.name,
        platform=device.platform,
        app_version=device.app_version,
        token=tokens.proof_of(secret).hex(),
        code=codes.digest(code).hex() if code else None,
        license=str(license) if license else None,
        product=product,
        bucket=prefix_bucket(address_prefix) if address_prefix else None,
        nonce=offline.nonce if offline else None,
        public_key=offline.public_key.hex() if offline else None,
    )
    row = _take(_discreet(actor, License.objects.filter(pk=license)) if license else actor, request)
    if refusal := row.refusal():
        raise refusal
    token = tokens.compose(row.activation_id, secret)
    return Seat(row.outcome == "created", row.activation_id, row.created_at, token, row.offline_until, row.facts)


def _take(actor: Actor, request: SeatRequest) -> SeatRow:
    who = [actor.kind, actor.person, actor.reason]
    real_now = clock.real_now()
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [clock.now(), real_now, json.dumps([asdict(request)]), limits(real_now), *who])
        return SeatRow(*cursor.fetchone())


def remove(*, actor: Actor, activation: UUID) -> bool:
    """Free the seat of an activation, whatever state its licence is in; returns False when it was free already.

    The caller has authorised it. Raises ActivationUnknown.
    """
    owned = License.objects.filter(activations=activation)
    ((_, outcome, *_rest),) = _remove(_discreet(actor, owned), [activation])
    if outcome == errors.ActivationUnknown.reason.code:
        raise errors.ActivationUnknown
    return bool(outcome == "removed")


def _discreet(actor: Actor, license: QuerySet[License]) -> Actor:
    """The actor with their reason sealed for the licence's owner, as the SQL functions write it into the audit."""
    if actor.kind != ActorKind.STAFF or not actor.reason:
        return actor
    owner = license.values_list("owner", flat=True).first()
    return replace(actor, reason=audit.sealed_reason(actor, owner))


def free_lapsed(*, limit: int = 1_000) -> int:
    """Free the seats whose offline lease has ended; returns how many. The worker's sweep; also done in passing."""
    with connection.cursor() as cursor:
        cursor.execute(LAPSED, [clock.now(), limit])
        lapsed = [row[0] for row in cursor.fetchall()]
    rows = _remove(Actor.system("its offline lease has ended"), lapsed) if lapsed else []
    return sum(row[1] == "removed" for row in rows)


def _remove(actor: Actor, activations: list[UUID]) -> list[tuple[int, str, UUID, UUID | None]]:
    with connection.cursor() as cursor:
        cursor.execute(REMOVE, [clock.now(), activations, actor.kind, actor.person, actor.reason, None])
        return list(cursor.fetchall())
