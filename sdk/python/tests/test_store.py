"""The store: killed in the middle of writing, shared by processes, damaged, unwritable."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sdk.python.tests.vectors import CODE

import frontdesk_client
from frontdesk_client import Client, FileStore, MemoryStore, State, Store, errors

COUNTING = """
import sys
from dataclasses import replace
from frontdesk_client.store import FileStore
store, times = FileStore(sys.argv[1]), int(sys.argv[2])
while times:
    state = store.update(lambda state: replace(state, highest_seen=state.highest_seen + 1, token="x" * 20_000))
    sys.stdout.write(f"{state.highest_seen}\\n")
    sys.stdout.flush()
    times -= 1
"""


def counting(path: Path, times: int) -> "subprocess.Popen[str]":
    """A process that counts up in the store and tells each number once it is saved."""
    source = str(Path(frontdesk_client.__file__).parents[1])
    return subprocess.Popen(
        [sys.executable, "-c", COUNTING, str(path), str(times)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": source},
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "activation.json"


@pytest.fixture(params=["file", "memory"])
def any_store(request: pytest.FixtureRequest, path: Path) -> Store:
    return FileStore(path) if request.param == "file" else MemoryStore()


def test_kill_9_in_the_middle_of_writing_loses_nothing_acknowledged(path: Path) -> None:
    for round_ in range(6):
        process = counting(path, 1_000_000)
        assert process.stdout is not None
        last = int(process.stdout.readline())
        time.sleep(0.01 + 0.013 * round_)
        process.send_signal(signal.SIGKILL)
        last = max([last, *(int(line) for line in process.stdout if line.endswith("\n"))])
        process.wait()
        process.stdout.close()
        state = FileStore(path).load()
        assert state.highest_seen >= last
        assert len(state.token) == 20_000
    assert not path.with_name("activation.json.damaged").exists()


def test_what_killed_writers_leave_is_swept(path: Path) -> None:
    store = FileStore(path)
    store.update(lambda state: replace(state, token="a"))
    (path.parent / ".activation.json.abc.new").write_text("half")
    store.update(lambda state: replace(state, token="b"))
    assert sorted(item.name for item in path.parent.iterdir()) == [".activation.json.lock", "activation.json"]


def test_processes_do_not_overwrite_each_other(path: Path) -> None:
    processes = [counting(path, 40) for _ in range(3)]
    for process in processes:
        process.communicate()
    assert FileStore(path).load().highest_seen == 120


def test_threads_do_not_overwrite_each_other(any_store: Store) -> None:
    def count() -> None:
        for _ in range(20):
            any_store.update(lambda state: replace(state, highest_seen=state.highest_seen + 1))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert any_store.load().highest_seen == 80


def test_only_the_owner_may_read(path: Path) -> None:
    FileStore(path).update(lambda state: replace(state, token="secret"))
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0


def test_nothing_is_written_when_nothing_changes(path: Path) -> None:
    FileStore(path).update(lambda state: state)
    assert not path.exists()


@pytest.mark.parametrize("damage", ["", "{", "[]", "\x00" * 100, "[" * 100_000])
def test_a_damaged_file_is_set_aside_and_healed_by_activating(damage: str, client: Client, store: FileStore) -> None:
    client.activate(CODE)
    store.path.write_text(damage)
    with pytest.raises(errors.NotActivated):
        client.check()
    client.activate(CODE)
    assert client.check()
    assert store.path.with_name("activation.json.damaged").read_text() == damage


def test_a_file_that_is_not_text(client: Client, store: FileStore) -> None:
    store.path.write_bytes(b"\xff\xfe\x00")
    assert not client.status().activated


def test_members_of_another_kind_or_time_are_left_out() -> None:
    text = json.dumps({"token": 5, "keys_serial": True, "highest_seen": 7, "colour": "blue", "license": []})
    assert State.from_json(text) == State(highest_seen=7)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = FileStore(tmp_path / "file" / "activation.json")
    with pytest.raises(errors.StoreUnusable, match="file"):
        store.update(lambda state: replace(state, token="x"))
    with pytest.raises(errors.StoreUnusable):
        store.load()


def test_a_full_disk_keeps_the_old_state(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = FileStore(path)
    store.update(lambda state: replace(state, token="old"))

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(errors.StoreUnusable, match="No space left"):
        store.update(lambda state: replace(state, token="new"))
    assert store.load().token == "old"
    assert [item.name for item in path.parent.iterdir() if item.suffix == ".new"] == []
