"""The embedded database: as root and not, in awkward folders, after kill -9, with several starters."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from frontdesk.project.postgres import Cluster, ClusterFailed
from frontdesk.project.postgres.owner import APART, Owner, home_for
from tests.project.conftest import needs_linux
from tests.project.desk import ROOT, eventually

pytestmark = needs_linux
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can run it as somebody else")
PASSWORD = "a test's password"
AS_OTHER = """
import sys
from pathlib import Path
from frontdesk.project.postgres import Cluster
cluster = Cluster(Path(sys.argv[1]), "other")
assert cluster.start()
print(cluster.home, flush=True)
cluster.stop()
"""

New = Callable[..., Cluster]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short folder that others may enter, as a data folder's parent usually is."""
    path = Path(tempfile.mkdtemp(prefix="fdc"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def new() -> Iterator[New]:
    """Makes clusters that are stopped and removed behind the test."""
    made: list[Cluster] = []

    def make(data: Path, password: str = PASSWORD) -> Cluster:
        data.mkdir(parents=True, exist_ok=True, mode=0o755)
        made.append(Cluster(data, password, settings={"fsync": "off"}))
        return made[-1]

    yield make
    for cluster in made:
        cluster.stop()
        shutil.rmtree(cluster.home, ignore_errors=True)


def kept(cluster: Cluster) -> int:
    """How many rows our table holds; made at the first call."""
    with psycopg.connect(cluster.url) as connection:
        connection.execute("create table if not exists kept (n int)")
        connection.execute("insert into kept values (1)")
        row = connection.execute("select count(*) from kept").fetchone()
        assert row
        return int(row[0])


def modes(*paths: Path) -> list[tuple[int, int, int]]:
    """Mode and owners of each folder and all above it."""
    every = [each for path in paths for each in (path, *path.parents)]
    return [(stat.S_IMODE(s.st_mode), s.st_uid, s.st_gid) for s in (each.stat() for each in every)]


def pid_of(cluster: Cluster) -> int:
    assert cluster.process_id
    return cluster.process_id


def test_it_is_made_started_stopped_and_started_again(new: New, folder: Path) -> None:
    cluster = new(folder / "d")
    assert cluster.start()
    assert kept(cluster) == 1
    assert not cluster.start()  # it runs: nothing to do, and not ours to stop twice
    cluster.stop()
    assert not cluster.is_reachable()
    assert cluster.start()
    assert kept(cluster) == 2


def test_it_listens_on_no_port_and_asks_for_its_password(new: New, folder: Path) -> None:
    cluster = new(folder / "d")
    cluster.start()
    with psycopg.connect(cluster.url) as connection:
        assert connection.execute("show listen_addresses").fetchone() == ("",)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(cluster.url, password="wrong")


def test_no_permission_outside_its_own_folders_changes(new: New, folder: Path) -> None:
    """Also below a folder that only its owner may enter."""
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    before = modes(closed, folder)
    programs = modes(Path(sys.executable).parent, Path(psycopg.__file__).parent)
    cluster = new(closed / "d")
    cluster.start()
    assert kept(cluster) == 1
    assert modes(closed, folder) == before
    assert modes(Path(sys.executable).parent, Path(psycopg.__file__).parent) == programs
    assert stat.S_IMODE(cluster.home.stat().st_mode) == 0o700
    assert (cluster.home.parent == APART) == (os.geteuid() == 0)


def test_a_path_longer_than_a_socket_may_have(new: New, folder: Path) -> None:
    cluster = new(folder / ("long" * 20) / ("longer" * 10))
    cluster.start()
    assert kept(cluster) == 1
    assert stat.S_IMODE(cluster.sockets.stat().st_mode) == 0o700
    shutil.rmtree(cluster.sockets, ignore_errors=True)


def test_somebody_elses_socket_folder_is_not_used(new: New, folder: Path) -> None:
    cluster = new(folder / ("long" * 25))
    cluster.sockets.mkdir(mode=0o777)
    cluster.sockets.chmod(0o777)
    try:
        with pytest.raises(ClusterFailed, match="not a private folder of ours"):
            cluster.start()
    finally:
        cluster.sockets.rmdir()


def test_after_kill_9_of_the_server_nothing_is_lost(new: New, folder: Path) -> None:
    cluster = new(folder / "d")
    cluster.start()
    assert kept(cluster) == 1
    killed = pid_of(cluster)
    os.kill(killed, signal.SIGKILL)

    def started_again() -> bool:
        cluster.keep_running()
        return pid_of(cluster) != killed

    eventually(started_again, 20, "another server runs")
    assert kept(cluster) == 2


def test_a_pid_file_that_names_somebody_elses_process_does_not_block_the_start(new: New, folder: Path) -> None:
    cluster = new(folder / "d")
    cluster.start()
    cluster.stop()
    pid_file = cluster.home / "data" / "postmaster.pid"
    other = new(folder / "other")
    other.start()
    for pid in (os.getpid(), pid_of(other), 2**22 - 1):
        pid_file.write_text(f"{pid}\n{cluster.home / 'data'}\n1\n0\n{cluster.sockets}\n\n\n")
        os.chown(pid_file, (cluster.home / "data").stat().st_uid, (cluster.home / "data").stat().st_gid)
        assert cluster.start()
        cluster.stop()


def test_two_starters_at_once_end_with_one_server(new: New, folder: Path) -> None:
    clusters = [new(folder / "d") for _ in range(4)]
    started: list[bool] = []
    leave = threading.Event()

    def start(cluster: Cluster) -> None:
        started.append(cluster.start())
        leave.wait()  # the server ends with the thread that started it

    starters = [threading.Thread(target=start, args=[each]) for each in clusters]
    for starter in starters:
        starter.start()
    try:
        eventually(lambda: len(started) == len(starters), 30, "all have started")
        assert sorted(started) == [False, False, False, True]
        assert kept(clusters[0]) == 1
    finally:
        leave.set()


def test_two_clusters_side_by_side_know_nothing_of_each_other(new: New, folder: Path) -> None:
    one, two = new(folder / "one"), new(folder / "two")
    one.start()
    two.start()
    assert (kept(one), kept(one), kept(two)) == (1, 2, 1)
    two.stop()
    assert kept(one) == 3


def test_one_that_a_command_is_about_to_stop_is_taken_over(new: New, folder: Path) -> None:
    command, server = new(folder / "d"), new(folder / "d")
    command.start()
    threading.Timer(0.5, command.stop).start()
    assert server.take_over(10)
    assert kept(server) == 1


def test_one_made_with_other_secrets_is_not_touched(new: New, folder: Path) -> None:
    cluster = new(folder / "d")
    cluster.start()
    kept(cluster)
    cluster.stop()
    with pytest.raises(ClusterFailed, match="other secrets"):
        new(folder / "d", "another password").start()
    assert cluster.start()
    assert kept(cluster) == 2


@needs_root
def test_one_left_apart_by_a_data_folder_that_was_deleted_is_kept_aside(new: New, folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    cluster = new(closed / "d")
    cluster.start()
    kept(cluster)
    cluster.stop()
    again = new(closed / "d", "new secrets")
    assert again.start()
    assert kept(again) == 1
    assert list(again.home.glob("data.left-*"))


@needs_root
def test_a_cluster_stays_where_it_was_made(folder: Path) -> None:
    data = folder / "d"
    (data / "postgres" / "data").mkdir(parents=True)
    owner = Owner(65534, 65534)
    assert home_for(data, owner) == data / "postgres"
    data.chmod(0o700)
    with pytest.raises(SystemExit, match="chmod"):
        home_for(data, owner)


def as_user(user: pwd.struct_passwd, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python as another user: ours, or the system's of the same version where ours lies in a closed folder."""
    paths = ":".join([str(ROOT / "src"), *(path for path in sys.path if path.endswith("site-packages"))])
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        with suppress(PermissionError, FileNotFoundError):
            return subprocess.run(
                [python, *arguments], capture_output=True, text=True, check=False, cwd="/",
                user=user.pw_uid, group=user.pw_gid, extra_groups=[], env={"PATH": "/usr/bin", "PYTHONPATH": paths},
            )  # fmt: skip
    pytest.skip("there is no Python that another user may run")


@needs_root
def test_an_ordinary_user_runs_it_in_their_own_folder(folder: Path) -> None:
    user = pwd.getpwnam("nobody")
    home = folder / "home"
    home.mkdir(mode=0o700)
    os.chown(home, user.pw_uid, user.pw_gid)
    before = modes(home)
    done = as_user(user, "-c", AS_OTHER, str(home / "d"))
    assert done.stdout.strip() == str(home / "d" / "postgres"), done.stderr
    assert modes(home) == before
