"""Long chaos: processes are killed again and again in the middle of activations, and nothing acknowledged is lost."""

import os
import random
import re
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPException

import pytest

from tests.project.conftest import needs_linux
from tests.project.desk import Desk, eventually

pytestmark = [pytest.mark.soak, needs_linux]
ROUNDS = 12
STALL = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("insert into procrastinate_workers (last_heartbeat) values (now() - interval '1 hour') returning id")
    (worker,) = cursor.fetchone()
    cursor.execute(
        "insert into procrastinate_jobs (queue_name, task_name, args, status, worker_id)"
        " values ('default', 'core.forget_throttles', '{}', 'doing', %s)", [worker]
    )
"""
STALLED = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute(
        "select count(*) from procrastinate_jobs where status = 'doing' and task_name = 'core.forget_throttles'"
    )
    print("stalled", cursor.fetchone()[0])
"""


def activation(code: str, device: str) -> dict[str, object]:
    seat = {"fingerprint": f"chaos device {device}", "name": device, "platform": "linux", "app_version": "3.2.0"}
    return {"code": code, "product": "halcyon-shield", "device": seat}


def test_no_acknowledged_seat_is_lost_when_processes_are_killed(new_desk: Callable[..., Desk]) -> None:
    desk = new_desk()
    desk.serve("demo", "run")
    codes = [code for code in desk.facts()["codes"] if code["situation"] == "unused"]
    acknowledged: dict[tuple[str, str], str] = {}
    stop = threading.Event()

    def activate(number: int) -> None:
        draw = random.Random(number)
        while not stop.is_set():
            code, device = draw.choice(codes)["code"], f"{number}-{draw.randrange(4)}"
            with suppress(OSError, HTTPException, ValueError):
                status, document = desk.post("/api/v1/activations", activation(code, device))
                if status in {200, 201}:
                    acknowledged.setdefault((code, device), document["activation"]["id"])

    clients = [threading.Thread(target=activate, args=[number]) for number in range(8)]
    for client in clients:
        client.start()
    for round_number in range(ROUNDS):
        time.sleep(4)
        mark = ("postgres -D", "granian", "project.worker")[round_number % 3]
        for pid in desk.processes(mark)[-1:]:
            os.kill(pid, signal.SIGKILL)
    stop.set()
    for client in clients:
        client.join()
    eventually(desk.answers, 60, "it is back")
    for (code, device), activation_id in acknowledged.items():
        status, document = desk.post("/api/v1/activations", activation(code, device))
        assert (status, document["activation"]["id"]) == (200, activation_id)
    assert len(acknowledged) > 20
    assert "All is in order." in desk.run("check")


def test_the_jobs_of_a_killed_worker_are_put_back_and_the_audit_is_sealed(new_desk: Callable[..., Desk]) -> None:
    desk = new_desk()
    desk.serve("demo", "run")
    desk.run("manage", "shell", "-v0", "-c", STALL)
    eventually(lambda: "stalled 0" in desk.run("manage", "shell", "-v0", "-c", STALLED), 120, "the job is put back")
    verdict = re.compile(r"\d+ rows proved, 0 not sealed yet")
    eventually(lambda: bool(verdict.search(desk.run("audit", "verify"))), 150, "the audit is sealed")
