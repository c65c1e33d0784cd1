"""Activation without a connection, by files."""

import json
from datetime import UTC, datetime, timedelta
from email.message import Message
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sdk.python.tests.conftest import MakeClient
from sdk.python.tests.desk import Desk, Seen
from sdk.python.tests.vectors import CODE, KEYSETS, REQUESTS

from frontdesk_client import Client, FileStore, errors, jose


def answered(desk: Desk, request: dict[str, object]) -> dict[str, Any]:
    """The answer file for a request file, as the portal makes it."""
    reply = desk.answer(Seen("POST", "/api/v1/offline-activations", Message(), request))
    body: dict[str, Any] = reply.body
    return body


def contract(endpoint: str) -> dict[str, Any]:
    found: dict[str, Any] = next(item["body"] for item in REQUESTS["good"] if item["endpoint"] == endpoint)
    return found


def test_the_request_file_is_the_contracts(client: Client) -> None:
    request = client.request_offline(CODE.lower())
    example = contract("POST /api/v1/offline-activations")
    assert request.keys() == example.keys()
    assert (request["type"], request["version"], request["code"]) == (example["type"], 1, CODE)
    assert 16 <= len(jose.decode(str(request["nonce"]))) <= 64
    assert json.dumps(request)


def test_from_request_to_running_to_the_return(client: Client, desk: Desk) -> None:
    request = client.request_offline(CODE)
    standing = client.complete_offline(answered(desk, request))
    assert standing.offline
    assert client.check().offline
    with pytest.raises(errors.NotActivated, match="return file"):
        client.deactivate()
    assert desk.seen == []
    back = client.return_offline()
    example = contract("POST /api/v1/offline-returns")
    assert back.keys() == example.keys()
    message = f"frontdesk-offline-return|{back['activation_id']}|{back['nonce']}|{back['returned_at']}"
    key = Ed25519PublicKey.from_public_bytes(jose.decode(str(request["public_key"])))
    key.verify(jose.decode(str(back["signature"])), message.encode())
    with pytest.raises(errors.NotActivated):
        client.check()
    assert client.return_offline() == back


def test_the_contracts_return_is_signed_by_its_device_key() -> None:
    back, key = contract("POST /api/v1/offline-returns"), REQUESTS["offline_device_key"]
    message = f"frontdesk-offline-return|{back['activation_id']}|{back['nonce']}|{back['returned_at']}"
    public = Ed25519PublicKey.from_public_bytes(jose.decode(key["x"]))
    public.verify(jose.decode(back["signature"]), message.encode())
    assert contract("POST /api/v1/offline-activations")["public_key"] == key["x"]


def test_the_answer_to_an_earlier_request_is_good_too(client: Client, desk: Desk) -> None:
    first = client.request_offline(CODE)
    for _ in range(4):
        client.request_offline(CODE)
    assert client.complete_offline(answered(desk, first))


def test_a_sixth_request_pushes_out_the_first(client: Client, desk: Desk) -> None:
    first = client.request_offline(CODE)
    for _ in range(5):
        client.request_offline(CODE)
    with pytest.raises(errors.OfflineAnswerInvalid, match="old one"):
        client.complete_offline(answered(desk, first))


def test_an_answer_serves_once(client: Client, desk: Desk) -> None:
    answer = answered(desk, client.request_offline(CODE))
    client.complete_offline(answer)
    client.return_offline()
    with pytest.raises(errors.OfflineAnswerInvalid):
        client.complete_offline(answer)


@pytest.mark.parametrize(
    "change",
    [
        {"type": "frontdesk-offline-request"},
        {"version": 2},
        {"activation": None},
        {"license": None},
        {"license": {}},
        {"lease": "x.y.z"},
        {"lease": 5},
        {"keys": None},
    ],
)
def test_an_answer_that_is_none(change: dict[str, Any], client: Client, desk: Desk) -> None:
    answer = answered(desk, client.request_offline(CODE)) | change
    with pytest.raises(errors.OfflineAnswerInvalid):
        client.complete_offline(answer)
    assert not client.status().activated


def test_an_answer_with_keys_of_another_vendor(client: Client, desk: Desk) -> None:
    foreign = next(case["key_set"] for case in KEYSETS["cases"] if case["name"] == "signed by another root")
    with pytest.raises(errors.KeysInvalid):
        client.complete_offline(answered(desk, client.request_offline(CODE)) | {"keys": foreign})


def test_an_answer_for_another_device(client: Client, make_client: MakeClient, desk: Desk) -> None:
    other = make_client(fingerprint="another-machine-altogether")
    request = client.request_offline(CODE)
    with pytest.raises(errors.OfflineAnswerInvalid, match="another device"):
        other.complete_offline(answered(desk, request))


class Later:
    """A clock some days ahead."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def observe(self, server_time: datetime | None) -> None:
        """Not moved by anyone."""


def test_an_offline_lease_runs_to_its_end_without_asking(make_client: MakeClient, desk: Desk) -> None:
    clock = Later()
    client = make_client(clock=clock)
    client.complete_offline(answered(desk, client.request_offline(CODE)))
    clock.ahead = timedelta(days=13)
    assert client.check().refresh_due
    clock.ahead = timedelta(days=15)
    with pytest.raises(errors.LeaseExpired):
        client.check()
    assert desk.seen == []


def test_going_online_ends_the_offline_activation(client: Client, desk: Desk, store: FileStore) -> None:
    client.complete_offline(answered(desk, client.request_offline(CODE)))
    assert not client.activate(CODE).offline
    assert store.load().offline == {}
    with pytest.raises(errors.NotActivated, match="no offline activation"):
        client.return_offline()
