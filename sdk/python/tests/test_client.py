"""The client against a desk that speaks the contract."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sdk.python.tests.conftest import MakeClient
from sdk.python.tests.desk import Desk, Reply
from sdk.python.tests.vectors import (
    CODE,
    FINGERPRINT,
    KEYSETS,
    LEASES,
    NEXT_LEASE_KEY,
    PROBLEMS,
    PRODUCT,
    REQUESTS,
    START,
    Signer,
    good_reply,
)

from frontdesk_client import Client, FileStore, MemoryStore, errors

# --- activate


def test_activation_takes_a_seat_and_sends_what_the_contract_says(client: Client, desk: Desk) -> None:
    standing = client.activate(CODE.lower().replace("-", " "))
    assert standing.new_seat
    assert not standing.refresh_due
    assert not standing.offline
    assert (standing.license.plan, standing.license.device_limit, standing.license.devices_used) == ("plus-5", 5, 1)
    sent = desk.calls("POST activations")[0].body
    assert sent.keys() == REQUESTS["good"][0]["body"].keys()
    assert sent["device"].keys() == REQUESTS["good"][0]["body"]["device"].keys()
    assert (sent["code"], sent["product"], sent["device"]["app_version"]) == (CODE, PRODUCT, "3.2.0")


def test_a_second_activation_of_this_device_is_no_second_seat(client: Client) -> None:
    client.activate(CODE)
    assert not client.activate(CODE).new_seat


def test_a_code_of_another_licence_gives_the_former_seat_back(client: Client, desk: Desk, store: FileStore) -> None:
    client.activate(CODE)
    former = store.load().token
    client.activate(CODE)
    assert desk.calls("DELETE activations") == []
    other = good_reply("POST /api/v1/activations") | {"lease": desk.lease_for(FINGERPRINT), "token": "fda_" + "B" * 54}
    other["license"]["id"] = "0192f0c4-7e11-7c3a-9d55-2b6a1f0c8e99"
    desk.answer_next("POST activations", Reply(201, other))
    client.activate(CODE)
    assert [call.headers["Authorization"] for call in desk.calls("DELETE activations")] == [f"Bearer {former}"]
    assert store.load().token == other["token"]


def test_a_former_seat_that_cannot_be_given_back_hinders_nothing(client: Client, desk: Desk) -> None:
    client.activate(CODE)
    other = good_reply("POST /api/v1/activations") | {"lease": desk.lease_for(FINGERPRINT)}
    other["license"]["id"] = "0192f0c4-7e11-7c3a-9d55-2b6a1f0c8e99"
    desk.answer_next("POST activations", Reply(201, other))
    desk.answer_next("DELETE activations", Reply(503, raw=b""))
    assert client.activate(CODE).new_seat
    assert len(desk.calls("DELETE activations")) == 1


def test_the_code_is_never_stored(client: Client, store: FileStore) -> None:
    client.activate(CODE)
    assert CODE not in store.path.read_text()
    assert store.path.stat().st_mode & 0o777 == 0o600


def test_a_typo_is_found_before_any_request(client: Client, desk: Desk) -> None:
    with pytest.raises(errors.CodeMalformed) as refused:
        client.activate(CODE[:-1] + ("0" if CODE[-1] != "0" else "1"))
    assert refused.value.wrong_groups == (4,)
    assert desk.seen == []


@pytest.mark.parametrize("example", PROBLEMS["problems"], ids=lambda example: example["body"]["code"])
def test_every_refusal_has_its_class(example: dict[str, Any], client: Client, desk: Desk) -> None:
    code = example["body"]["code"]
    desk.refuse_next("POST activations", code, times=3)
    with pytest.raises(errors.REFUSALS[code]) as refused:
        client.activate(CODE)
    error = refused.value
    assert (error.reason, error.status, error.title) == (code, example["status"], example["body"]["title"])
    assert (error.detail, error.remedy) == (example["body"]["detail"], example["body"]["remedy"])
    assert error.members().items() >= example["body"].items()
    assert example["body"]["title"] in str(error)


def test_refusals_tell_what_belongs_to_them(client: Client, desk: Desk) -> None:
    found: dict[str, Any] = {}
    for code in errors.REFUSALS:
        desk.refuse_next("POST activations", code, times=3)
        with pytest.raises(errors.Refusal) as refused:
            client.activate(CODE)
        found[code] = refused.value
        desk.queued.clear()
    assert found["request_invalid"].field == "device.name"
    assert found["code_malformed"].wrong_groups == (3,)
    assert found["device_limit_reached"].device_limit == 5
    assert found["device_limit_reached"].manage_url.startswith("https://")
    assert found["swap_limit_reached"].retry_at == START + timedelta(days=9)
    assert found["too_many_attempts"].retry_after == 60
    assert found["temporarily_unavailable"].retry_after == 2


def test_a_reason_of_the_future_is_a_plain_refusal(client: Client, desk: Desk) -> None:
    desk.answer_next("POST activations", Reply(403, {"code": "moon_phase_wrong", "title": "Not tonight"}))
    with pytest.raises(errors.Refusal) as refused:
        client.activate(CODE)
    assert (type(refused.value), refused.value.reason) == (errors.Refusal, "moon_phase_wrong")


def test_members_of_the_wrong_kind_are_left_out() -> None:
    limit = errors.DeviceLimitReached({"device_limit": True, "manage_url": 5, "title": None})
    assert (limit.device_limit, limit.manage_url, limit.title) == (None, "", limit.default_title)
    assert errors.CodeMalformed({"wrong_groups": "3"}).wrong_groups == ()
    assert errors.SwapLimitReached({"retry_at": "soon"}).retry_at is None
    assert errors.SwapLimitReached({"retry_at": "2026-11-09T12:00:00"}).retry_at == datetime(
        2026, 11, 9, 12, tzinfo=UTC
    )


def test_a_server_of_another_vendor_never_sees_a_seat_taken(make_client: MakeClient, desk: Desk) -> None:
    client = make_client(trust_root="fdroot_" + KEYSETS["other_root"]["x"])
    with pytest.raises(errors.KeysInvalid):
        client.activate(CODE)
    assert desk.seats == {}


@pytest.mark.parametrize(
    "change",
    [
        {"lease": None},
        {"license": "mine"},
        {"license": good_reply("POST /api/v1/activations")["license"] | {"expires_at": "soon"}},
        {"license": good_reply("POST /api/v1/activations")["license"] | {"expires_at": "2026-01-01T00:00:00"}},
        {"license": good_reply("POST /api/v1/activations")["license"] | {"device_limit": "5"}},
        {"activation": {}},
        {"token": 7},
    ],
)
def test_an_answer_with_holes_changes_nothing(change: dict[str, Any], client: Client, desk: Desk) -> None:
    desk.answer_next("POST activations", Reply(201, good_reply("POST /api/v1/activations") | change))
    with pytest.raises(errors.ServerAnswerInvalid):
        client.activate(CODE)
    assert not client.status().activated


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"device": "x"}, errors.LeaseForOtherDevice),
        ({"product": "halcyon-vault"}, errors.LeaseForOtherProduct),
        ({"exp": None}, errors.LeaseInvalid),
    ],
)
def test_a_lease_for_someone_else_is_refused(
    claims: dict[str, object], expected: type[errors.FrontdeskError], client: Client, desk: Desk
) -> None:
    desk.lease_claims = claims
    with pytest.raises(expected):
        client.activate(CODE)


# --- keys


def test_rotated_keys_are_fetched_when_a_lease_names_one(client: Client, desk: Desk, store: FileStore) -> None:
    client.activate(CODE)
    desk.key_set, desk.lease_key = LEASES["key_sets"]["rotated"], NEXT_LEASE_KEY
    client.refresh()
    assert len(desk.calls("GET keys")) == 2
    assert store.load().keys_serial == 4
    client.refresh()
    assert len(desk.calls("GET keys")) == 2


def test_a_key_the_vendor_does_not_vouch_for(client: Client, desk: Desk) -> None:
    desk.lease_key = Signer(LEASES["keys"]["stranger"])
    with pytest.raises(errors.LeaseInvalid, match="vouch"):
        client.activate(CODE)


def test_an_older_key_set_is_refused_for_good(client: Client, desk: Desk) -> None:
    desk.key_set = LEASES["key_sets"]["rotated"]
    client.activate(CODE)
    desk.key_set, desk.lease_key = LEASES["key_sets"]["current"], Signer(LEASES["keys"]["stranger"])
    with pytest.raises(errors.KeysRolledBack):
        client.refresh()


# --- deactivate, replace


def test_deactivation_frees_and_forgets(client: Client, desk: Desk, store: FileStore) -> None:
    client.activate(CODE)
    client.deactivate()
    assert desk.calls("DELETE activations")[0].headers["Authorization"].startswith("Bearer fda_")
    assert not client.status().activated
    assert store.load().keys_serial == 3


def test_deactivation_of_a_seat_already_free(client: Client, desk: Desk) -> None:
    client.activate(CODE)
    desk.refuse_next("DELETE activations", "activation_unknown")
    client.deactivate()
    assert not client.status().activated


def test_deactivation_without_connection_keeps_the_activation(client: Client, desk: Desk) -> None:
    client.activate(CODE)
    desk.answer_next("DELETE activations", *[Reply(503, raw=b"")] * 3)
    with pytest.raises(errors.TemporarilyUnavailable):
        client.deactivate()
    assert client.check()


def test_replacement_asks_waits_and_activates(client: Client, naps: list[float]) -> None:
    told: list[tuple[str, float]] = []
    assert client.replace(CODE, on_wait=lambda *news: told.append(news)).license.plan == "plus-5"
    assert naps == [2.0]
    assert told == [(good_reply("POST /api/v1/replacements")["id"], 2.0)]


@pytest.mark.parametrize(
    ("outcome", "expected"), [("refused", errors.ReplacementRefused), ("expired", errors.ReplacementExpired)]
)
def test_replacement_that_is_not_approved(outcome: str, expected: type[Exception], client: Client, desk: Desk) -> None:
    desk.replacement.clear()
    desk.replacement.extend(["pending", outcome])
    with pytest.raises(expected):
        client.replace(CODE)


def test_a_replacement_can_be_taken_up_again(client: Client, desk: Desk) -> None:
    with pytest.raises(errors.ReplacementPending) as pending:
        client.replace(CODE, wait=1)
    assert pending.value.members()["request_id"] == pending.value.request_id
    desk.answer_next("GET replacements", Reply(200, {"status": "pending"}))
    assert client.replace(CODE, request_id=pending.value.request_id)
    assert len(desk.calls("POST replacements")) == 1


# --- the device


def test_a_machine_without_an_id_keeps_a_random_fingerprint(make_client: MakeClient, desk: Desk) -> None:
    make_client(fingerprint=None).activate(CODE)
    make_client(fingerprint=None).activate(CODE)
    assert len(desk.seats) == 1


def test_another_product_in_the_same_store_does_not_count(client: Client, store: FileStore, desk: Desk) -> None:
    client.activate(CODE)
    other = Client(
        desk.url, "halcyon-vault", "fdroot_" + KEYSETS["root"]["x"], store, find_fingerprint=lambda _: "x" * 20
    )
    assert not other.status().activated


def test_the_memory_store_forgets_with_the_process(make_client: MakeClient) -> None:
    client = make_client(other_store=MemoryStore())
    client.activate(CODE)
    assert client.check()
    assert client.server.startswith("http://127.0.0.1")
