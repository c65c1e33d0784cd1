"""The private cluster: made, started, reached, stopped; kill -9 of anything is survived at the next start."""

import fcntl
import hashlib
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import psycopg

from frontdesk.project import processes
from frontdesk.project.postgres import binaries
from frontdesk.project.postgres.owner import APART, Owner, current, home_for

ROLE = DATABASE = "frontdesk"
LONGEST_SOCKET_FOLDER = 80  # Linux ends a socket's path at 107 characters; the file's own name takes up to 22
START_SECONDS = 60
LEFTOVERS_SECONDS = 15
LARGEST_LOG = 10 * 1024 * 1024
LOOK_SECONDS = 2  # how often a server that another command runs is looked after
# Halves the idle memory of the default configuration (ADR 2).
SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "64MB",
    "jit": "off",
    "max_connections": "80",
    "io_method": "sync",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "cluster_name": "frontdesk",
    # An error's statement could carry what a customer typed; the log says what failed, not with which values.
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}
# The build has no ICU; this provider gives correct case mapping without it.
INITDB = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8", "--locale=C", "--no-instructions"]


class ClusterFailed(SystemExit):
    """The embedded database could not be made or started; carries the one line that says why."""


class Cluster:
    """One embedded cluster, belonging to one data folder."""

    def __init__(self, data: Path, password: str, *, settings: dict[str, str] | None = None) -> None:
        self._password = password
        self._owner: Owner = current()
        self._settings = SETTINGS | (settings or {})
        self.home = home_for(data, self._owner)
        self.sockets = _socket_folder(self.home)
        self._process: subprocess.Popen[bytes] | None = None
        self._looked_at = time.monotonic()

    @property
    def url(self) -> str:
        """The libpq URL of the database."""
        password, folder = quote(self._password, safe=""), quote(str(self.sockets), safe="")
        return f"postgresql://{ROLE}:{password}@/{DATABASE}?host={folder}"

    @property
    def process_id(self) -> int | None:
        """The server's pid when this object started it."""
        return self._process.pid if self._process else None

    def is_reachable(self) -> bool:
        """Whether the server answers: by connecting, never by a pid file."""
        try:
            psycopg.connect(self.url.replace(f"/{DATABASE}?", "/postgres?"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def start(self) -> bool:
        """Make the cluster if need be and start it. Returns False when it was running already (not ours to stop).

        Raises ClusterFailed with one line.
        """
        with self._starters_lock():
            if self._is_running():
                return False
            programs = self._programs()
            self._refuse_foreign()
            self._initialize(programs)
            self._remove_stale_pid_file()
            self._launch_patiently(programs)
            self._ensure_database()
        return True

    def take_over(self, patience: float = 20) -> bool:
        """Start it as ours; a server that another command is about to stop is waited for. False when it stays."""
        deadline = time.monotonic() + patience
        while not self.start():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.2)
        return True

    def _is_running(self) -> bool:
        """Whether it answers; one that is stopping is waited for, since two may not share the data."""
        deadline = time.monotonic() + START_SECONDS
        while not self.is_reachable():
            if not self._postmaster() or time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        return True

    def _postmaster(self) -> int | None:
        """The pid of a living server of this very cluster, by its pid file and what that process was started with."""
        with suppress(FileNotFoundError, ValueError, IndexError):
            pid = int((self._data / "postmaster.pid").read_text().splitlines()[0])
            return pid if str(self._data) in processes.command_line(pid) else None
        return None

    def stop(self) -> None:
        """Stop what `start` started: open sessions are ended, committed work is kept."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(timeout=10)
        self._process = None

    def keep_running(self) -> None:
        """Start the server again if it died; called every moment by the supervisor, so it must be cheap."""
        if self._process is not None:
            if self._process.poll() is None:
                return
            self._process = None
        elif time.monotonic() < self._looked_at + LOOK_SECONDS or self.is_reachable():
            return
        self._looked_at = time.monotonic()
        self.start()

    @contextmanager
    def running(self) -> Iterator["Cluster"]:
        """The cluster for the length of a command: started and stopped only if nobody else runs it."""
        self.start()
        try:
            yield self
        finally:
            self.stop()

    @contextmanager
    def _starters_lock(self) -> Iterator[None]:
        self.home.parent.mkdir(parents=True, exist_ok=True)
        self.home.mkdir(exist_ok=True, mode=0o700)
        self._owner.give(self.home)
        with (self.home / "start.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _programs(self) -> Path:
        found = binaries.find()
        return binaries.for_user(found, self.home, self._owner.can_enter(found))

    @property
    def _data(self) -> Path:
        return self.home / "data"

    def _refuse_foreign(self) -> None:
        """A cluster made under other secrets answers nobody any more; told in one line instead of after a minute.

        One that lies apart from a data folder that was deleted since is kept aside, and a new one is made.
        """
        mark = self.home / "made-for"
        ours = hashlib.sha256(f"frontdesk cluster {self._password}".encode()).hexdigest()[:16]
        if (self._data / "PG_VERSION").exists() and mark.exists() and mark.read_text() != ours:
            if self.home.parent != APART:
                raise ClusterFailed(f"frontdesk: {self.home} was made with other secrets; bring back its secrets.json")
            self._data.rename(self.home / f"data.left-{int(time.time())}")
            (self.home / "prepared").unlink(missing_ok=True)
        mark.write_text(ours)

    def _initialize(self, programs: Path) -> None:
        if (self._data / "PG_VERSION").exists():
            return
        draft = self.home / "data.new"  # initdb killed half-way must not look like a cluster
        shutil.rmtree(draft, ignore_errors=True)
        with tempfile.NamedTemporaryFile("w", dir=self.home) as password:
            password.write(self._password)
            password.flush()
            self._owner.give(Path(password.name))
            identity = ["-U", ROLE, "--auth=scram-sha-256", f"--pwfile={password.name}"]
            done = subprocess.run(
                [programs / "initdb", "-D", draft, *identity, *INITDB],
                capture_output=True,
                text=True,
                check=False,
                cwd=self.home,
                **self._owner.popen,
            )
        if done.returncode:
            raise ClusterFailed(f"frontdesk: the database could not be made: {done.stderr.strip()[-400:]}")
        draft.rename(self._data)

    def _remove_stale_pid_file(self) -> None:
        """After kill -9 the file's pid may be another process's, and then PostgreSQL would refuse to start."""
        if not self._postmaster():
            (self._data / "postmaster.pid").unlink(missing_ok=True)

    def _launch_patiently(self, programs: Path) -> None:
        """After kill -9 of the server its own children may hold the shared memory for a moment longer."""
        deadline = time.monotonic() + LEFTOVERS_SECONDS
        while True:
            try:
                return self._launch(programs)
            except ClusterFailed as failure:
                if "still in use" not in str(failure) or time.monotonic() > deadline:
                    raise
            time.sleep(0.3)

    def _launch(self, programs: Path) -> None:
        self._claim_socket_folder()
        log_path = self._fresh_log()
        settings = [part for key, value in self._settings.items() for part in ("-c", f"{key}={value}")]
        with log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [programs / "postgres", "-D", self._data, "-k", self.sockets, *settings],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.home, start_new_session=True,
                preexec_fn=processes.die_with_parent(signal.SIGINT),  # noqa: PLW1509 - one thread at this point; prctl must run in the child
                **self._owner.popen,
            )  # fmt: skip
        self._await_ready(log_path)

    def _fresh_log(self) -> Path:
        """The server's log; one older generation is kept, so that it cannot fill the disk."""
        path = self.home / "server.log"
        if path.exists() and path.stat().st_size > LARGEST_LOG:
            path.replace(path.with_suffix(".old.log"))
        return path

    def _claim_socket_folder(self) -> None:
        """Only a folder of our own may hold the socket: in /tmp somebody else may have been there first."""
        self.sockets.mkdir(exist_ok=True, mode=0o700)
        status = self.sockets.lstat()
        owners = {os.geteuid(), self._owner.uid}
        if not stat.S_ISDIR(status.st_mode) or status.st_uid not in owners or status.st_mode & 0o077:
            raise ClusterFailed(f"frontdesk: {self.sockets} is not a private folder of ours; remove it")
        self._owner.give(self.sockets)

    def _await_ready(self, log_path: Path) -> None:
        assert self._process is not None  # noqa: S101 - set by the only caller
        deadline = time.monotonic() + START_SECONDS
        while not self.is_reachable():
            if self._process.poll() is not None or time.monotonic() > deadline:
                tail = [line for line in log_path.read_text(errors="replace").splitlines() if "FATAL" in line][-1:]
                self._process = None
                if any("incompatible with server" in line for line in tail):
                    raise ClusterFailed(
                        "frontdesk: the database was made by another major version of PostgreSQL; nothing was touched: "
                        "see docs/operations/upgrades.md"
                    )
                raise ClusterFailed(f"frontdesk: the database did not start: {' '.join(tail)} (see {log_path})")
            time.sleep(0.03)

    def _ensure_database(self) -> None:
        with psycopg.connect(self.url.replace(f"/{DATABASE}?", "/postgres?"), autocommit=True) as connection:
            if not connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
                connection.execute(f"create database {DATABASE}")  # type: ignore[call-overload,unused-ignore]


def _socket_folder(home: Path) -> Path:
    if len(str(home)) <= LONGEST_SOCKET_FOLDER:
        return home / "s"
    name = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    return Path("/tmp") / f"frontdesk-{os.geteuid()}-{name}"  # noqa: S108 - 0700, and checked to be ours below
