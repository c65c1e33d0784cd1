"""Where an activation is kept between starts: a Protocol, a file, and memory.

The file survives a kill at any moment (a new file replaces the old one in one step) and two processes
(one lock around reading, changing and writing).
"""

import contextlib
import json
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Protocol

from frontdesk_client._locking import lock_exclusively
from frontdesk_client.errors import StoreUnusable

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class State:
    """All that is remembered. Contains secrets (the token, offline keys), never an activation code."""

    product: str = ""
    trust_root: str = ""
    device_id: str = ""
    activation_id: str = ""
    token: str = ""
    lease: str = ""
    license: Json = field(default_factory=dict)
    keys: Json = field(default_factory=dict)
    keys_serial: int = 0
    highest_seen: int = 0
    refusal: Json = field(default_factory=dict)
    offline_requests: list[Json] = field(default_factory=list)
    offline: Json = field(default_factory=dict)
    offline_return: Json = field(default_factory=dict)

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1)

    @classmethod
    def from_json(cls, text: str) -> "State":
        """The state in ``text``; members of another type or an unknown name are left out. Raises ``ValueError``."""
        members = json.loads(text)
        if not isinstance(members, dict):
            raise TypeError("not a JSON object")
        empty = cls()
        known = {
            item.name: members[item.name]
            for item in fields(cls)
            if type(members.get(item.name)) is type(getattr(empty, item.name))
        }
        return replace(empty, **known)


class Store(Protocol):
    """Keeps one ``State``. Bring your own (a keychain, a registry) by writing these two methods."""

    def load(self) -> State:
        """The state as last saved; an empty one at first. Raises ``StoreUnusable``."""
        ...

    def update(self, change: Callable[[State], State]) -> State:
        """Read, change and save in one step that no other process or thread enters. Raises ``StoreUnusable``."""
        ...


class MemoryStore:
    """Forgets everything at the end of the process. For tests and trials."""

    def __init__(self) -> None:
        self._state = State()
        self._lock = threading.Lock()

    def load(self) -> State:
        return self._state

    def update(self, change: Callable[[State], State]) -> State:
        with self._lock:
            self._state = change(self._state)
            return self._state


class FileStore:
    """One JSON file that only its owner may read (0600), and a lock file beside it."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)

    def load(self) -> State:
        """The saved state; a file that no longer makes sense reads as empty."""
        with unusable(self.path):
            return self._read() or State()

    def update(self, change: Callable[[State], State]) -> State:
        with unusable(self.path):
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._locked():
                before = self._read()
                if before is None:
                    # Damaged by a disk or an editor, never by us. The server keeps the seat: activating again heals it.
                    self.path.replace(self.path.with_name(f"{self.path.name}.damaged"))
                    before = State()
                after = change(before)
                if after != before:
                    self._write(after)
                return after

    def _read(self) -> State | None:
        try:
            return State.from_json(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return State()
        except (ValueError, TypeError, RecursionError):
            return None

    def _write(self, state: State) -> None:
        descriptor, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.", suffix=".new")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(state.to_json())
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self.path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _sync_folder(self.path.parent)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        descriptor = os.open(self.path.with_name(f".{self.path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            lock_exclusively(descriptor)
            self._sweep()
            yield
        finally:
            os.close(descriptor)  # which also lets go of the lock, as the end of the process would

    def _sweep(self) -> None:
        """Take away what writers that were killed left behind; under the lock nobody else is writing."""
        for leftover in self.path.parent.glob(f".{self.path.name}.*.new"):
            leftover.unlink(missing_ok=True)


@contextlib.contextmanager
def unusable(path: Path) -> Iterator[None]:
    """Turn what the operating system says of ``path`` into ``StoreUnusable``."""
    try:
        yield
    except OSError as error:
        raise StoreUnusable(f"{path}: {error.strerror or error}.") from error


def _sync_folder(folder: Path) -> None:
    """Make the replacement itself last through a power cut. Windows cannot open folders, and needs no such call."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
