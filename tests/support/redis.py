"""A real Redis for tests: a process of its own on a free port, which keeps nothing."""

import os
import shutil
import socket
import subprocess
import sys
import time

import pytest

from tests.support.server import free_port


def program() -> str:
    """Where it is. Skips the test on machines without it."""
    found = shutil.which("redis-server") or shutil.which("valkey-server") or ""
    if not found and os.environ.get("CI") != "true":
        pytest.skip("this needs Redis or Valkey: install redis-server")
    return found


class Redis:
    """Started, killed and started again by the test."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [program(), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=sys.stderr)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as link:
                    link.sendall(b"PING\r\n")
                    if link.recv(16).startswith(b"+PONG"):
                        return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("Redis did not start")

    def kill(self) -> None:
        """kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
