"""Leases: the server's signed word that this device may run the product, until a moment."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from frontdesk_client import jose
from frontdesk_client.errors import (
    ClockWrong,
    LeaseExpired,
    LeaseForOtherDevice,
    LeaseForOtherProduct,
    LeaseInvalid,
    LicenseExpired,
)
from frontdesk_client.keys import FOR_LEASES, KeySet

LEASE_TYPE = "frontdesk-lease+jwt"

# A clock may be this far behind the server. Time services keep computers within a second; a machine that
# sleeps, or that has only its battery's clock, drifts by a few minutes at the most between corrections. Against
# leases of 14 days, five minutes gain nothing, and it is the margin that network sign-in (Kerberos) has long used.
CLOCK_TOLERANCE = timedelta(minutes=5)

_TEXTS = ("sub", "jti", "lic", "product", "plan", "device")
_TIMES = ("iat", "nbf", "exp", "license_expires_at", "refresh_after", "grace_until")


class KeyUnknown(Exception):
    """The lease names a key that this key set does not hold: fetch a newer one."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease whose signature, product and device are right."""

    compact: str
    activation_id: str
    license_id: str
    plan: str
    features: tuple[str, ...]
    device_limit: int
    issued_at: datetime
    not_before: datetime
    refresh_after: datetime
    expires_at: datetime
    license_expires_at: datetime
    grace_until: datetime
    nonce: str | None

    @classmethod
    def from_claims(cls, compact: str, claims: Mapping[str, object]) -> Self:
        """From claims that ``_check_shape`` has passed."""
        features = claims["features"]
        nonce = claims.get("nonce")
        return cls(
            compact=compact,
            activation_id=str(claims["sub"]),
            license_id=str(claims["lic"]),
            plan=str(claims["plan"]),
            features=tuple(str(feature) for feature in features) if isinstance(features, list) else (),
            device_limit=int(str(claims["device_limit"])),
            issued_at=_moment(claims["iat"]),
            not_before=_moment(claims["nbf"]),
            refresh_after=_moment(claims["refresh_after"]),
            expires_at=_moment(claims["exp"]),
            license_expires_at=_moment(claims["license_expires_at"]),
            grace_until=_moment(claims["grace_until"]),
            nonce=nonce if isinstance(nonce, str) else None,
        )


def device_claim(fingerprint: str) -> str:
    """What a lease says of the device: base64url of the fingerprint's SHA-256."""
    return jose.encode(hashlib.sha256(fingerprint.encode()).digest())


def verify_lease(compact: str, keys: KeySet, *, product: str, fingerprint: str) -> Lease:
    """The lease, whatever the time is, if it is genuine and for this product and device.

    Raises ``KeyUnknown``, ``LeaseInvalid``, ``LeaseForOtherProduct``, ``LeaseForOtherDevice``.
    """
    try:
        signed = jose.parse(compact, typ=LEASE_TYPE)
        key = keys.find(signed.key_id, FOR_LEASES)
        if key is None:
            raise KeyUnknown(signed.key_id)
        claims = signed.verify(key)
        _check_shape(claims)
        lease = Lease.from_claims(compact, claims)
    except jose.JwsInvalid as error:
        raise LeaseInvalid from error
    if claims["product"] != product:
        raise LeaseForOtherProduct
    if claims["device"] != device_claim(fingerprint):
        raise LeaseForOtherDevice
    return lease


def check_time(lease: Lease, *, now: datetime, highest_seen: datetime | None = None) -> None:
    """Raise ``ClockWrong`` when ``now`` is behind a time the server has signed.

    After ``exp`` raise ``LicenseExpired`` where the licence's grace is over too, ``LeaseExpired`` where it is not.
    """
    latest = max(lease.issued_at, lease.not_before, highest_seen or lease.issued_at)
    if now < latest - CLOCK_TOLERANCE:
        raise ClockWrong(f"It says {_spoken(now)}, but the licence server has already signed at {_spoken(latest)}.")
    if now >= lease.expires_at:
        raise LicenseExpired if now >= lease.grace_until else LeaseExpired


def _check_shape(claims: Mapping[str, object]) -> None:
    for name in _TEXTS:
        if not isinstance(claims.get(name), str):
            raise jose.JwsInvalid(f"claim {name}")
    for name in (*_TIMES, "device_limit"):
        value = claims.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**40:
            raise jose.JwsInvalid(f"claim {name}")


def _moment(seconds: object) -> datetime:
    # Not fromtimestamp: far futures (a licence without an end) must not overflow on any platform.
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(str(seconds)))
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def _spoken(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
