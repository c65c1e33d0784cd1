"""May the product run? Days without network, refreshes, refusals, clocks."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sdk.python.tests.clocks import HandClock
from sdk.python.tests.conftest import MakeClient
from sdk.python.tests.desk import Desk, Reply
from sdk.python.tests.vectors import (
    CODE,
    KEYSETS,
    LEASES,
    REQUESTS,
)

from frontdesk_client import Client, FileStore, ServerClock, errors


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


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
    asked = len(desk.seen)
    assert client.check().refresh_due
    client.settle(10)
    assert len(desk.seen) == asked


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
    assert abs(ServerClock(str(path)).now() - desk.now()) < timedelta(seconds=5), "a text does, as for FileStore"
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
