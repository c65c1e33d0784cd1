"""Watches over the processes of `frontdesk serve`: web server and worker are started again when they die."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import structlog
from django.conf import settings
from django.core.management import call_command

from frontdesk import __version__
from frontdesk.project.postgres.cluster import die_with_parent

log = structlog.get_logger(__name__)
STOP_SECONDS = 25
STREAMS = 4096  # granian's backpressure counts open streams too


class Supervisor:
    """The parent of an installation's processes."""

    def __init__(self, *, role: str, host: str, web_workers: int, ready: Callable[[], None] | None = None) -> None:
        self._commands = _commands(role, host, web_workers)
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._started: dict[str, float] = {}
        self._stopping = False
        self._ready = ready
        self._has_web = "web" in self._commands

    def run(self) -> int:
        """Start everything, keep it running, stop it in order; returns the exit status."""
        with _lock(settings.DATA_FOLDER / "run" / f"port-{settings.PORT}.lock"):
            if self._has_web:
                _refuse_taken_port(settings.PORT)
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
        self._stopping = True

    def _start(self, name: str) -> None:
        self._started[name] = time.monotonic()
        # A session of its own, so that Ctrl-C reaches only the parent, which stops the rest in order.
        self._running[name] = subprocess.Popen(
            self._commands[name],
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - one thread at this point; prctl must run in the child
        )

    def _await_web(self) -> bool:
        for _ in range(600):
            if self._stopping or _answers(settings.PORT):
                return not self._stopping
            time.sleep(0.05)
        return False

    def _watch(self) -> None:
        while not self._stopping:
            time.sleep(0.2)
            for name, process in self._running.items():
                if process.poll() is not None and not self._stopping:
                    log.warning("process_ended", process=name, status=process.returncode)
                    # One that dies at once would otherwise be started in a tight loop.
                    time.sleep(1 if time.monotonic() - self._started[name] < 5 else 0)
                    self._start(name)
                    break
            if settings.EMBEDDED is not None:
                settings.EMBEDDED.keep_running()

    def _stop(self) -> None:
        for process in self._running.values():
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in self._running.values():
            try:
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _commands(role: str, host: str, web_workers: int) -> dict[str, list[str]]:
    web = [
        sys.executable, "-m", "granian", "--interface", "asgi", "--host", host, "--port", str(settings.PORT),
        "--workers", str(web_workers), "--respawn-failed-workers", "--workers-kill-timeout", "20",
        "--backpressure", str(STREAMS), "--backlog", "4096", "--no-ws", "--log-level", "warning",
        "--http", "1", "--loop", "asyncio", "frontdesk.project.asgi:app",
    ]  # fmt: skip
    worker = [sys.executable, "-m", "frontdesk.project.worker"]
    parts = {"web": web, "worker": worker}
    wanted = {"all": ["web", "worker"], "web": ["web"], "gateway": ["web"], "worker": ["worker"]}[role]
    return {name: parts[name] for name in wanted}


def _lock(path: Path) -> IO[str]:
    """Hold the installation's port: two servers could share it silently otherwise (SO_REUSEPORT)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SystemExit(f"frontdesk: this installation is already served on port {settings.PORT}") from None
    return file


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _refuse_taken_port(port: int) -> None:
    if _answers(port):
        raise SystemExit(f"frontdesk: port {port} is taken; choose another: PORT=8001")


def prepare_static() -> None:
    """Gather and compress the static files, once for each state of the code."""
    mark = settings.STATIC_ROOT / ".from"
    package = Path(__file__).parent.parent
    newest = max((file.stat().st_mtime_ns for file in package.glob("*/static/**/*") if file.is_file()), default=0)
    state = f"{__version__} {newest}"
    if mark.exists() and mark.read_text() == state:
        return
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    mark.write_text(state)
