"""Watches over the processes of `frontdesk serve`: web server, worker and listener for mail are started again when they
die."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable

import structlog
from django.conf import settings

from frontdesk.project import claims
from frontdesk.project.processes import die_with_parent

log = structlog.get_logger(__name__)
STOP_SECONDS = 25
SOON_SECONDS = 5  # a process that dies within this time is started again with a pause
STREAMS = 4096  # granian's backpressure counts open streams too
LISTENER = "from frontdesk.project.listener import listen; listen()"
WORKER = "from frontdesk.project.worker import work; work()"


class Supervisor:
    """The parent of an installation's processes."""

    def __init__(self, *, role: str, host: str, web_workers: int, ready: Callable[[], None] | None = None) -> None:
        self._commands = _commands(role, host, web_workers)
        self._environment = os.environ | {"FRONTDESK_ROLE": role} | counting_together(web_workers)
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._started: dict[str, float] = {}
        self._again_at: dict[str, float] = {}
        self._signals = 0
        self._ready = ready

    def run(self) -> int:
        """Start everything, keep it running, stop it in order; returns the exit status."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop_soon)
        for name in self._commands:
            self._start(name)
        if self._ready and self._await_web():
            self._ready()
        self._watch()
        self._stop()
        return 0

    def _stop_soon(self, number: int, frame: object) -> None:
        self._signals += 1

    def _start(self, name: str) -> None:
        self._started[name] = time.monotonic()
        # A session of its own, so that Ctrl-C reaches only the parent, which stops the rest in order.
        self._running[name] = subprocess.Popen(
            self._commands[name],
            env=self._environment,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - one thread at this point; prctl must run in the child
        )

    def _await_web(self) -> bool:
        for _ in range(600):
            if self._signals or claims.is_answering(settings.PORT):
                break
            time.sleep(0.05)
        return not self._signals

    def _watch(self) -> None:
        while not self._signals:
            time.sleep(0.2)
            for name in self._commands:
                self._look_after(name)
            if settings.EMBEDDED is not None:
                _keep(settings.EMBEDDED.keep_running)

    def _look_after(self, name: str) -> None:
        process, now = self._running[name], time.monotonic()
        if process.poll() is None:
            return
        if name not in self._again_at:
            log.warning("process_ended", process=name, status=process.returncode)
            _kill_group(process.pid)  # what it started must not hold the port
            self._again_at[name] = now + (1 if now - self._started[name] < SOON_SECONDS else 0)
        if now >= self._again_at[name]:
            del self._again_at[name]
            self._start(name)

    def _stop(self) -> None:
        for process in self._running.values():
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        while _living(self._running.values()) and time.monotonic() < deadline and self._signals < 2:
            time.sleep(0.05)
        for process in self._running.values():
            _kill_group(process.pid)
            process.wait()


def counting_together(web_workers: int) -> dict[str, str]:
    """Where several web processes keep the counters of /metrics, so that each can tell the sum of all."""
    if web_workers < 2:
        return {}
    folder = settings.DATA_FOLDER / "run" / f"metrics-{settings.PORT}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return {"PROMETHEUS_MULTIPROC_DIR": str(folder)}


def _living(processes: Iterable[subprocess.Popen[bytes]]) -> bool:
    return any(process.poll() is None for process in processes)


def _keep(keep_running: Callable[[], None]) -> None:
    """A database that does not come back now is tried again: the pages say meanwhile what is going on."""
    try:
        keep_running()
    except SystemExit as problem:
        log.error("database_not_started", problem=str(problem))
        time.sleep(1)


def _kill_group(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return


def _commands(role: str, host: str, web_workers: int) -> dict[str, list[str]]:
    web = [
        sys.executable, "-m", "granian", "--interface", "asgi", "--host", host, "--port", str(settings.PORT),
        "--workers", str(web_workers), "--respawn-failed-workers", "--workers-kill-timeout", "10",
        "--backpressure", str(STREAMS), "--backlog", "4096", "--no-ws", "--log-level", "warning",
        "--http", "1", "--loop", "asyncio", "frontdesk.project.asgi:app",
    ]  # fmt: skip
    parts = {"web": web, "worker": [sys.executable, "-c", WORKER], "mail": [sys.executable, "-c", LISTENER]}
    wanted = {"all": ["web", "worker", "mail"], "web": ["web"], "gateway": ["web"], "worker": ["worker", "mail"]}[role]
    return {name: parts[name] for name in wanted if name != "mail" or settings.MAIL_LISTEN["scheme"]}
