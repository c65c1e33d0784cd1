"""`frontdesk restore FILE`: bring a backup to life in an empty installation."""

import argparse
import io
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import django
from django.conf import settings

from frontdesk.project import archive, environment
from frontdesk.project.archive import ArchiveError
from frontdesk.project.commands.backup import add_secret, secret_of
from frontdesk.project.commands.common import CommandFailed, database
from frontdesk.project.installation import default_data_folder, is_empty
from frontdesk.project.postgres import programs
from frontdesk.project.vault import ClearStream, Secret, VaultError, opened

OPTIONS = ("--no-owner", "--no-acl", "--exit-on-error", "--single-transaction")


def configure(parser: argparse.ArgumentParser) -> None:
    """Where from, and under which secret."""
    parser.add_argument("file", type=Path, help="the backup")
    add_secret(parser)


def run(options: argparse.Namespace) -> int:
    """Restore; refused where there is something already. What fails half-way leaves the place empty again."""
    data = environment.folder("FRONTDESK_DATA", str(default_data_folder()), "")
    secrets = environment.folder("FRONTDESK_SECRETS_FILE", str(data / "secrets.json"), "")
    if not is_empty(data) or secrets.exists():
        raise CommandFailed(f"{data} is not empty; restore into a new folder: FRONTDESK_DATA=…")
    secret = secret_of(options, twice=False)
    _check(options.file, secret)
    try:
        with options.file.open("rb") as source:
            clear = io.BufferedReader(ClearStream(opened(source, secret)), archive.PART)
            archive.read(clear, data=data, secrets=secrets, load=_load)
    except BaseException as error:
        _clean(data, secrets)
        if isinstance(error, ArchiveError | VaultError | OSError):
            raise CommandFailed(str(error)) from None
        raise
    print(f"The installation is in {data}. Start it: frontdesk serve")
    return 0


def _check(file: Path, secret: Secret) -> None:
    """Read the whole backup once before anything is written."""
    try:
        with file.open("rb") as source:
            for _chunk in opened(source, secret):
                pass
    except (VaultError, OSError) as error:
        raise CommandFailed(str(error)) from None


def _load(parts: Iterator[bytes]) -> None:
    """Feed the dump to pg_restore. Settings and secrets lie in their places by now."""
    django.setup()
    from django.db import connection  # noqa: PLC0415 - needs the restored settings

    with database():
        if connection.introspection.table_names():
            raise ArchiveError(
                "the database is not empty; set DATABASE_URL to an empty one, or to nothing: DATABASE_URL="
            )
        connection.close()
        command, variables = programs.command("pg_restore", settings.DATABASE_DSN, *OPTIONS)
        with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=variables) as process:
            assert process.stdin is not None and process.stderr is not None  # noqa: S101, PT018 - pipes were asked for
            try:
                for part in parts:
                    process.stdin.write(part)
            except BrokenPipeError:
                pass  # pg_restore says below why it ended
            process.stdin.close()
            problem = process.stderr.read().decode(errors="replace").strip()
        if process.returncode:
            raise ArchiveError(f"the database could not be restored: {problem[-300:]}")


def _clean(data: Path, secrets: Path) -> None:
    if settings.configured and settings.EMBEDDED is not None:
        shutil.rmtree(settings.EMBEDDED.home, ignore_errors=True)
    secrets.unlink(missing_ok=True)
    for name in (*archive.SINGLE, *archive.FOLDERS, "postgres", "run"):
        if (data / name).is_dir():
            shutil.rmtree(data / name, ignore_errors=True)
        else:
            (data / name).unlink(missing_ok=True)
