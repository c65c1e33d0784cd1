"""Activation without internet: a request file in, an answer file out, and a return file that frees the seat."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from frontdesk.core import signing
from frontdesk.core.signing import b64
from frontdesk.licensing import codes, seats
from frontdesk.licensing.codes import ParsedCode
from frontdesk.licensing.models import Activation
from tests.support import desk
from tests.support.shop import device, new_code

pytestmark = pytest.mark.django_db
NONCE = b64(bytes(range(24)))


@pytest.fixture
def key() -> Ed25519PrivateKey:
    """The device's own key."""
    signing.rotate(root=signing.load_root(signing.new_root()[0]))
    return Ed25519PrivateKey.generate()


@pytest.fixture
def code() -> ParsedCode:
    return new_code(desk.plan())


def request_file(code: ParsedCode, key: Ed25519PrivateKey, **changes: Any) -> dict[str, Any]:
    device = {"fingerprint": "a fingerprint of sixteen", "name": "Lab PC", "platform": "linux", "app_version": "3.2.0"}
    return {
        "type": "frontdesk-offline-request",
        "version": 1,
        "code": code.text,
        "product": "halcyon-shield",
        "device": device,
        "nonce": NONCE,
        "public_key": b64(key.public_key().public_bytes_raw()),
        "created_at": "2026-11-01T00:00:00Z",
    } | changes


def upload(content: object) -> SimpleUploadedFile:
    return SimpleUploadedFile("request.json", json.dumps(content).encode())


def test_the_request_file_is_answered_with_a_file(client: Client, code: ParsedCode, key: Ed25519PrivateKey) -> None:
    response = client.post("/offline/", {"file": upload(request_file(code, key))})
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment")
    answer = json.loads(response.content)
    assert answer["type"] == "frontdesk-offline-answer"
    assert answer["activation"]["id"] == str(Activation.objects.get().pk)


def test_the_same_file_again_takes_no_second_seat(client: Client, code: ParsedCode, key: Ed25519PrivateKey) -> None:
    pasted = "\ufeff" + json.dumps(request_file(code, key))
    answers = [client.post("/offline/", {"text": pasted}).json()["activation"] for _ in range(2)]
    assert answers[0] == answers[1]
    assert Activation.objects.count() == 1


def test_a_return_file_frees_the_seat_and_again_is_all_right(
    client: Client, code: ParsedCode, key: Ed25519PrivateKey
) -> None:
    activation = client.post("/offline/", {"file": upload(request_file(code, key))}).json()["activation"]["id"]
    given = signed_return(activation, key)
    forged = given | {"signature": b64(Ed25519PrivateKey.generate().sign(b"x"))}
    page = client.post("/offline/return/", {"file": upload(forged)})
    assert page.status_code == 422
    assert "incomplete or was changed" in page.content.decode()
    for _ in range(2):
        assert "The seat is free" in client.post("/offline/return/", {"file": upload(given)}).content.decode()
    assert Activation.objects.get().removed_at


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({}, "Choose the file that the product wrote on the device."),
        ({"text": "hello"}, "This is not the file we need here."),
        ({"text": "[" * 3000}, "This is not the file we need here."),
        ({"text": "x" * 70_000}, "Ensure this value has at most"),
        ({"file": b"x" * 70_000}, "too large to come from the product"),
        ({"file": b""}, "The submitted file is empty."),
        ({"file": b"\xff\xfe\x00"}, "This is not the file we need here."),
    ],
)
@pytest.mark.parametrize("address", ["/offline/", "/offline/return/"])
def test_what_is_no_such_file_is_told_what_is_needed(
    client: Client, address: str, content: dict[str, Any], said: str
) -> None:
    sent = {name: SimpleUploadedFile("x.json", raw) if isinstance(raw, bytes) else raw for name, raw in content.items()}
    response = client.post(address, sent)
    assert response.status_code == 422
    assert said in response.content.decode()


def test_refusals_come_from_the_catalogue(client: Client, code: ParsedCode, key: Ed25519PrivateKey) -> None:
    other = request_file(code, key, product="halcyon-vault")
    page = client.post("/offline/", {"file": upload(other)})
    assert page.status_code == 422
    assert "This code is for another product" in page.content.decode()
    typo = request_file(code, key) | {"code": "AAAAA-AAAAA-AAAAA-AAAAA"}
    assert "has a typo" in client.post("/offline/", {"file": upload(typo)}).content.decode()
    newer = request_file(code, key, version=9)
    assert "incomplete or was changed" in client.post("/offline/", {"file": upload(newer)}).content.decode()


def signed_return(activation: str, key: Ed25519PrivateKey) -> dict[str, Any]:
    """The return file of a device."""
    at = "2026-11-20T12:00:00Z"
    signature = b64(key.sign(f"frontdesk-offline-return|{activation}|{NONCE}|{at}".encode()))
    document = {"type": "frontdesk-offline-return", "version": 1, "activation_id": activation, "nonce": NONCE}
    return document | {"returned_at": at, "signature": signature}


@pytest.mark.parametrize("address", ["/offline/", "/offline/return/"])
def test_files_that_lead_nowhere_are_slowed_down_and_good_ones_never(
    client: Client, code: ParsedCode, key: Ed25519PrivateKey, address: str
) -> None:
    responses = [client.post(address, {"text": "{}"}) for _ in range(62)]
    assert responses[0].status_code == 422
    assert responses[-1].status_code == 429
    assert int(responses[-1]["Retry-After"]) > 0
    taken = client.post("/offline/", {"file": upload(request_file(code, key))})
    assert taken.status_code == 200
    given = signed_return(taken.json()["activation"]["id"], key)
    stranger = given | {"activation_id": "0192f0c4-7e11-7c3a-9d55-2b6a1f0c8e99"}
    assert client.post("/offline/return/", {"file": upload(stranger)}).status_code == 429
    assert "The seat is free" in client.post("/offline/return/", {"file": upload(given)}).content.decode()


def test_guessed_codes_are_slowed_down_and_good_ones_are_served_or_told_why_not(
    client: Client, code: ParsedCode, key: Ed25519PrivateKey
) -> None:
    guesses = [request_file(codes.generate(), key) for _ in range(seats.UNKNOWN_FROM_PREFIX.count + 1)]
    statuses = [client.post("/offline/", {"file": upload(guess)}).status_code for guess in guesses]
    assert statuses == [404] * seats.UNKNOWN_FROM_PREFIX.count + [429]
    assert client.post("/offline/", {"file": upload(request_file(code, key))}).status_code == 200
    full = new_code(desk.plan("single", "Single", devices=1))
    seats.take(actor=desk.SYSTEM, device=device(), code=full, product="halcyon-shield")
    page = client.post("/offline/", {"file": upload(request_file(full, key))})
    assert page.status_code == 409
    assert "All devices of this licence are in use" in page.content.decode()
