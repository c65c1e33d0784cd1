"""Races, kills and outages against the real server, over HTTP."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from pytest_django.plugin import DjangoDbBlocker

from frontdesk.core.models import AuditEntry
from frontdesk.licensing.models import Activation, License, Term
from frontdesk.project.postgres import Cluster
from tests.gateway.api import activation, bearer
from tests.support.server import ROOT, Server, make_keys
from tests.support.shop import license_of, new_code, plan_version

pytestmark = pytest.mark.django_db(transaction=True)
Asked = list[dict[str, Any]]


@pytest.fixture(scope="module")
def shared_server(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Server]:
    with django_db_blocker.unblock():
        started = Server(workers=2)
    with started:
        yield started


@pytest.fixture
def server(transactional_db: None, shared_server: Server) -> Server:
    make_keys()
    return shared_server


def all_at_once(url: str, bodies: Asked) -> list[httpx.Response]:
    """Every request on a connection of its own, at the same moment."""

    async def ask() -> list[httpx.Response]:
        limits = httpx.Limits(max_connections=len(bodies))
        async with httpx.AsyncClient(base_url=url, limits=limits, timeout=30) as client:
            return await asyncio.gather(*[client.post("/api/v1/activations", json=body) for body in bodies])

    return asyncio.run(ask())


def test_a_licence_of_five_seats_exactly_five_over_http(server: Server) -> None:
    for _ in range(3):
        code = new_code(plan_version(device_limit=5))
        replies = all_at_once(server.url, [activation(code, f"device {n:03}") for n in range(64)])
        assert Counter(reply.status_code for reply in replies) == {201: 5, 409: 59}
        license = license_of(code)
        assert license.seats_used == license.activations.count() == 5


def test_one_device_two_hundred_times_on_a_licence_of_one(server: Server) -> None:
    code = new_code(plan_version(device_limit=1))
    replies = all_at_once(server.url, [activation(code, "the only one") for _ in range(200)])
    assert Counter(reply.status_code for reply in replies) == {201: 1, 200: 199}
    assert Activation.objects.count() == 1
    newest = Activation.objects.get().token_hashes
    assert len(newest) == 5


def test_kill_9_loses_no_acknowledged_seat_and_leaves_none_half_taken(server: Server) -> None:
    made = [new_code(plan_version(device_limit=5)) for _ in range(12)]
    bodies = [activation(code, f"device {n:03} of {i}") for n in range(7) for i, code in enumerate(made)]
    tokens = asyncio.run(_until_killed(server, bodies))
    server.start()
    assert tokens
    for name, token in tokens.items():
        body = {"fingerprint": f"fingerprint of {name}", "app_version": "3.2.0"}
        headers = bearer(token)["headers"]
        reply = httpx.post(f"{server.url}/api/v1/leases", json=body, headers=headers, timeout=10)
        assert reply.status_code == 200, reply.text
    for license in License.objects.all():
        seats = license.activations.filter(removed_at=None).count()
        assert 1 <= seats == license.seats_used <= 5
        assert Term.objects.filter(license=license).count() == license.codes.count() == 1
        added = AuditEntry.objects.filter(subject=license.id, action="device.added").count()
        assert added == seats


async def _until_killed(server: Server, bodies: Asked) -> dict[str, str]:
    """Activate until the server is killed in the middle; the tokens that were answered, by the device's name."""
    answered: dict[str, str] = {}

    async def one(client: httpx.AsyncClient, body: dict[str, Any]) -> None:
        try:
            reply = await client.post("/api/v1/activations", json=body)
        except httpx.HTTPError:
            return
        if reply.status_code in {200, 201}:
            answered[body["device"]["name"]] = reply.json()["token"]
        if len(answered) == 20:
            server.kill()

    async with httpx.AsyncClient(base_url=server.url, limits=httpx.Limits(max_connections=16), timeout=30) as client:
        await asyncio.gather(*[one(client, body) for body in bodies])
    return answered


SCRIPT = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.support.server import make_keys
from tests.support.shop import new_code
make_keys()
print(*[new_code().text for _ in range(6)])
"""


@pytest.fixture
def outage(tmp_path: Path) -> Iterator[tuple[Cluster, list[str]]]:
    """A PostgreSQL that a test may stop, and codes in it."""
    cluster = Cluster(tmp_path / "data", settings.SECRETS.database_password, settings={"fsync": "off"})
    cluster.start()
    path = os.pathsep.join(str(ROOT / part) for part in ("src", "sdk/python/src", ""))
    environment = os.environ | {
        "DATABASE_URL": cluster.url, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": path
    }  # fmt: skip
    made = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True
    ).stdout.split()
    yield cluster, made
    cluster.stop()


def within_two_seconds(url: str, body: dict[str, Any]) -> httpx.Response:
    started = time.monotonic()
    reply = httpx.post(f"{url}/api/v1/activations", json=body, timeout=10)
    assert time.monotonic() - started < 2
    return reply


def test_without_postgresql_503_within_two_seconds_and_recovery_by_itself(outage: tuple[Cluster, list[str]]) -> None:
    cluster, made = outage
    with Server(database=cluster.url) as server:
        body = activation(made[0], "laptop")
        token = within_two_seconds(server.url, body).json()["token"]
        cluster.stop()
        for _ in range(3):
            reply = within_two_seconds(server.url, body)
            assert (reply.status_code, reply.json()["code"]) == (503, "temporarily_unavailable")
            assert reply.headers["retry-after"]
            for method, path in (("POST", "leases"), ("GET", "keys"), ("DELETE", "activations/current")):
                json = {"fingerprint": "fingerprint of laptop", "app_version": "1"} if method == "POST" else None
                started = time.monotonic()
                headers = bearer(token)["headers"]
                away = httpx.request(method, f"{server.url}/api/v1/{path}", json=json, headers=headers, timeout=10)
                assert away.status_code == 503
                assert time.monotonic() - started < 2
        assert httpx.get(f"{server.url}/api/v1/health").status_code == 200
        cluster.start()
        eventually_served(server.url, body)
        hang(cluster, server.url, made)


def eventually_served(url: str, body: dict[str, Any]) -> None:
    """The server finds its database again within a few seconds, without help."""
    deadline = time.monotonic() + 5
    while within_two_seconds(url, body).status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def hang(cluster: Cluster, url: str, made: list[str]) -> None:
    """A database that answers nothing at all is the same as none."""
    assert cluster.process_id
    os.killpg(cluster.process_id, signal.SIGSTOP)
    children = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(cluster.process_id)], capture_output=True, text=True, check=True
    ).stdout.split()
    try:
        for pid in children:
            os.kill(int(pid), signal.SIGSTOP)
        assert within_two_seconds(url, activation(made[1], "laptop")).status_code == 503
    finally:
        for pid in [*children, str(cluster.process_id)]:
            os.kill(int(pid), signal.SIGCONT)
    deadline = time.monotonic() + 8
    while within_two_seconds(url, activation(made[1], "laptop")).status_code not in {200, 201}:
        assert time.monotonic() < deadline
        time.sleep(0.1)
