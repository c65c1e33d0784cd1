"""An installation of its own for measuring: `frontdesk serve` with its embedded PostgreSQL on a free port."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from hashlib import sha256
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).parents[1]


class Installation:
    """A fresh data folder, served; gone afterwards."""

    def __init__(self, *, web_workers: int) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="fdb"))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        path = os.pathsep.join(str(ROOT / part) for part in ("src", "sdk/python/src", ""))
        for name in [name for name in os.environ if name.startswith("FRONTDESK_") or name == "DATABASE_URL"]:
            del os.environ[name]
        os.environ |= {"FRONTDESK_DATA": str(self.folder), "PORT": str(self.port), "PYTHONPATH": path}
        os.environ["DJANGO_SETTINGS_MODULE"] = "frontdesk.project.settings"
        self._web_workers = web_workers
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Installation":
        self.start()
        return self

    def restart(self) -> None:
        """Stop and start again: what a usual day looks like, without the migrations of the first start."""
        self.stop()
        self.start()

    def start(self) -> None:
        """Serve, and wait until it answers."""
        command = ["-m", "frontdesk.project.cli", "serve", "--web-workers", str(self._web_workers)]
        self._process = subprocess.Popen([sys.executable, *command])
        deadline = time.monotonic() + 120
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise SystemExit("the installation did not start")
            time.sleep(0.2)
        time.sleep(2)  # the worker needs a moment more

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        if os.geteuid() == 0:  # then the database is kept apart, where its user can reach it
            apart = sha256(str(self.folder).encode()).hexdigest()[:16]
            shutil.rmtree(Path("/var/lib/frontdesk") / apart, ignore_errors=True)

    def stop(self) -> None:
        """Stop in order."""
        assert self._process is not None  # noqa: S101 - started
        self._process.terminate()
        self._process.wait(timeout=60)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/health", timeout=1) as reply:
                return bool(json.load(reply)["status"] == "ok")
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return False

    def memory(self) -> float:
        """PSS of the whole process tree in MB: supervisor, web, worker, PostgreSQL."""
        assert self._process is not None  # noqa: S101 - entered
        total = 0
        for pid in _tree(self._process.pid):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        return total / 1024


def _tree(root: int) -> list[int]:
    listed = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    children: dict[int, list[int]] = {}
    for line in listed.splitlines():
        pid, parent = map(int, line.split())
        children.setdefault(parent, []).append(pid)
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, [])
    return found
