"""Every row of the device API's table, by HTTP."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from frontdesk.core import clock, signing
from frontdesk.core.models import ThrottleCounter
from frontdesk.gateway.exchange import Call
from frontdesk.licensing import codes, seats
from frontdesk.licensing.models import Activation, License
from tests.gateway.api import Api, activation, bearer
from tests.support.shop import PRODUCT, license_of, new_code, plan_version

pytestmark = pytest.mark.django_db(transaction=True)
CONTRACT = Path(__file__).parents[2] / "contract"
REQUESTS = json.loads((CONTRACT / "requests.json").read_text("utf-8"))
REPLIES = {
    (reply["endpoint"], reply["status"]): reply.get("body")
    for reply in json.loads((CONTRACT / "replies.json").read_text("utf-8"))["good"]
}
PROBLEMS = {
    problem["body"]["code"]: problem
    for problem in json.loads((CONTRACT / "problems.json").read_text("utf-8"))["problems"]
}
PAST = datetime(2024, 1, 1, tzinfo=UTC)


def shape(value: Any) -> Any:
    """Which members a document has, and of which type."""
    if isinstance(value, dict):
        return {name: shape(member) for name, member in value.items()}
    return type(value).__name__


def refused(reply: httpx.Response, code: str) -> dict[str, Any]:
    """The reply is this problem, with the status and members of the contract; returns it."""
    example = PROBLEMS[code]
    problem: dict[str, Any] = reply.json()
    assert (reply.status_code, problem["code"], problem["status"]) == (example["status"], code, example["status"])
    assert reply.headers["content-type"] == "application/problem+json"
    assert set(example["body"]) <= set(problem)
    assert problem["type"] == problem["help_url"]
    assert problem["help_url"].endswith(f"/help/r/{code}")
    assert all(name.lower() in reply.headers for name in example.get("headers", {}))
    return problem


def test_a_new_seat_is_201_and_the_same_device_200(api: Api) -> None:
    code = new_code(plan_version(device_limit=1))
    first, again = api.activate(code), api.activate(code)
    assert (first.status_code, again.status_code) == (201, 200)
    assert shape(first.json()) == shape(REPLIES["POST /api/v1/activations", 201])
    assert first.json()["activation"] == again.json()["activation"]
    assert first.json()["token"] != again.json()["token"]
    assert first.json()["license"]["devices_used"] == again.json()["license"]["devices_used"] == 1
    assert first.headers["cache-control"] == "no-store"


def test_a_code_of_another_licence_takes_a_seat_of_that_one(api: Api) -> None:
    first, second = (api.activate(new_code(plan_version())) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert shape(second.json()) == shape(REPLIES["POST /api/v1/activations", 201])
    assert first.json()["license"]["id"] != second.json()["license"]["id"]
    assert Activation.objects.filter(removed_at=None).count() == 2


def test_the_lease_is_signed_by_a_published_key_and_says_what_the_licence_says(api: Api) -> None:
    reply = api.activate(new_code(plan_version(features=["vault"]))).json()
    published = api.get("/keys").json()
    assert shape(published["keys"][0]) == shape(REPLIES["GET /api/v1/keys", 200]["keys"][0])
    key = next(key for key in published["keys"] if key["use"] == "sig")
    claims = signing.verify_jws(reply["lease"], signing.unb64(key["x"]), typ="frontdesk-lease+jwt")
    assert claims["sub"] == reply["activation"]["id"]
    assert claims["lic"] == reply["license"]["id"]
    assert (claims["product"], claims["features"]) == (PRODUCT, ["vault"])


def test_body_too_large_counted_while_it_arrives(api: Api) -> None:
    refused(api.post("/activations", b"x" * 70_000), "request_too_large")

    async def pieces() -> Any:
        for _ in range(70):
            yield b" " * 1024

    refused(api.request("POST", "/activations", content=pieces()), "request_too_large")
    assert api.post("/activations", json.dumps(activation("x")).encode() + b" " * 60_000).status_code == 422


@pytest.mark.parametrize("case", REQUESTS["malformed"], ids=lambda case: case["name"])
def test_malformed_requests_name_the_field(api: Api, case: dict[str, Any]) -> None:
    _, path = case["endpoint"].split(" /api/v1")
    token = "fda_" + "A" * 54
    body = json.dumps(case["body"]).encode()
    assert refused(api.post(path, body, **bearer(token)), "request_invalid")["field"] == case["field"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "body"),
        (b"{", "body"),
        (b"[]", "body"),
        (b"null", "body"),
        (b'"text"', "body"),
        (b"\xff\xfe", "body"),
        (b"[" * 60_000, "body"),
        (b'{"a":' * 10_000, "body"),
        (b'{"x": 1' + b"0" * 5_000 + b"}", "code"),
        (b'{"code": "a", "code": 5}', "code"),
        (b'{"x": "\\ud800"}', "x"),
        (b'{"x": ["\\ud800"]}', "body"),
        (b'{"code": "\xed\xa0\x80"}', "code"),
    ],
)
def test_what_is_no_json_of_ours_is_refused(api: Api, body: bytes, field: str) -> None:
    assert refused(api.post("/activations", body), "request_invalid")["field"] == field


def test_unknown_members_are_ignored_and_a_code_may_come_as_a_mail(api: Api) -> None:
    code = new_code()
    body = activation(f"Dear Ada,\nyour code: {code.text.lower()}\nThank you") | {"later": {"more": [1]}}
    assert api.post("/activations", body).status_code == 201


def test_a_malformed_code_names_its_groups_without_a_look_up(api: Api) -> None:
    code = codes.generate().text
    typo = f"{code[:12]}{'3' if code[12] != '3' else '4'}{code[13:]}"
    assert refused(api.activate(typo), "code_malformed")["wrong_groups"] == [3]
    assert refused(api.activate("ABC"), "code_malformed")["wrong_groups"] == []
    assert not ThrottleCounter.objects.exists()


def test_refusals_of_codes(api: Api) -> None:
    refused(api.activate(new_code(plan_version(product="other-product"))), "product_mismatch")
    refused(api.activate(codes.generate()), "code_unknown")
    refused(api.activate(new_code(voided_at=clock.now())), "code_blocked")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"starts_at": PAST, "expires_at": PAST}, "license_expired"),
        ({"suspended_at": PAST}, "license_suspended"),
        ({"refunded_at": PAST}, "license_refunded"),
    ],
)
def test_refusals_of_licences(api: Api, values: dict[str, Any], code: str) -> None:
    issued = new_code()
    token = api.activate(issued).json()["token"]
    License.objects.update(**values)
    refused(api.activate(issued), code)
    refused(api.post("/leases", {"fingerprint": "fingerprint of laptop", "app_version": "4"}, **bearer(token)), code)


def test_the_limit_names_no_device(api: Api) -> None:
    code = new_code(plan_version(device_limit=1))
    api.activate(code, "Ada's secret laptop")
    reply = api.activate(code, "second device")
    problem = refused(reply, "device_limit_reached")
    assert problem["device_limit"] == 1
    assert problem["manage_url"].endswith("/activate/")
    assert "Ada" not in reply.text


def test_swaps(api: Api) -> None:
    code = new_code(plan_version(device_limit=1, swap_limit=1))
    for name in ("first one", "second one"):
        token = api.activate(code, name).json()["token"]
        assert api.request("DELETE", "/activations/current", **bearer(token)).status_code == 204
    problem = refused(api.activate(code, "third one"), "swap_limit_reached")
    retry_at = datetime.fromisoformat(problem["retry_at"])
    assert timedelta(days=29) < retry_at - clock.now() <= timedelta(days=30, seconds=1)


@pytest.mark.parametrize("name", ["   ", "a\u202eb", "a\u2028b", "a\u2066b"])
def test_a_devices_name_is_visible_and_turns_no_text_around(api: Api, name: str) -> None:
    request = activation(codes.generate())
    request["device"]["name"] = name
    assert refused(api.post("/activations", request), "request_invalid")["field"] == "device.name"


def test_a_proxys_own_line_counts_whatever_line_the_caller_sends_before_it() -> None:
    lines = [(b"x-forwarded-for", b"198.51.100.1"), (b"x-forwarded-for", b"203.0.113.7")]
    scope: Any = {"headers": lines}
    nobody: Any = None
    call = Call(scope, nobody)
    assert call.header(b"x-forwarded-for") == "198.51.100.1, 203.0.113.7"


def test_guessing_is_throttled_by_prefix_but_a_good_code_is_served(api: Api) -> None:
    good = new_code()
    for n in range(seats.UNKNOWN_FROM_PREFIX.count):
        spoofed = {"headers": {"x-forwarded-for": f"198.51.{n}.1"}}
        refused(api.post("/activations", activation(codes.generate()), **spoofed), "code_unknown")
    reply = api.post("/activations", activation(codes.generate()), headers={"x-forwarded-for": "203.0.113.9"})
    refused(reply, "too_many_attempts")
    assert 1 <= int(reply.headers["retry-after"]) <= seats.UNKNOWN_FROM_PREFIX.seconds
    assert api.activate(good).status_code == 201


def test_leases(api: Api) -> None:
    seat = api.activate(new_code()).json()
    body = {"fingerprint": "fingerprint of laptop", "app_version": "3.3.0"}
    reply = api.post("/leases", body, **bearer(seat["token"]))
    assert reply.status_code == 200
    assert shape(reply.json()) == shape(REPLIES["POST /api/v1/leases", 200])
    refused(
        api.post("/leases", body | {"fingerprint": "fingerprint of copy"}, **bearer(seat["token"])),
        "fingerprint_mismatch",
    )
    for headers in ({}, {"authorization": "Basic x"}, bearer("fda_" + "A" * 54)["headers"], bearer("x")["headers"]):
        unknown = api.post("/leases", body, headers=headers)
        refused(unknown, "activation_unknown")
        assert unknown.headers["www-authenticate"] == "Bearer"


def test_a_seat_given_up_is_gone_and_again_is_all_right(api: Api) -> None:
    code = new_code(plan_version(device_limit=1))
    token = api.activate(code).json()["token"]
    for _ in range(2):
        gone = api.request("DELETE", "/activations/current", **bearer(token))
        assert (gone.status_code, gone.content) == (204, b"")
    body = {"fingerprint": "fingerprint of laptop", "app_version": "3"}
    refused(api.post("/leases", body, **bearer(token)), "activation_removed")
    refused(api.request("DELETE", "/activations/current", **bearer("fda_" + "A" * 54)), "activation_unknown")
    assert license_of(code).seats_used == 0


def test_last_seen_is_written_afterwards_in_a_batch(api: Api) -> None:
    token = api.activate(new_code()).json()["token"]
    Activation.objects.update(last_seen_at=PAST)
    api.post("/leases", {"fingerprint": "fingerprint of laptop", "app_version": "9.9"}, **bearer(token))
    api.stop()
    row = Activation.objects.get()
    assert row.app_version == "9.9"
    assert clock.now() - row.last_seen_at < timedelta(minutes=1)


def test_problems_speak_the_callers_language(api: Api) -> None:
    english = api.post("/activations", activation("ABC"), headers={"accept-language": "xx, *;q=0.1"})
    german = api.post("/activations", activation("ABC"), headers={"accept-language": "de-AT,de;q=0.9,en;q=0.5"})
    assert (english.headers["content-language"], german.headers["content-language"]) == ("en", "de")
    assert "vary" in german.headers


def test_what_is_not_there(api: Api) -> None:
    reply = api.get("/nothing")
    assert (reply.status_code, reply.json()["code"]) == (404, "not_found")
    reply = api.get("/activations")
    assert (reply.status_code, reply.json()["code"], reply.headers["allow"]) == (405, "method_not_allowed", "POST")
    assert api.get("/health").json() == {"status": "ok", "live": {"postgresql": "off", "redis": "off"}}


@pytest.mark.parametrize("path", ["/health", "/keys", "/schema", "/docs"])
def test_head_says_what_get_would_without_its_content(api: Api, path: str) -> None:
    whole, head = api.get(path), api.request("HEAD", path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.content))
    assert head.headers["content-type"] == whole.headers["content-type"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/health", "GET, HEAD"),
        ("PROPFIND", "/health", "GET, HEAD"),
        ("OPTIONS", "/activations", "POST"),
        ("TRACE", "/activations", "POST"),
        ("HEAD", "/leases", "POST"),
        ("POST", "/files/token/shield.bin", "GET, HEAD"),
        ("PURGE", "/files/token/shield.bin", "GET, HEAD"),
        ("DELETE", "/schema", "GET, HEAD"),
        ("PUT", "/docs", "GET, HEAD"),
        ("PATCH", "/releases/halcyon-shield/latest", "GET, HEAD"),
    ],
)
def test_a_wrong_verb_is_told_the_right_ones(api: Api, method: str, path: str, allowed: str) -> None:
    reply = api.request(method, path, headers={"accept-language": "de"})
    assert (reply.status_code, reply.headers["allow"]) == (405, allowed)
    assert reply.headers["content-language"] == "de"
    if method != "HEAD":
        assert reply.headers["content-type"] == "application/problem+json"
        assert (reply.json()["code"], reply.json()["status"]) == ("method_not_allowed", 405)


def test_a_verb_unknown_at_an_unknown_address_is_404(api: Api) -> None:
    reply = api.request("PROPFIND", "/nothing")
    assert (reply.status_code, reply.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "headers",
    [
        [("transfer-encoding", "chunked"), ("content-length", "2")],
        [("transfer-encoding", "chunked"), ("transfer-encoding", "chunked")],
        [("transfer-encoding", "gzip, chunked")],
        [("content-length", "2"), ("content-length", "2")],
        [("host", "desk.test"), ("host", "other.test")],
    ],
)
def test_a_request_that_contradicts_itself_is_not_read(api: Api, headers: list[tuple[str, str]]) -> None:
    for path in ("/activations", "/offline-returns"):
        reply = api.request("POST", path, headers=headers, content=iter_bytes())
        assert (reply.status_code, reply.json()["code"]) == (400, "request_ambiguous")
        assert reply.headers["content-type"] == "application/problem+json"
        assert reply.headers["connection"] == "close"


async def iter_bytes() -> Any:
    """A body whose length httpx does not know, so that it adds no header of its own."""
    yield b"{}"
