"""Activation without a connection: request, answer, the same again, return, lapse; and every malformed file."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from frontdesk.core import signing
from frontdesk.core.errors import RequestInvalid, TooManyAttempts
from frontdesk.core.models import AuditEntry
from frontdesk.licensing import codes, errors, jobs, offline, seats
from frontdesk.licensing.codes import ParsedCode
from frontdesk.licensing.models import Activation
from frontdesk.licensing.offline import DEVICE
from frontdesk.licensing.seats import Device
from tests.licensing.conftest import Time
from tests.support.shop import PRODUCT, license_of, new_code, plan_version

NETWORK = "192.0.2.0/24"
KEY = Ed25519PrivateKey.generate()


@pytest.fixture(autouse=True)
def keys(db: None) -> None:
    pem, _root = signing.new_root()
    signing.rotate(root=signing.load_root(pem))


def request(code: ParsedCode, /, **changes: object) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "type": "frontdesk-offline-request",
        "version": 1,
        "code": f"Your code:\n{code.text}\n",
        "product": PRODUCT,
        "device": {
            "fingerprint": "the fingerprint of a device",
            "name": "Workshop PC",
            "platform": "windows",
            "app_version": "3.2.0",
        },
        "nonce": "n" * 43,
        "public_key": signing.b64(KEY.public_key().public_bytes_raw()),
        "created_at": "2026-11-01T12:00:00Z",
        "something": "new, and ignored",
    }
    return whole | changes


def with_device(code: ParsedCode, /, **changes: object) -> dict[str, Any]:
    whole = request(code)
    return whole | {"device": whole["device"] | changes}


def activate(document: object) -> offline.Answer:
    return offline.activate(request=document, ip_prefix=NETWORK)


def claims(answer: offline.Answer) -> dict[str, Any]:
    key = next(key for key in answer.document["keys"]["keys"] if key["use"] == "sig")
    return signing.verify_jws(answer.document["lease"], signing.unb64(key["x"]), typ="frontdesk-lease+jwt")


def returned(answer: offline.Answer, key: Ed25519PrivateKey = KEY, **changes: object) -> dict[str, object]:
    activation, nonce, at = answer.document["activation"]["id"], "n" * 43, "2026-11-20T12:00:00Z"
    signature = key.sign(f"frontdesk-offline-return|{activation}|{nonce}|{at}".encode())
    whole: dict[str, object] = {
        "type": "frontdesk-offline-return",
        "version": 1,
        "activation_id": activation,
        "nonce": nonce,
        "returned_at": at,
        "signature": signing.b64(signature),
    }
    return whole | changes


def test_the_answer_holds_a_long_lease_for_this_request(time: Time) -> None:
    code = new_code(plan_version(offline_lease_days=90))
    answer = activate(request(code))
    lease = claims(answer)
    assert answer.created
    assert set(answer.document) == {"type", "version", "activation", "license", "lease", "keys"}
    assert answer.document["license"]["devices_used"] == 1
    assert (lease["nonce"], lease["sub"]) == ("n" * 43, answer.document["activation"]["id"])
    assert lease["exp"] - lease["iat"] == 90 * 86400
    assert json.loads(json.dumps(answer.document)) == answer.document


def test_the_same_request_again_keeps_seat_and_end(time: Time) -> None:
    code = new_code(plan_version(device_limit=1))
    first = activate(request(code))
    time.by(days=5)
    again = activate(request(code))
    assert (first.created, again.created) == (True, False)
    assert again.document["activation"] == first.document["activation"]
    assert claims(again)["exp"] == claims(first)["exp"]
    assert license_of(code).seats_used == 1


def test_a_signed_return_frees_the_seat_and_again_is_all_right() -> None:
    code = new_code(plan_version(device_limit=1))
    answer = activate(request(code))
    for _ in range(2):
        offline.give_back(document=returned(answer))
        assert license_of(code).seats_used == 0
    assert Activation.objects.get().removed_by == "device"


def test_a_request_whose_seat_was_freed_takes_no_new_one() -> None:
    code = new_code(plan_version(device_limit=1))
    answer = activate(request(code))
    offline.give_back(document=returned(answer))
    with pytest.raises(errors.OfflineRequestUsed):
        activate(request(code))
    assert (Activation.objects.count(), license_of(code).seats_used) == (1, 0)
    assert not AuditEntry.objects.filter(action="device.added", data__activation__isnull=False)[1:].exists()
    # Activated online since: the old file must not turn that seat into an offline one either.
    online = seats.take(
        actor=DEVICE, code=code, product=PRODUCT, device=Device("the fingerprint of a device", "PC", "linux", "4")
    )
    with pytest.raises(errors.OfflineRequestUsed):
        activate(request(code))
    assert Activation.objects.get(pk=online.activation).offline_until is None
    seats.remove(actor=DEVICE, activation=online.activation)
    fresh = activate(request(code, nonce="m" * 43))
    assert fresh.created
    assert license_of(code).seats_used == 1


def test_only_the_devices_own_key_gives_a_seat_back() -> None:
    answer = activate(request(new_code()))
    for wrong in (
        returned(answer, Ed25519PrivateKey.generate()),
        returned(answer, returned_at="2026-11-21T12:00:00Z"),
        returned(answer, signature="not base64!"),
        returned(answer, signature="AAAA"),
        returned(answer, signature="ä"),
    ):
        with pytest.raises(RequestInvalid) as refused:
            offline.give_back(document=wrong)
        assert refused.value.members == {"field": "signature"}
    for unknown in (returned(answer, activation_id=str(uuid4())), returned(answer, nonce="x" * 43)):
        with pytest.raises(errors.ActivationUnknown):
            offline.give_back(document=unknown)
    assert Activation.objects.get().removed_at is None


def test_a_lapsed_seat_is_freed_by_the_sweep(time: Time) -> None:
    code = new_code(plan_version(offline_lease_days=10))
    activate(request(code))
    time.by(days=10, seconds=-1)
    assert jobs.free_lapsed() == 0
    time.by(seconds=2)
    assert (jobs.free_lapsed(), jobs.free_lapsed()) == (1, 0)
    assert license_of(code).seats_used == 0


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("type", lambda code: "a string"),
        ("type", lambda code: request(code, type="frontdesk-offline-return")),
        ("version", lambda code: request(code, version=2)),
        ("code", lambda code: request(code, code=7)),
        ("code", lambda code: request(code, code="x" * 4097)),
        ("product", lambda code: request(code, product="")),
        ("device", lambda code: request(code, device=None)),
        ("device.fingerprint", lambda code: with_device(code, fingerprint="short")),
        ("device.fingerprint", lambda code: with_device(code, fingerprint="with a \x00 within it")),
        ("device.name", lambda code: with_device(code, name="lone \ud800 surrogate")),
        ("device.platform", lambda code: with_device(code, platform="amiga")),
        ("device.app_version", lambda code: with_device(code, app_version=3)),
        ("nonce", lambda code: request(code, nonce="too short")),
        ("nonce", lambda code: request(code, nonce=None)),
        ("public_key", lambda code: request(code, public_key="AAAA")),
        ("public_key", lambda code: request(code, public_key=None)),
    ],
)
def test_a_malformed_request_names_its_field(field: str, change: Callable[[ParsedCode], object]) -> None:
    with pytest.raises(RequestInvalid) as refused:
        activate(change(new_code()))
    assert refused.value.members == {"field": field}
    assert not Activation.objects.exists()


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("type", {"type": "frontdesk-offline-request"}),
        ("activation_id", {"activation_id": "x" * 36}),
        ("activation_id", {"activation_id": UUID(int=0).hex + "----"}),
        ("activation_id", {"activation_id": 7}),
        ("nonce", {"nonce": "?"}),
        ("returned_at", {"returned_at": ""}),
        ("signature", {"signature": None}),
    ],
)
def test_a_malformed_return_names_its_field(field: str, change: dict[str, object]) -> None:
    answer = activate(request(new_code()))
    with pytest.raises(RequestInvalid) as refused:
        offline.give_back(document=returned(answer) | change)
    assert refused.value.members == {"field": field}


def test_refusals_are_those_of_any_activation() -> None:
    with pytest.raises(errors.CodeMalformed):
        activate(request(new_code(), code="ABCDE-ABCDE-ABCDE-ABCDE"))
    with pytest.raises(errors.ProductMismatch):
        activate(request(new_code(), product="other"))
    for _ in range(seats.UNKNOWN_FROM_PREFIX.count):
        with pytest.raises(errors.CodeUnknown):
            activate(request(codes.generate()))
    with pytest.raises(TooManyAttempts):
        activate(request(codes.generate()))


def test_the_nonce_is_url_safe() -> None:
    with pytest.raises(RequestInvalid):
        activate(request(new_code(), nonce="n" * 20 + "+/"))
