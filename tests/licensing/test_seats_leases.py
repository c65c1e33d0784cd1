"""Leases judged by the database, and the claims that a device gets."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from django.test import override_settings

from frontdesk.core import clock, signing
from frontdesk.core.actors import Actor
from frontdesk.licensing import errors, leases, seats, tokens
from frontdesk.licensing.models import Activation, License
from frontdesk.licensing.seats import LicenseFacts, Seat
from tests.support.shop import device, new_license, plan_version

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
FACTS = LicenseFacts(
    uuid4(), "halcyon-shield", "plus-5", "active", NOW, NOW + timedelta(days=30), NOW + timedelta(days=37), 5, 2, 14,
    ["vault"],
)  # fmt: skip


def judge(seat: Seat, name: str = "Ada's laptop", token: str = "") -> str:
    claim = tokens.read(token or seat.token)
    asked = {
        "activation": str(claim.activation),
        "token": claim.proof.hex(),
        "fingerprint": seats.fingerprint_hash(device(name).fingerprint).hex(),
    }
    with connection.cursor() as cursor:
        cursor.execute("select outcome from licensing_lease(%s, %s::text::json)", [clock.now(), json.dumps([asked])])
        return str(cursor.fetchone()[0])


@pytest.mark.django_db
def test_refusals_come_in_the_contracts_order() -> None:
    license = new_license(plan_version(device_limit=1))
    seat = seats.take(actor=Actor.system(), device=device(), license=license.id)
    assert judge(seat) == "granted"
    assert judge(seat, "a copy") == "fingerprint_mismatch"
    forged = tokens.compose(seat.activation, tokens.fresh_secret())
    assert judge(seat, token=forged) == "activation_unknown"
    assert judge(seat, token=tokens.compose(uuid4(), tokens.fresh_secret())) == "activation_unknown"
    seats.remove(actor=Actor.system(), activation=seat.activation)
    assert judge(seat, "a copy") == "activation_removed"
    past = NOW - timedelta(days=400)
    for field, outcome in (
        ({"starts_at": past, "expires_at": past}, "license_expired"),
        ({"suspended_at": past}, "license_suspended"),
        ({"refunded_at": past}, "license_refunded"),
    ):
        License.objects.update(**field)
        assert judge(seat) == outcome


@pytest.mark.django_db
def test_last_seen_moves_forward_only() -> None:
    license = new_license()
    seat = seats.take(actor=Actor.system(), device=device(), license=license.id)
    later = Activation.objects.get().last_seen_at + timedelta(hours=1)
    for moment, version in ((later, "3.3.0"), (later - timedelta(minutes=1), "3.1.0")):
        seen = [{"activation": str(seat.activation), "seen_at": moment.isoformat(), "app_version": version}]
        with connection.cursor() as cursor:
            cursor.execute("select licensing_seen(%s::text::json)", [json.dumps(seen)])
    row = Activation.objects.get()
    assert (row.last_seen_at, row.app_version) == (later, "3.3.0")


def made(**values: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"activation": uuid4(), "license": FACTS, "fingerprint": "f" * 16, "now": NOW} | values
    return leases.claims(**given)


def test_the_claims_are_the_contracts() -> None:
    with override_settings(FRONTDESK_URL="https://desk.halcyon.example"):
        claims = made()
    now = int(NOW.timestamp())
    assert set(claims) == {
        "iss", "sub", "jti", "iat", "nbf", "exp", "lic", "product", "plan", "features", "device", "device_limit",
        "license_expires_at", "refresh_after", "grace_until",
    }  # fmt: skip
    assert (claims["iat"], claims["nbf"], claims["refresh_after"]) == (now, now, now + 86400)
    assert claims["exp"] == now + 14 * 86400
    assert claims["grace_until"] - claims["license_expires_at"] == 7 * 86400


def test_a_lease_ends_with_the_grace_or_with_the_offline_seat() -> None:
    late = FACTS.grace_until - timedelta(days=1)
    assert made(now=late)["exp"] == int(FACTS.grace_until.timestamp())
    offline = made(offline_until=NOW + timedelta(days=20), nonce="n" * 16)
    assert (offline["exp"] - offline["iat"], offline["nonce"]) == (20 * 86400, "n" * 16)


def test_the_quick_signer_signs_as_the_other_one_does() -> None:
    key = Ed25519PrivateKey.generate()
    public = signing.public_bytes(key)
    slow, quick = signing.Signer(signing.thumbprint(public), key), leases.FastSigner(signing.thumbprint(public), key)
    claims = made()
    assert leases.sign(quick, claims) == leases.sign(slow, claims)
    assert signing.verify_jws(leases.sign(quick, claims), public, typ=leases.TYPE) == claims


@pytest.mark.parametrize("token", ["", "fda_", "fda_" + "!" * 54, "fdb_" + "A" * 54, "fda_" + "A" * 53])
def test_what_is_no_token_is_unknown(token: str) -> None:
    with pytest.raises(errors.ActivationUnknown):
        tokens.read(token)
