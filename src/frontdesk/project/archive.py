"""What a backup holds: a tar stream of settings, secrets, legal pages, files, and the database's dump in parts."""

import io
import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

PART = 4 * 1024 * 1024
DATABASE = "database/"
DATA = "data/"
SINGLE = ("secrets.json", "frontdesk.toml", "trust-root.pem", "demo.json")
DEMO_ONLY = ("trust-root.pem",)  # a vendor's root belongs into a safe, not into each night's backup
FOLDERS = ("legal", "files")


class ArchiveError(Exception):
    """The backup could not be written, or holds what it must not; the text says why in one line."""


def write(target: IO[bytes], *, data: Path, secrets: Path, dump: list[str], environment: dict[str, str]) -> None:
    """Write everything. `dump` is the command that writes the database's dump to its output.

    The dump precedes the files: whatever its rows name lies in the storage by then. Raises ArchiveError.
    """
    with tarfile.open(fileobj=target, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        archive.add(secrets, f"{DATA}secrets.json", filter=_plain)
        for name in SINGLE[1:]:
            if name not in DEMO_ONLY or (data / "demo.json").exists():
                _write_file(archive, data / name, f"{DATA}{name}")
        _write_folder(archive, data, "legal")
        _write_dump(archive, dump, environment)
        _write_folder(archive, data, "files")


def _write_folder(archive: tarfile.TarFile, data: Path, folder: str) -> None:
    for path in sorted((data / folder).rglob("*")):
        _write_file(archive, path, f"{DATA}{path.relative_to(data).as_posix()}")


def _write_dump(archive: tarfile.TarFile, command: list[str], environment: dict[str, str]) -> None:
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None and process.stderr is not None  # noqa: S101, PT018 - pipes were asked for
        number = 0
        while part := process.stdout.read(PART):
            entry = tarfile.TarInfo(f"{DATABASE}{number:08}")
            entry.size, entry.mode = len(part), 0o600
            archive.addfile(entry, io.BytesIO(part))
            number += 1
        problem = process.stderr.read().decode(errors="replace").strip()
    if process.returncode:
        raise ArchiveError(f"the database could not be dumped: {problem[-300:]}")


def _write_file(archive: tarfile.TarFile, path: Path, name: str) -> None:
    try:
        if path.is_file() and not path.is_symlink():
            archive.add(path, name, filter=_plain)
    except FileNotFoundError:
        return  # a list of codes that was downloaded at this moment


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


def read(source: IO[bytes], *, data: Path, secrets: Path, load: Callable[[Iterator[bytes]], None]) -> None:
    """Bring files to their places under `data`, the secrets to `secrets`, and the dump's parts to `load`.

    Raises ArchiveError for a name that leads out of the folder.
    """
    with tarfile.open(fileobj=source, mode="r|") as archive:
        entries = iter(archive)
        for entry in entries:
            if entry.name.startswith(DATABASE):
                parts = _Parts(archive, entry, entries)
                load(iter(parts))
                if parts.after is not None:
                    _extract(archive, parts.after, _place(data, parts.after))
            else:
                _extract(archive, entry, secrets if entry.name == f"{DATA}secrets.json" else _place(data, entry))


class _Parts:
    """The dump's parts in the order of the stream; `after` is the entry that follows them."""

    def __init__(self, archive: tarfile.TarFile, first: tarfile.TarInfo, entries: Iterator[tarfile.TarInfo]) -> None:
        self._archive, self._first, self._entries = archive, first, entries
        self.after: tarfile.TarInfo | None = None

    def __iter__(self) -> Iterator[bytes]:
        entry: tarfile.TarInfo | None = self._first
        while entry is not None and entry.name.startswith(DATABASE):
            content = self._archive.extractfile(entry)
            yield content.read() if content else b""
            entry = next(self._entries, None)
        self.after = entry


def _place(data: Path, entry: tarfile.TarInfo) -> Path:
    parts = PurePosixPath(entry.name).parts
    known = len(parts) > 1 and parts[0] == DATA.rstrip("/") and (parts[1] in SINGLE or parts[1] in FOLDERS)
    if not entry.isfile() or not known or ".." in parts:
        raise ArchiveError(f"the backup holds something unexpected: {entry.name}")
    return data.joinpath(*parts[1:])


def _extract(archive: tarfile.TarFile, entry: tarfile.TarInfo, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    content = archive.extractfile(entry)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        if content:
            shutil.copyfileobj(content, file)
