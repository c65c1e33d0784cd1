"""The product's own web server as a process of its own, on the test's database and a free port."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

import httpx
from django.db import connection

from frontdesk.core import signing

ROOT = Path(__file__).parents[2]


def database_url() -> str:
    """The test's database as another process reaches it."""
    given = connection.get_connection_params()
    host = quote(str(given["host"]), safe="")
    return f"postgresql://{given['user']}:{given['password']}@/{given['dbname']}?host={host}"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """Granian with the real application, started and stopped as a context."""

    def __init__(
        self,
        *,
        workers: int = 1,
        database: str = "",
        trusted_proxies: str = "",
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """`settings`: further variables of its environment."""
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._workers = workers
        self._environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATABASE_URL": database or database_url(),
            "FRONTDESK_URL": self.url,
            "FRONTDESK_TRUSTED_PROXIES": trusted_proxies,
            "PORT": str(self.port),
            "PYTHONPATH": os.pathsep.join(str(ROOT / part) for part in ("src", "sdk/python/src", "")),
            **(settings or {}),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Start and wait until it answers."""
        self._process = subprocess.Popen(
            [
                sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(self.port),
                "--workers", str(self._workers), "--workers-kill-timeout", "5", "--no-ws", "--log-level", "warning",
                "--http", "1", "--loop", "asyncio", "frontdesk.project.asgi:app",
            ],
            env=self._environment,
            start_new_session=True,
        )  # fmt: skip
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline:
            try:
                httpx.get(f"{self.url}/api/v1/health", timeout=1)
            except httpx.HTTPError:
                time.sleep(0.05)
            else:
                return
        self.kill()
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        """kill -9 of all its processes, in the middle of whatever they do."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """Stop in order; what does not stop is killed."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None


def make_keys() -> None:
    """A trust root and the first keys."""
    pem, _ = signing.new_root()
    signing.rotate(root=signing.load_root(pem))
