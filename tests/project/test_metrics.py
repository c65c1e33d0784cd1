"""/metrics: what it counts, across processes too, and who may read it."""

import asyncio
import re
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from pytest_django.fixtures import Settings

from frontdesk.core import outbox
from frontdesk.licensing import codes
from frontdesk.project.metrics import metrics_door
from frontdesk.project.supervisor import counting_together
from tests.gateway.api import activation
from tests.support.server import Server, make_keys
from tests.support.shop import new_code, plan_version

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("metrics")]
Headers = list[tuple[bytes, bytes]]
HERE: Headers = [(b"host", b"localhost:8000")]


def ask(peer: str, headers: Headers, method: str = "GET") -> tuple[int, str]:
    """Status and text for somebody at this address."""
    sent: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": "http", "path": "/metrics", "method": method, "headers": headers, "client": (peer, 4711)}
    asyncio.run(metrics_door(scope, receive, send))
    return sent[0]["status"], sent[1]["body"].decode()


@pytest.mark.parametrize("host", [b"localhost:8000", b"127.0.0.1", b"[::1]:8000", b"[::1]", b"LOCALHOST"])
@pytest.mark.parametrize("peer", ["127.0.0.1", "::1"])
def test_programs_on_this_machine_read_it(peer: str, host: bytes) -> None:
    status, text = ask(peer, [(b"host", host)])
    assert status == 200
    assert "frontdesk_database_up 1.0" in text


@pytest.mark.parametrize(
    ("peer", "headers"),
    [
        ("192.0.2.7", HERE),
        ("", HERE),
        ("127.0.0.1", [(b"host", b"desk.halcyon.example")]),
        ("127.0.0.1", []),
        ("127.0.0.1", [*HERE, (b"x-forwarded-for", b"192.0.2.7")]),
        ("127.0.0.1", [*HERE, (b"forwarded", b"for=192.0.2.7")]),
        ("127.0.0.1", [*HERE, (b"x-real-ip", b"127.0.0.1")]),
        ("192.0.2.7", [*HERE, (b"authorization", b"Bearer ")]),
    ],
)
def test_nobody_else_learns_that_it_is_there(peer: str, headers: Headers) -> None:
    assert ask(peer, headers) == (404, "There is nothing here.\n")


def test_with_a_token_set_it_must_be_shown_from_wherever(settings: Settings) -> None:
    settings.METRICS_TOKEN = "a long token of the operator's"
    right = [(b"authorization", b"Bearer a long token of the operator's"), (b"host", b"desk.halcyon.example")]
    assert ask("192.0.2.7", right)[0] == 200
    assert ask("192.0.2.7", right, "POST")[0] == 404
    for wrong in (b"Bearer another", b"Basic a long token of the operator's", b"Bearer \xff", b""):
        assert ask("127.0.0.1", [*HERE, (b"authorization", wrong)])[0] == 404
    assert ask("127.0.0.1", HERE)[0] == 404


def value(text: str, series: str) -> float:
    """A series of the exposition; 0 when it is not there."""
    found = re.search(rf"^{re.escape(series)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_it_counts_what_the_server_does() -> None:
    make_keys()
    code = new_code(plan_version(device_limit=1))
    outbox.put(topic="nobody.listens", payload={})
    with Server() as server:
        before = httpx.get(f"{server.url}/metrics").text
        for body in (activation(code), activation(code), activation(code, "second"), activation(codes.generate())):
            httpx.post(f"{server.url}/api/v1/activations", json=body)
        httpx.get(f"{server.url}/account/login/")
        httpx.get(f"{server.url}/nothing/")
        answer = httpx.get(f"{server.url}/metrics")
        assert httpx.get(f"{server.url}/metrics", headers={"x-forwarded-for": "192.0.2.7"}).status_code == 404
    text = answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=")
    for outcome, count in {"created": 1, "held": 1, "device_limit_reached": 1, "code_unknown": 1}.items():
        assert value(text, f'frontdesk_activations_total{{outcome="{outcome}"}}') == count, outcome
    for door, group, count in (("api", "2xx", 2), ("api", "4xx", 2), ("pages", "2xx", 1), ("pages", "4xx", 1)):
        series = f'frontdesk_requests_total{{door="{door}",status="{group}"}}'
        assert value(text, series) - value(before, series) == count, series
    assert value(text, 'frontdesk_lane_waiting{lane="activations"}') == 0
    assert value(text, 'frontdesk_lane_batch_seconds_count{lane="activations"}') == 4
    assert value(text, 'frontdesk_outbox_messages{state="waiting"}') >= 1
    assert 'frontdesk_jobs{state="todo"}' in text
    for what in ("past_due", "unknown_payments", "failed_webhooks", "late_subscriptions", "failed_refunds"):
        assert value(text, f'frontdesk_billing_waiting{{what="{what}"}}') == 0
    assert code.text not in text


def test_several_processes_count_together_and_outlive_one_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    (tmp_path / "gauge_livesum_4194305.db").touch()  # of a process that is no more: no Linux gives out this number
    with Server(workers=2) as server:
        series = 'frontdesk_requests_total{door="api",status="4xx"}'
        for _ in range(40):  # each on a connection of its own, so that both processes get some
            httpx.get(f"{server.url}/api/v1/nothing")
        counts = [value(httpx.get(f"{server.url}/metrics").text, series) for _ in range(6)]
    assert set(counts) == {40.0}
    assert not (tmp_path / "gauge_livesum_4194305.db").exists()


def test_with_the_database_away_it_says_so_and_counts_on() -> None:
    with Server(database="postgresql://nobody@127.0.0.1:1/nothing") as server:
        text = httpx.get(f"{server.url}/metrics", timeout=10).text
    assert "frontdesk_database_up 0.0" in text
    assert "frontdesk_outbox_messages" not in text
    assert value(text, 'frontdesk_requests_total{door="api",status="2xx"}') >= 1


def test_the_supervisor_lets_several_processes_count_together_from_zero() -> None:
    assert counting_together(1) == {}
    for _ in range(2):
        folder = Path(counting_together(2)["PROMETHEUS_MULTIPROC_DIR"])
        assert list(folder.iterdir()) == []
        (folder / "counter_1.db").touch()
