"""The client against a desk that speaks the contract."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sdk.python.tests.conftest import MakeClient
from sdk.python.tests.desk import Desk, Reply
from sdk.python.tests.vectors import (
    CODE,
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

from frontdesk_client import Client, FileStore, MemoryStore, ServerClock, errors


class HandClock:
    """A clock that is set by hand."""

    def __init__(self, moment: datetime | None = None) -> None:
        self.moment = moment or datetime.now(UTC)

    def now(self) -> datetime:
        return self.moment

    def observe(self, server_time: datetime | None) -> None:
        """Not moved by anyone."""

    def forward(self, **time: float) -> None:
        self.moment += timedelta(**time)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


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


# --- check


def test_without_an_activation(client: Client) -> None:
    for use in (client.check, client.refresh, client.deactivate, client.return_offline, client.latest_release):
        with pytest.raises(errors.NotActivated):
            use()
    status = client.status()
    assert (status.activated, status.standing, type(status.problem)) == (False, None, errors.NotActivated)


def test_days_without_network_then_the_end(make_client: MakeClient, desk: Desk, clock: HandClock) -> None:
    client = make_client(clock=clock)
    client.activate(CODE)
    desk.answer_next("POST leases", *[Reply(503, raw=b"away")] * 100)
    clock.forward(days=13)
    assert client.check(wait=True).refresh_due
    clock.forward(days=1, minutes=1)
    with pytest.raises(errors.LeaseExpired):
        client.check()
    assert isinstance(client.status().problem, errors.LeaseExpired)


def test_a_fresh_lease_ends_the_waiting(make_client: MakeClient, desk: Desk, clock: HandClock) -> None:
    client = make_client(clock=clock)
    client.activate(CODE)
    clock.forward(days=20)
    desk.travelled = timedelta(days=20)
    assert not client.check().refresh_due


def test_check_asks_nobody_before_a_refresh_is_due(client: Client, desk: Desk) -> None:
    client.activate(CODE)
    asked = len(desk.seen)
    assert client.check().license.plan == "plus-5"
    assert client.status().standing == client.check()
    client.settle()
    assert len(desk.seen) == asked


def test_a_due_refresh_runs_in_the_background(make_client: MakeClient, desk: Desk, clock: HandClock) -> None:
    client = make_client(clock=clock)
    client.activate(CODE)
    clock.forward(days=1, minutes=1)
    desk.travelled = timedelta(days=1)
    assert client.check().refresh_due
    client.settle(10)
    assert not client.check().refresh_due
    assert len(desk.calls("POST leases")) == 1


def test_a_due_refresh_in_the_foreground(make_client: MakeClient, desk: Desk, clock: HandClock) -> None:
    client = make_client(clock=clock)
    client.activate(CODE)
    clock.forward(days=1, minutes=1)
    desk.travelled = timedelta(days=1)
    assert not client.check(wait=True).refresh_due


def test_only_one_refresh_at_a_time(make_client: MakeClient, desk: Desk, clock: HandClock) -> None:
    client = make_client(clock=clock)
    client.activate(CODE)
    clock.forward(days=1, minutes=1)
    desk.travelled = timedelta(days=1)
    for _ in range(20):
        client.check()
    client.settle(10)
    assert len(desk.calls("POST leases")) <= 2


def test_trouble_in_the_background_is_kept_quiet(make_client: MakeClient, desk: Desk, clock: HandClock) -> None:
    client = make_client(clock=clock)
    client.activate(CODE)
    clock.forward(days=2)
    desk.answer_next("POST leases", *[Reply(500, raw=b"oops")] * 3)
    client.check()
    client.settle(10)
    assert client.check().refresh_due


@pytest.mark.parametrize("code", ["license_refunded", "license_suspended", "license_expired"])
def test_a_stopped_licence_stops_and_may_come_back(
    code: str, make_client: MakeClient, desk: Desk, clock: HandClock
) -> None:
    client = make_client(clock=clock)
    client.activate(CODE)
    clock.forward(days=1, minutes=1)
    desk.travelled, desk.refusal = timedelta(days=1), code
    client.check()
    client.settle(10)
    for again in (client.check, client.refresh, lambda: client.check(wait=True)):
        with pytest.raises(errors.REFUSALS[code]):
            again()
    assert client.status().problem is not None
    desk.answer_next("POST leases", *[Reply(503, raw=b"away")] * 3)
    with pytest.raises(errors.REFUSALS[code]):
        client.check()
    desk.refusal = ""
    assert client.check().license.status == "active"


@pytest.mark.parametrize("code", ["activation_removed", "activation_unknown", "fingerprint_mismatch"])
def test_a_removed_device_stops_until_it_is_activated_again(
    code: str, make_client: MakeClient, desk: Desk, clock: HandClock
) -> None:
    client = make_client(clock=clock)
    client.activate(CODE)
    clock.forward(days=1, minutes=1)
    desk.travelled, desk.refusal = timedelta(days=1), code
    with pytest.raises(errors.REFUSALS[code]):
        client.check(wait=True)
    asked = len(desk.seen)
    with pytest.raises(errors.REFUSALS[code]):
        client.check()
    assert len(desk.seen) == asked
    desk.refusal = ""
    assert not client.activate(CODE).new_seat
    assert client.check()


def test_after_the_end_a_stopped_licence_says_why(make_client: MakeClient, desk: Desk, clock: HandClock) -> None:
    client = make_client(clock=clock)
    client.activate(CODE)
    clock.forward(days=400)
    desk.refusal = "license_expired"
    with pytest.raises(errors.LicenseExpired, match="licence has expired"):
        client.check()


def test_a_refusal_of_an_old_token_does_not_end_a_new_activation(client: Client, desk: Desk, store: FileStore) -> None:
    client.activate(CODE)
    desk.refusal = "activation_removed"
    original = desk.answer

    def replaced_meanwhile(seen: Any) -> Reply:
        store.update(lambda state: state.from_json(state.to_json().replace(REQUESTS["token"], "fda_new")))
        return original(seen)

    desk.answer = replaced_meanwhile  # type: ignore[method-assign] # the race, made to happen
    with pytest.raises(errors.ActivationRemoved):
        client.refresh()
    assert store.load().lease


def test_a_copied_disk_does_not_run_elsewhere(client: Client, make_client: MakeClient) -> None:
    client.activate(CODE)
    with pytest.raises(errors.LeaseForOtherDevice):
        make_client(fingerprint="another-machine-altogether").check()


def test_a_tampered_store_does_not_run_until_the_server_heals_it(client: Client, store: FileStore, desk: Desk) -> None:
    client.activate(CODE)
    genuine = store.path.read_text()
    store.path.write_text(genuine.replace(LEASES["keys"]["lease_1"]["x"], KEYSETS["other_root"]["x"]))
    desk.answer_next("POST leases", *[Reply(503, raw=b"away")] * 3)
    with pytest.raises(errors.LeaseInvalid):
        client.check()
    assert client.check().lease.plan == "plus-5"


# --- the clock


def test_a_clock_set_back_is_refused(make_client: MakeClient, clock: HandClock) -> None:
    client = make_client(clock=clock)
    client.activate(CODE)
    clock.forward(minutes=-4)
    client.check()
    clock.forward(minutes=-2)
    with pytest.raises(errors.ClockWrong):
        client.check()


def test_a_clock_behind_the_highest_time_seen(make_client: MakeClient, desk: Desk, clock: HandClock) -> None:
    client = make_client(clock=clock)
    client.activate(CODE)
    clock.forward(days=3)
    desk.travelled = timedelta(days=3)
    client.refresh()
    clock.forward(days=-2)
    with pytest.raises(errors.ClockWrong):
        client.activate(CODE)


def test_a_clock_far_ahead_is_noticed_when_activating(make_client: MakeClient) -> None:
    with pytest.raises(errors.ClockWrong, match="run out"):
        make_client(clock=HandClock(datetime.now(UTC) + timedelta(days=30))).activate(CODE)


def test_a_clock_behind_is_noticed_when_activating(make_client: MakeClient) -> None:
    with pytest.raises(errors.ClockWrong, match="already signed"):
        make_client(clock=HandClock(datetime.now(UTC) - timedelta(days=30))).activate(CODE)


def test_a_demo_that_travels_is_followed(make_client: MakeClient, desk: Desk, tmp_path: Any) -> None:
    path = tmp_path / "clock" / "offset"
    clock = ServerClock(path)
    client = make_client(clock=clock)
    client.activate(CODE)
    desk.travelled = timedelta(days=300)
    assert client.health()
    assert abs(clock.now() - desk.now()) < timedelta(seconds=5)
    client.check(wait=True)
    assert abs(ServerClock(path).now() - desk.now()) < timedelta(seconds=5)
    desk.travelled = None
    client.health()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_server_clock_that_cannot_be_kept(tmp_path: Any) -> None:
    (tmp_path / "file").write_text("nonsense")
    clock = ServerClock(tmp_path / "file" / "below")
    clock.observe(datetime.now(UTC) + timedelta(days=1))
    assert clock.now() > datetime.now(UTC) + timedelta(hours=23)
    assert ServerClock(tmp_path / "file").now() < datetime.now(UTC) + timedelta(hours=1)
    bare = ServerClock()
    bare.observe(None)
    assert bare.now() <= datetime.now(UTC)


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
