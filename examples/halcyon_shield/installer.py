"""Installs the product: checks, copies with progress, verifies, and only then puts it in place."""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PAYLOAD = Path(__file__).parent / "payload"
CHUNK = 64
Progress = Callable[[int, int, str], None]


class InstallFailedError(Exception):
    """What went wrong, in words for the screen."""


@dataclass(frozen=True)
class File:
    """A file of the manifest."""

    name: str
    size: int
    sha256: str


def manifest(folder: Path = PAYLOAD) -> list[File]:
    """What belongs to the product."""
    document = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return [File(**entry) for entry in document["files"]]


def check_room(folder: Path) -> int:
    """Free bytes where the product will lie. Raises ``InstallFailedError`` when they do not suffice."""
    existing = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    needed = sum(file.size for file in manifest())
    try:
        free = shutil.disk_usage(existing).free
    except OSError as error:
        raise InstallFailedError(f"{existing}: {error.strerror}.") from error
    if free < 2 * needed:
        raise InstallFailedError(f"{existing} has too little room: free some space, or choose another folder.")
    return free


def install(folder: Path, progress: Progress, source: Path = PAYLOAD) -> None:
    """Copy to a folder beside, verify there, then swap: an interrupted installation leaves the old one whole."""
    beside = folder.with_name(f"{folder.name}.new")
    old = folder.with_name(f"{folder.name}.old")
    try:
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        _copy(source, beside, progress)
        verify(beside)
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            folder.rename(old)
        beside.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise InstallFailedError(f"{error.filename or folder}: {error.strerror}.") from error


def _copy(source: Path, target: Path, progress: Progress) -> None:
    files = manifest(source)
    done, of = 0, sum(file.size for file in files)
    for file in files:
        with (source / file.name).open("rb") as original, (target / file.name).open("wb") as copy:
            while chunk := original.read(CHUNK):
                copy.write(chunk)
                done += len(chunk)
                progress(done, of, file.name)
    shutil.copyfile(source / "manifest.json", target / "manifest.json")


def verify(folder: Path) -> int:
    """The number of files, all as the vendor packed them. Raises ``InstallFailedError`` naming one that is not."""
    files = manifest()
    for file in files:
        path = folder / file.name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != file.sha256:
            raise InstallFailedError(f"{file.name} is damaged or missing. Install again.")
    return len(files)


def is_installed(folder: Path) -> bool:
    """Whether a complete installation lies there."""
    try:
        verify(folder)
    except InstallFailedError:
        return False
    return True
