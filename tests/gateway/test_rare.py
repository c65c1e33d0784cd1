"""The endpoints that are asked seldom: releases, replacements, offline files, keys; and the demo's time."""

import base64
import os
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection

from frontdesk.catalog import releases
from frontdesk.core import clock, signing
from frontdesk.core.actors import Actor
from frontdesk.core.models import KeySet, SigningKey
from frontdesk.licensing import codes, seats
from frontdesk.licensing.models import License, Replacement
from tests.catalog.conftest import publish
from tests.gateway.api import Api, activation, bearer
from tests.gateway.test_table import REPLIES, refused, shape
from tests.project.desk import eventually
from tests.support.shop import PRODUCT, license_of, new_code, plan_version

WANTED = "platform=linux&channel=stable"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def device(api: Api) -> dict[str, dict[str, str]]:
    """The header of a device that holds a seat."""
    return bearer(api.activate(new_code()).json()["token"])


def latest(
    api: Api, device: dict[str, Any], query: str = "platform=linux&channel=stable", product: str = PRODUCT
) -> Any:
    return api.get(f"/releases/{product}/latest?{query}", **device)


def test_the_newest_release_with_a_signed_address(api: Api, device: dict[str, Any]) -> None:
    file = publish(License.objects.get().product, "3.2.0")
    reply = latest(api, device)
    assert reply.status_code == 200
    found = reply.json()
    assert shape(found) == shape(REPLIES["GET /api/v1/releases/{product}/latest", 200])
    assert (found["version"], found["sha256"], found["channel"]) == ("3.2.0", file.sha256, "stable")
    path = found["url"].split("/api/v1")[1]
    assert api.get(path, headers={"range": "bytes=0-9"}).status_code == 206
    assert latest(api, device, "platform=linux").json()["version"] == "3.2.0"


def test_releases_refuse_by_name(api: Api, device: dict[str, Any]) -> None:
    product = License.objects.get().product
    assert refused(latest(api, device, "platform=beos"), "request_invalid")["field"] == "platform"
    assert refused(latest(api, device, ""), "request_invalid")["field"] == "platform"
    assert refused(latest(api, device, "platform=linux&channel=nightly"), "request_invalid")["field"] == "channel"
    for name in (PRODUCT, "no-such-product", "%00", "a%0Ab"):
        reply = latest(api, device, product=name)
        assert (reply.status_code, reply.json()["code"]) == (404, "not_found")
    refused(latest(api, {}), "activation_unknown")
    refused(latest(api, bearer("fda_" + "A" * 54)), "activation_unknown")
    publish(product, "4.0.0", is_public=False)
    assert latest(api, device).status_code == 200
    License.objects.update(refunded_at=clock.now())
    reply = latest(api, device)
    assert (reply.status_code, reply.json()["code"]) == (403, "download_needs_license")
    License.objects.update(refunded_at=None)
    api.request("DELETE", "/activations/current", **device)
    refused(latest(api, device), "activation_removed")
    releases.withdraw(actor=Actor.system(), release=releases.latest(PRODUCT, "linux").release)


def test_replacements_answer_alike_whatever_the_code(api: Api) -> None:
    good, unknown = new_code(), codes.generate()
    api.activate(good)
    with_queries = []
    for code in (good, unknown):
        reply = api.post("/replacements", activation(code, "another device"))
        assert reply.status_code == 202
        assert shape(reply.json()) == shape(REPLIES["POST /api/v1/replacements", 202])
        with_queries.append(set(reply.json()))
        state = api.get(f"/replacements/{reply.json()['id']}").json()
        assert shape(state) == shape(REPLIES["GET /api/v1/replacements/{id}", 200])
        assert state["status"] == "pending"
    assert with_queries[0] == with_queries[1]
    Replacement.objects.update(expires_at=clock.real_now() - timedelta(seconds=1))
    assert api.get(f"/replacements/{state['id']}").json()["status"] == "expired"
    assert refused(api.post("/replacements", activation("ABC")), "code_malformed")["wrong_groups"] == []
    for request_id in (str(uuid4()), "mine"):
        assert api.get(f"/replacements/{request_id}").status_code == 404


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def test_offline_activation_and_signed_return(api: Api) -> None:
    key, nonce = Ed25519PrivateKey.generate(), b64(os.urandom(32))
    code = new_code(plan_version(device_limit=1))
    request = activation(code, "offline machine") | {
        "type": "frontdesk-offline-request",
        "version": 1,
        "nonce": nonce,
        "public_key": b64(signing.public_bytes(key)),
        "created_at": "2026-10-31T12:00:00Z",
    }
    first, again = (api.post("/offline-activations", request) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    answer = first.json()
    expected = REPLIES["POST /api/v1/offline-activations", 201]
    assert shape(answer) | {"keys": None} == shape(expected) | {"keys": None}
    public = next(each for each in answer["keys"]["keys"] if each["use"] == "sig")["x"]
    claims = signing.verify_jws(answer["lease"], signing.unb64(public), typ="frontdesk-lease+jwt")
    assert claims["nonce"] == nonce
    assert 0 <= 90 * 86400 - (claims["exp"] - claims["iat"]) <= 2  # the seat's end, counted from when it was taken
    refused(api.activate(code, "second machine"), "device_limit_reached")
    back = {
        "type": "frontdesk-offline-return", "version": 1, "activation_id": answer["activation"]["id"], "nonce": nonce,
        "returned_at": "2026-11-03T12:00:00Z",
    }  # fmt: skip
    text = f"frontdesk-offline-return|{back['activation_id']}|{nonce}|{back['returned_at']}"
    forged = back | {"signature": b64(Ed25519PrivateKey.generate().sign(text.encode()))}
    assert refused(api.post("/offline-returns", forged), "request_invalid")["field"] == "signature"
    signed = back | {"signature": b64(key.sign(text.encode()))}
    for _ in range(2):
        assert api.post("/offline-returns", signed).status_code == 204
    assert license_of(code).seats_used == 0
    used = api.post("/offline-activations", request)
    assert (used.status_code, used.json()["code"]) == (409, "offline_request_used")
    assert "new request" in used.json()["remedy"]
    assert license_of(code).seats_used == 0
    refused(api.post("/offline-returns", signed | {"activation_id": str(uuid4())}), "activation_unknown")


def test_an_installation_without_keys_says_so_and_takes_no_seat(api: Api) -> None:
    code = new_code()
    KeySet.objects.all().delete()
    SigningKey.objects.all().delete()
    refused(api.get("/keys"), "temporarily_unavailable")
    refused(api.activate(code), "temporarily_unavailable")
    assert not License.objects.exists()


def test_a_rotated_key_is_followed(api: Api, lease_keys: signing.Signer) -> None:
    code = new_code()
    first = api.activate(code).json()["lease"]
    signing.rotate(root=lease_keys)
    assert api.activate(code).json()["lease"].split(".")[0] == first.split(".")[0]
    api.stop()
    assert api.activate(code).json()["lease"].split(".")[0] != first.split(".")[0]


def test_a_travelled_demo_tells_its_time(api: Api) -> None:
    assert "frontdesk-time" not in api.get("/health").headers
    api.stop()
    clock.travel(timedelta(days=100))
    # Where the database takes its time, answers do not wait to learn of it.
    eventually(lambda: "frontdesk-time" in api.get("/health").headers, 10, "it is known")
    reply = api.activate(new_code())
    told = reply.headers["frontdesk-time"]
    assert told[:10] == (clock.real_now() + timedelta(days=100)).strftime("%Y-%m-%d")
    assert reply.json()["license"]["starts_at"][:10] == told[:10]
    assert "frontdesk-time" in api.get("/keys").headers


def test_a_thousand_guesses_find_nothing_and_hold_up_no_good_code(api: Api) -> None:
    good = [new_code() for _ in range(10)]
    requests: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/activations", {"json": activation(codes.generate())}) for _ in range(1_000)
    ]
    for n, code in enumerate(good):
        requests.insert(n * 100, ("POST", "/activations", {"json": activation(code)}))
    # A hundred at once: a longer queue may rightly be told to come again after two seconds.
    replies = [reply for at in range(0, len(requests), 101) for reply in api.together(requests[at : at + 101])]
    statuses = [reply.status_code for reply in replies]
    assert statuses.count(201) == len(good)
    # On a machine too busy to answer within the contract's two seconds, a guess is told to come again.
    refused = statuses.count(429) + statuses.count(503)
    judged = statuses.count(404)
    assert judged + refused == 1_000
    # The guesses may fall into two of the throttle's windows.
    assert judged in {seats.UNKNOWN_FROM_PREFIX.count, 2 * seats.UNKNOWN_FROM_PREFIX.count}


def test_unknown_codes_cost_the_same_whether_refused_or_throttled(api: Api) -> None:
    """One call of the same function, the same rows written, an answer of the same shape."""

    def once() -> tuple[int, tuple[Any, ...]]:
        reply = api.activate(codes.generate())
        with connection.cursor() as cursor:
            cursor.execute("select count(*), sum(count) from core_throttlecounter")
            return reply.status_code, cursor.fetchone()

    before = [once() for _ in range(seats.UNKNOWN_FROM_PREFIX.count)]
    after = [once() for _ in range(3)]
    assert {status for status, _ in before} == {404}
    assert {status for status, _ in after} == {429}
    assert [written for _, written in before + after] == [(2, 2 * n) for n in range(1, 24)]
