"""Leases and key sets: every vector of the contract, and tampering of every kind."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sdk.python.tests.vectors import FINGERPRINT, KEYSETS, LEASES, PRODUCT, TRUST_ROOT, lease, moment

from frontdesk_client import jose
from frontdesk_client.errors import ConfigurationInvalid, FrontdeskError, LeaseInvalid
from frontdesk_client.keys import KeySet, TrustRoot, verify_key_set
from frontdesk_client.leases import CLOCK_TOLERANCE, KeyUnknown, check_time, device_claim, verify_lease

ROOT = TrustRoot.parse(TRUST_ROOT)


def keys(name: str = "current") -> KeySet:
    return verify_key_set(LEASES["key_sets"][name], ROOT)


def verdict(case: dict[str, Any]) -> str:
    """What this SDK says of a lease, in the contract's words."""
    highest = moment(case["highest_seen"]) if case["highest_seen"] else None
    try:
        found = verify_lease(case["lease"], keys(case["keys"]), product=PRODUCT, fingerprint=FINGERPRINT)
        check_time(found, now=moment(case["now"]), highest_seen=highest)
    except KeyUnknown:
        return "key_unknown"
    except FrontdeskError as error:
        return error.reason
    return "ok"


@pytest.mark.parametrize("case", LEASES["cases"], ids=lambda case: case["name"])
def test_lease(case: dict[str, Any]) -> None:
    assert verdict(case) == case["verdict"]


@pytest.mark.parametrize("case", KEYSETS["cases"], ids=lambda case: case["name"])
def test_key_set(case: dict[str, Any]) -> None:
    try:
        verify_key_set(case["key_set"], ROOT, lowest_serial=case["lowest_serial"])
        found = "ok"
    except FrontdeskError as error:
        found = error.reason
    assert found == case["verdict"]


def test_the_example_can_be_made_again_from_its_seed() -> None:
    assert lease() == LEASES["example"]["lease"]
    assert device_claim(FINGERPRINT) == LEASES["device"]
    assert CLOCK_TOLERANCE.total_seconds() == LEASES["clock_tolerance"]


def test_a_lease_tells_what_is_licensed() -> None:
    found = verify_lease(lease(nonce="n"), keys(), product=PRODUCT, fingerprint=FINGERPRINT)
    claims = LEASES["example"]["claims"]
    assert (found.plan, found.features, found.device_limit) == ("plus-5", ("firewall", "vault"), 5)
    assert (found.activation_id, found.license_id, found.nonce) == (claims["sub"], claims["lic"], "n")
    assert found.expires_at == moment(claims["exp"])


def test_a_licence_beyond_the_calendar_has_the_last_day_there_is() -> None:
    found = verify_lease(lease(license_expires_at=2**39), keys(), product=PRODUCT, fingerprint=FINGERPRINT)
    assert found.license_expires_at.year == 9999


@given(st.integers(0, len(LEASES["example"]["lease"]) - 1), st.characters(codec="ascii"))
def test_a_lease_with_any_character_changed_is_refused(place: int, character: str) -> None:
    genuine = LEASES["example"]["lease"]
    changed = genuine[:place] + character + genuine[place + 1 :]
    if changed == genuine:
        return
    with pytest.raises((LeaseInvalid, KeyUnknown)):
        verify_lease(changed, keys(), product=PRODUCT, fingerprint=FINGERPRINT)


@given(st.text())
def test_nonsense_is_never_a_lease(text: str) -> None:
    with pytest.raises(LeaseInvalid):
        verify_lease(text, keys(), product=PRODUCT, fingerprint=FINGERPRINT)


@pytest.mark.parametrize(
    "text", ["", "fdroot_", TRUST_ROOT[:-1], "fdkey_" + TRUST_ROOT[7:], TRUST_ROOT + "!", "fdroot_A"]
)
def test_a_trust_root_that_is_none(text: str) -> None:
    with pytest.raises(ConfigurationInvalid):
        TrustRoot.parse(text)


def test_deep_or_long_nonsense_is_refused() -> None:
    deep = jose.encode(b"[" * 60_000)
    for text in (f"{deep[:20_000]}.x.y", "." * 70_000):
        with pytest.raises(jose.JwsInvalid):
            jose.parse(text, typ="x")
