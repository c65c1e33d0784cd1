"""Races for seats from several processes, each with its own connections."""

import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from psycopg import conninfo

from frontdesk.core import clock
from frontdesk.licensing import codes, seats
from frontdesk.licensing.codes import ParsedCode
from frontdesk.licensing.models import Term
from tests.support.shop import PRODUCT, license_of, new_code, plan_version

pytestmark = pytest.mark.django_db(transaction=True)
PROCESSES, CLIENTS = 4, 16


class Race:
    """64 clients in 4 processes."""

    def __init__(self) -> None:
        given = connection.get_connection_params()
        dsn = conninfo.make_conninfo(
            "", **{key: given[key] for key in ("dbname", "user", "password", "host", "port") if key in given}
        )
        script = [sys.executable, str(Path(__file__).with_name("racer.py")), dsn, str(CLIENTS)]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.processes = [subprocess.Popen(script, **pipes) for _ in range(PROCESSES)]
        assert [self._read(process) for process in self.processes] == ["ready"] * PROCESSES

    @staticmethod
    def _read(process: "subprocess.Popen[str]") -> str:
        assert process.stdout
        return process.stdout.readline().strip()

    def run(self, code: ParsedCode, fingerprint_of: Callable[[int], str]) -> Counter[str]:
        """All ask for one code at once; how often each outcome was answered."""
        return self.run_batches(lambda n: [request(code, fingerprint_of(n))])

    def run_batches(self, batch_of: Callable[[int], list[dict[str, str]]]) -> Counter[str]:
        """Each client sends its batch in one call."""
        for part, process in enumerate(self.processes):
            batches = [batch_of(part * CLIENTS + n) for n in range(CLIENTS)]
            assert process.stdin
            process.stdin.write(json.dumps({"limits": seats.limits(clock.real_now()), "batches": batches}) + "\n")
            process.stdin.flush()
        return Counter(outcome for process in self.processes for outcome in json.loads(self._read(process)))

    def end(self) -> None:
        for process in self.processes:
            process.communicate(timeout=20)


def request(code: ParsedCode, fingerprint: str) -> dict[str, str]:
    return {
        "code": codes.digest(code).hex(), "product": PRODUCT, "fingerprint": seats.fingerprint_hash(fingerprint).hex(),
        "name": "racer", "platform": "linux", "app_version": "1", "token": uuid4().hex * 2, "bucket": "race",
    }  # fmt: skip


@pytest.fixture
def race(transactional_db: None) -> Iterator[Race]:
    started = Race()
    yield started
    started.end()


def devices_win_exactly(race: Race, limit: int) -> None:
    code = new_code(plan_version(device_limit=limit))
    outcomes = race.run(code, lambda n: f"device number {n:04}")
    assert outcomes == {"created": limit, "device_limit_reached": PROCESSES * CLIENTS - limit}
    license = license_of(code)
    assert license.seats_used == license.activations.filter(removed_at=None).count() == limit
    assert Term.objects.filter(license=license).count() == 1


def one_device_keeps_one_seat(race: Race) -> None:
    code = new_code(plan_version(device_limit=1))
    outcomes = race.run(code, lambda n: "the only device there is")
    assert outcomes == {"created": 1, "held": PROCESSES * CLIENTS - 1}
    assert license_of(code).activations.count() == 1


def pairs_of_a_device_share_seats(race: Race) -> None:
    """Every device asks twice, from different processes; a free seat must not be refused to the second."""
    code = new_code(plan_version(device_limit=32))
    outcomes = race.run(code, lambda n: f"device number {n % 32:04}")
    assert outcomes == {"created": 32, "held": 32}


@pytest.mark.parametrize("limit", [5, 1, 63])
def test_exactly_as_many_seats_as_the_licence_has(race: Race, limit: int) -> None:
    for _ in range(3):
        devices_win_exactly(race, limit)


def test_one_device_from_all_processes_holds_one_seat(race: Race) -> None:
    for _ in range(3):
        one_device_keeps_one_seat(race)
        pairs_of_a_device_share_seats(race)


def batches_in_any_order_never_deadlock(race: Race) -> None:
    made = [new_code(plan_version(device_limit=limit)) for limit in range(1, 9)]

    def batch_of(client: int) -> list[dict[str, str]]:
        shuffled = random.Random(client).sample(made, len(made))
        return [request(code, f"device number {client:04}") for code in shuffled]

    outcomes = race.run_batches(batch_of)
    assert outcomes == {"created": 36, "device_limit_reached": PROCESSES * CLIENTS * 8 - 36}
    assert [license_of(code).seats_used for code in made] == list(range(1, 9))


def test_batches_over_many_licences_wait_for_each_other_in_one_order(race: Race) -> None:
    for _ in range(3):
        batches_in_any_order_never_deadlock(race)


@pytest.mark.soak
def test_fifty_rounds(race: Race) -> None:
    for _ in range(50):
        devices_win_exactly(race, 5)
        one_device_keeps_one_seat(race)
        pairs_of_a_device_share_seats(race)
        batches_in_any_order_never_deadlock(race)
