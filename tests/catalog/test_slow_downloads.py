"""Fifty slow downloads from the real server: pages stay quick, memory stays small, nothing is left open."""

import hashlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from psycopg import conninfo

from frontdesk.catalog import files, releases
from frontdesk.catalog.models import Release, ReleaseFile
from frontdesk.core.actors import Actor
from tests.catalog.conftest import upload

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("test")
SLOW, UPLOADS = 50, 10
ROOT = Path(__file__).parents[2]


@dataclass
class Served:
    """A running server."""

    port: int
    process: int

    def workers(self) -> list[int]:
        """The server's processes."""
        children = Path(f"/proc/{self.process}/task/{self.process}/children").read_text().split()
        return [self.process, *map(int, children)]

    def memory(self) -> int:
        """Resident bytes of all of them."""
        pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self.workers()]
        return sum(pages) * os.sysconf("SC_PAGE_SIZE")

    def open_files(self, path: str) -> int:
        """How often a file is open."""
        return sum(
            os.path.realpath(entry) == os.path.realpath(path)
            for pid in self.workers()
            for entry in Path(f"/proc/{pid}/fd").iterdir()
        )

    def page(self) -> float:
        """Seconds for a page of Django's."""
        began = time.monotonic()
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        asked.request("GET", "/account/login/")
        assert asked.getresponse().status == 200
        asked.close()
        return time.monotonic() - began


@pytest.fixture
def served(transactional_db: None) -> Iterator[Served]:
    """granian with the whole application, on the database of this test."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    dsn = conninfo.make_conninfo("", **{name: given[name] for name in names if given.get(name)})
    environment = os.environ | {
        "DATABASE_URL": dsn,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src"), str(ROOT / "sdk/python/src")]),
        "PORT": str(port),
    }
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port)]
    options = ["--no-ws", "--http", "1", "--loop", "asyncio", "--log-level", "warning", "frontdesk.project.asgi:app"]
    process = subprocess.Popen([*command, *options], env=environment, cwd=ROOT)
    try:
        for _ in range(300):
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield Served(port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture
def large(release: Release) -> ReleaseFile:
    """A file larger than what sockets hold."""
    content = os.urandom(1024) * 24 * 1024
    made = releases.add_file(actor=SYSTEM, release=release, platform="linux", source_file=upload(content))
    releases.publish(actor=SYSTEM, release=release)
    return made


def begin(port: int, url: str) -> socket.socket:
    """A client that takes very little at a time."""
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.settimeout(20)
    slow.connect(("127.0.0.1", port))
    slow.sendall(f"GET {url} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert slow.recv(12) == b"HTTP/1.1 200"
    return slow


def begin_upload(port: int) -> socket.socket:
    """A client that has sent the beginning of a form, and takes its time for the rest."""
    slow = socket.create_connection(("127.0.0.1", port), timeout=20)
    slow.sendall(b"POST /account/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n" + b"a" * 1000)
    return slow


def still_waits(slow: socket.socket) -> bool:
    """Whether the server keeps the upload open without an answer."""
    slow.setblocking(False)
    try:
        slow.recv(1)
    except BlockingIOError:
        return True
    return False


def test_ten_slow_uploads_and_fifty_slow_downloads_together_hold_up_no_page(served: Served, large: ReleaseFile) -> None:
    url = files.signed_url(large)
    served.page()  # the first one loads templates
    quiet = sorted(served.page() for _ in range(5))[2]
    with ExitStack() as open_sockets:
        uploads = [open_sockets.enter_context(begin_upload(served.port)) for _ in range(UPLOADS)]
        downloads = [open_sockets.enter_context(begin(served.port, url)) for _ in range(SLOW)]
        uploads += [open_sockets.enter_context(begin_upload(served.port)) for _ in range(UPLOADS)]
        busy = [served.page() for _ in range(7)]
        # More uploads than the pages have threads: were they given any before they are whole, no page would come.
        assert sorted(busy)[3] < quiet * 3 + 0.2, (quiet, busy)
        assert max(busy) < 5, busy
        assert all(map(still_waits, uploads))
        for upload_socket in uploads[:2]:  # and what is slow comes to its end all the same
            upload_socket.setblocking(True)
            upload_socket.settimeout(20)
            upload_socket.sendall(b"a" * 99_000)
            assert upload_socket.recv(12).startswith(b"HTTP/1.1 ")
        assert downloads[0].recv(1)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_fifty_slow_downloads_hold_up_no_page(served: Served, large: ReleaseFile) -> None:
    url = files.signed_url(large)
    served.page()  # the first one loads templates
    quiet = sorted(served.page() for _ in range(5))[2]
    before = served.memory()
    with ExitStack() as open_sockets:
        slow = [open_sockets.enter_context(begin(served.port, url)) for _ in range(SLOW)]
        busy = sorted(served.page() for _ in range(7))[3]
        assert busy < quiet * 3 + 0.2, (quiet, busy)
        assert served.memory() - before < 100 * 1024 * 1024
        assert served.open_files(default_storage.path(large.path)) == SLOW
        received = slow[0].makefile("rb")
        while received.readline().strip():
            pass
        digest = hashlib.sha256(received.read(large.size)).hexdigest()
        assert digest == large.sha256
    deadline = time.monotonic() + 20
    while served.open_files(default_storage.path(large.path)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert served.open_files(default_storage.path(large.path)) == 0
    assert settings.DATA_FOLDER in Path(default_storage.path(large.path)).parents
