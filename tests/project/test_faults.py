"""kill -9 of anything, the database away, slow clients, second starters: what the installation does then."""

import json
import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from frontdesk.licensing import codes
from tests.project.conftest import needs_linux
from tests.project.desk import Desk, eventually

pytestmark = needs_linux
POSTMASTER = "postgres -D"
WEB = "granian"
WORKER = "project.worker"
TOKEN = "Bearer fda_" + "A" * 54


@pytest.fixture(scope="module")
def desk(new_desk: Callable[..., Desk]) -> Desk:
    made = new_desk(FRONTDESK_DEMO="yes")
    made.serve()
    return made


@pytest.fixture(autouse=True)
def standing(desk: Desk) -> None:
    """Each test finds the installation answering."""
    eventually(desk.answers, 30, "the installation answers")


def first(desk: Desk, mark: str) -> int:
    return next(iter(desk.processes(mark)))


def running(desk: Desk) -> bool:
    return desk.answers() and bool(desk.processes(WORKER)) and bool(desk.processes(POSTMASTER))


@pytest.mark.parametrize("mark", [POSTMASTER, WEB, WORKER])
def test_a_killed_process_is_started_again(desk: Desk, mark: str) -> None:
    killed = first(desk, mark)
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: killed not in desk.processes(mark) and running(desk), 30, f"{mark} is back")


def test_a_killed_child_of_the_web_server_is_started_again(desk: Desk) -> None:
    time.sleep(6)  # a second death within seconds of the start would end the whole server, which is started again too
    killed = desk.processes(WEB)[-1]
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: killed not in desk.processes(WEB) and running(desk), 30, "the child is back")


def test_without_its_database_a_page_says_so_and_recovers_by_itself(desk: Desk) -> None:
    postmaster = first(desk, POSTMASTER)
    data = Path(f"/proc/{postmaster}/cwd").readlink()
    os.kill(desk.servers[0].pid, signal.SIGSTOP)  # nobody starts it again meanwhile
    try:
        os.kill(postmaster, signal.SIGQUIT)
        eventually(lambda: not (data / "postmaster.pid").exists(), 10, "the database is gone")
        status, page = desk.request("GET", "/downloads/")
        assert status == 503
        assert b"database" in page
        began = time.monotonic()
        status, document = desk.post("/api/v1/activations", {"code": "x"})
        assert (status, time.monotonic() - began < 2) in {(422, True), (503, True)}, document
    finally:
        os.kill(desk.servers[0].pid, signal.SIGCONT)
    eventually(lambda: running(desk), 30, "the installation recovers")


def test_a_database_that_hangs_is_as_good_as_gone_and_recovers_by_itself(desk: Desk) -> None:
    """Stopped, not dead: connections stay open and never answer, so that only our side can give up."""
    backends = [pid for pid in desk.processes("postgres") if pid != desk.servers[0].pid]
    device = {"fingerprint": "f" * 32, "name": "Desk", "platform": "linux", "app_version": "1"}
    activation = {"code": codes.generate().text, "product": "none", "device": device}
    for pid in backends:
        os.kill(pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        status, page = desk.request("GET", "/downloads/")
        assert (status, b"database" in page) == (503, True)
        assert time.monotonic() - began < 15
        for method, path, body in [
            ("POST", "/api/v1/activations", activation),
            ("DELETE", "/api/v1/activations/current", None),
            ("POST", "/api/v1/leases", {"fingerprint": "f" * 32, "app_version": "1"}),
        ]:
            began = time.monotonic()
            status, answer = desk.request(
                method, path, json.dumps(body).encode() if body else None, Authorization=TOKEN
            )
            assert (status, json.loads(answer)["code"]) == (503, "temporarily_unavailable")
            assert time.monotonic() - began < 2.1
    finally:
        for pid in backends:
            os.kill(pid, signal.SIGCONT)
    eventually(lambda: running(desk), 30, "the installation recovers")


def test_ten_slow_uploads_do_not_hold_up_a_page(desk: Desk) -> None:
    head = b"POST /account/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n"
    slow = [socket.create_connection(("127.0.0.1", desk.port)) for _ in range(10)]
    try:
        for upload in slow:
            upload.sendall(head + b"a" * 1000)
        time.sleep(0.3)
        began = time.monotonic()
        assert desk.get("/downloads/") == 200
        assert time.monotonic() - began < 3
    finally:
        for upload in slow:
            upload.close()


def test_a_body_over_the_limit_is_refused_before_it_is_read_to_its_end(desk: Desk) -> None:
    with socket.create_connection(("127.0.0.1", desk.port), timeout=30) as upload:
        upload.sendall(b"POST /account/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 400000000\r\n\r\n")
        with suppress(BrokenPipeError, ConnectionResetError):  # the server may hang up while we still send
            for _ in range(40):
                upload.sendall(b"a" * 1024 * 1024)
        assert b" 413 " in upload.recv(1000).split(b"\r\n")[0]


@pytest.mark.parametrize("path", ["/account/login/", "/api/v1/activations"])
def test_a_body_with_two_lengths_hides_no_second_request(desk: Desk, path: str) -> None:
    """By its Content-Length the body is one request; by its chunks the rest would be another, smuggled past a proxy."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 49\r\nTransfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection(("127.0.0.1", desk.port), timeout=20) as client:
        client.sendall(head.encode() + b"0\r\n\r\nGET /api/v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        said = client.makefile("rb").read()
    assert said.count(b"HTTP/1.1 ") == 1
    assert b'{"status":"ok"}' not in said


def test_a_second_server_of_the_same_data_is_refused_with_one_line(desk: Desk) -> None:
    other = Desk(desk.data)
    refused = other.run("serve", fails=True)
    assert refused.strip().splitlines() == [f"frontdesk: the installation in {desk.data} is being served already"]


def test_a_second_installation_on_the_same_port_is_refused_with_one_line(
    desk: Desk, new_desk: Callable[..., Desk]
) -> None:
    other = new_desk(port=desk.port)
    refused = other.run("serve", fails=True)
    assert refused.strip().splitlines() == [
        f"frontdesk: port {desk.port} is taken; choose another: PORT={desk.port + 1}"
    ]


def test_a_second_installation_beside_it_disturbs_nobody(desk: Desk, new_desk: Callable[..., Desk]) -> None:
    other = new_desk()
    other.serve()
    assert desk.answers()
    other.stop()
    assert running(desk)


def test_commands_work_beside_the_server_and_leave_it_running(desk: Desk) -> None:
    assert "rows proved" in desk.run("audit", "verify")
    assert running(desk)


def test_after_kill_9_of_the_parent_it_starts_again_at_once(desk: Desk) -> None:
    children = [pid for mark in (POSTMASTER, WEB, WORKER) for pid in desk.processes(mark)]
    desk.servers[0].kill()
    desk.forget()
    desk.serve()
    eventually(lambda: not any(_lives(pid) for pid in children), 30, "what the killed server had started is gone")


def _lives(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[-1].split()[0] != "Z"
    return False


def test_it_stops_within_bounds_while_somebody_is_connected(desk: Desk) -> None:
    with socket.create_connection(("127.0.0.1", desk.port)) as open_stream:
        open_stream.sendall(b"POST /account/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\na")
        assert desk.stop() < 28
    desk.serve()
