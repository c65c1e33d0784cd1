"""An installation of its own for a test: a data folder, a port, and the command line as an operator runs it."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = [sys.executable, "-m", "frontdesk.project.cli"]


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(check: Callable[[], bool], seconds: float, what: str) -> float:
    """Wait until the check holds; returns the seconds it took. Fails the test otherwise."""
    began = time.monotonic()
    while not check():
        assert time.monotonic() - began < seconds, f"{what}: not within {seconds} seconds"
        time.sleep(0.05)
    return time.monotonic() - began


class Desk:
    """One installation, and the servers started for it."""

    def __init__(self, data: Path | None = None, port: int | None = None, **settings: str) -> None:
        self.data = data or Path(tempfile.mkdtemp(prefix="fdd")) / "d"
        self.port = port or free_port()
        self.url = f"http://localhost:{self.port}"
        self.settings = settings
        self.servers: list[subprocess.Popen[bytes]] = []
        self.log = self.data.parent / "log"

    @property
    def environment(self) -> dict[str, str]:
        """What the command line gets: nothing of the tests' own settings."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        paths = {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'sdk/python/src'}"}
        return kept | paths | {"FRONTDESK_DATA": str(self.data), "PORT": str(self.port)} | self.settings

    def run(self, *arguments: str, fails: bool = False) -> str:
        """What a command prints; it must succeed, or fail when that is expected."""
        done = subprocess.run(
            [*PROGRAM, *arguments], env=self.environment, cwd=ROOT, text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=110,
        )  # fmt: skip
        assert (done.returncode != 0) == fails, done.stdout
        return done.stdout

    def serve(self, *arguments: str) -> None:
        """Start a server and wait until it answers. What it prints goes into a file: a full pipe would hold it up."""
        with self.log.open("a") as log:
            server = subprocess.Popen(
                [*PROGRAM, *(arguments or ("serve",))], env=self.environment, cwd=ROOT,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        self.servers.append(server)
        eventually(lambda: self.answers() or server.poll() is not None, 100, "the server answers")
        assert server.poll() is None, self.log.read_text()

    def get(self, path: str, *, timeout: float = 10) -> int:
        """The status of a page; 0 when nobody answers."""
        try:
            return self.request("GET", path, timeout=timeout)[0]
        except (OSError, HTTPException):
            return 0

    def post(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and document of a request to the API."""
        status, content = self.request("POST", path, json.dumps(body).encode())
        return status, json.loads(content)

    def request(
        self, method: str, path: str, body: bytes | None = None, *, timeout: float = 20, **headers: str
    ) -> tuple[int, bytes]:
        """Status and content of an answer. Raises OSError, HTTPException when there is none."""
        with closing(HTTPConnection("localhost", self.port, timeout=timeout)) as connection:
            connection.request(method, path, body, headers | ({"Content-Type": "application/json"} if body else {}))
            reply = connection.getresponse()
            return reply.status, reply.read()

    def answers(self) -> bool:
        """Whether pages with the database behind them come out."""
        return self.get("/downloads/", timeout=5) == 200

    def facts(self) -> dict[str, Any]:
        """The demo's facts."""
        content: dict[str, Any] = json.loads(self.run("demo", "facts"))
        return content

    def processes(self, mark: str) -> list[int]:
        """Processes below our servers whose command line holds a word."""
        return [pid for server in self.servers for pid in _below(server.pid) if mark in _command_line(pid)]

    def stop(self) -> float:
        """Ask the server to end; returns the seconds it took."""
        began = time.monotonic()
        self.servers[-1].terminate()
        assert self.servers[-1].wait(40) == 0
        self.forget()
        return time.monotonic() - began

    def forget(self) -> None:
        """The newest server has ended."""
        self.servers.pop().wait()

    def close(self) -> None:
        """Stop everything that is left."""
        for server in self.servers:
            family = _below(server.pid)
            if server.poll() is None:
                server.terminate()
                try:
                    server.wait(40)
                except subprocess.TimeoutExpired:
                    server.kill()
            for pid in family:
                _kill(pid)
            server.wait()


def _below(pid: int) -> list[int]:
    try:
        found = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:  # it has just ended
        return []
    return [*found, *(deeper for child in found for deeper in _below(child))]


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
