"""GET /metrics: numbers for the operator's Prometheus.

With FRONTDESK_METRICS_TOKEN set, whoever shows it may read them; without, only programs on this machine that ask for it
by a name of this machine. A proxy here is on this machine too, so what came through one never counts as that.
"""

import asyncio
import hmac
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from frontdesk.billing import waiting as billing_waiting
from frontdesk.billing.waiting import Waiting
from frontdesk.core.metrics import REGISTRY
from frontdesk.gateway import threads
from frontdesk.gateway.exchange import Call, Receive, Scope, Send

PATIENCE_SECONDS = 3.0
OUR_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
FORWARDED = (b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip", b"forwarded", b"via")
SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # set by the supervisor where several web processes count together
OUTBOX = """select count(*) filter (where failed_at is null), count(*) filter (where failed_at is not null)
              from core_outboxmessage where delivered_at is null"""
JOBS = "select status::text, count(*) from procrastinate_jobs where status in ('todo', 'doing', 'failed') group by 1"


class Facts(NamedTuple):
    """What the database says at the moment of the question."""

    outbox_waiting: int
    outbox_failed: int
    jobs: dict[str, int]
    billing: Waiting


async def metrics_door(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with everything there is to measure; 404 for whoever may not know."""
    if scope["method"] not in {"GET", "HEAD"} or not _may_read(Call(scope, receive)):
        await _answer(send, 404, b"There is nothing here.\n", "text/plain; charset=utf-8")
        return
    facts = await _facts_in_time()
    await _answer(send, 200, await threads.run(lambda: _text(facts)), CONTENT_TYPE_LATEST)


def _may_read(call: Call) -> bool:
    if settings.METRICS_TOKEN:
        scheme, _, token = call.header(b"authorization").partition(" ")
        right = hmac.compare_digest(token.strip().encode(), settings.METRICS_TOKEN.encode())
        return right and scheme.lower() == "bearer"
    host = call.header(b"host").rsplit(":", 1)[0] if not call.header(b"host").endswith("]") else call.header(b"host")
    peer = (call.scope.get("client") or ("", 0))[0]
    with suppress(ValueError):
        is_here = ip_address(peer).is_loopback and host.strip("[]").lower() in OUR_NAMES
        return is_here and not any(call.header(name) for name in FORWARDED)
    return False


async def _facts_in_time() -> Facts | None:
    """None when the database does not answer."""
    with suppress(threads.DatabaseAway, TimeoutError):
        return await asyncio.wait_for(threads.run(_facts), PATIENCE_SECONDS)
    return None


def _facts() -> Facts:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local statement_timeout = 2000")
        cursor.execute(OUTBOX)
        waiting, failed = cursor.fetchone()
        cursor.execute(JOBS)
        return Facts(waiting, failed, dict(cursor.fetchall()), billing_waiting.count())


class _Asked(Collector):
    """What was asked for this answer alone."""

    def __init__(self, facts: Facts | None) -> None:
        self._facts = facts

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The families of the exposition format."""
        up = GaugeMetricFamily("frontdesk_database_up", "Whether the database answers.")
        up.add_metric([], float(self._facts is not None))
        yield up
        if self._facts is None:
            return
        outbox = GaugeMetricFamily("frontdesk_outbox_messages", "Messages not delivered.", labels=["state"])
        outbox.add_metric(["waiting"], self._facts.outbox_waiting)
        outbox.add_metric(["failed"], self._facts.outbox_failed)
        yield outbox
        jobs = GaugeMetricFamily("frontdesk_jobs", "Jobs of the worker that are not done.", labels=["state"])
        for state in ("todo", "doing", "failed"):
            jobs.add_metric([state], self._facts.jobs.get(state, 0))
        yield jobs
        billing = GaugeMetricFamily("frontdesk_billing_waiting", "What waits in billing.", labels=["what"])
        for name, count in asdict(self._facts.billing).items():
            billing.add_metric([name], count)
        yield billing


def _text(facts: Facts | None) -> bytes:
    counted, folder = REGISTRY, os.environ.get(SHARED_FOLDER)
    if folder:
        _forget_dead(Path(folder))
        counted = CollectorRegistry()
        multiprocess.MultiProcessCollector(counted)  # type: ignore[no-untyped-call]  # the library gives it no types
    asked = CollectorRegistry()
    asked.register(_Asked(facts))
    return generate_latest(counted) + generate_latest(asked)


def _forget_dead(folder: Path) -> None:
    """What a process that was killed had waiting waits no more; what it has counted stays."""
    for file in folder.glob("gauge_live*_*.db"):
        try:
            os.kill(int(file.stem.rpartition("_")[2]), 0)
        except ProcessLookupError:
            file.unlink(missing_ok=True)


async def _answer(send: Send, status: int, body: bytes, kind: str) -> None:
    headers = [
        (b"content-type", kind.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
