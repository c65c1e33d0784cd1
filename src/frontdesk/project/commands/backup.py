"""`frontdesk backup FILE`: database, files, secrets and keys in one encrypted file; while serving or not."""

import argparse
import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, cast

from django.conf import settings

from frontdesk import __version__
from frontdesk.project import archive
from frontdesk.project.archive import ArchiveError
from frontdesk.project.commands.common import CommandFailed, database, migrate
from frontdesk.project.postgres import programs
from frontdesk.project.vault import Sealer, Secret, VaultError


def configure(parser: argparse.ArgumentParser) -> None:
    """Where to, and under which secret."""
    parser.add_argument("file", type=Path, help="where to write it; must not exist")
    add_secret(parser)


def add_secret(parser: argparse.ArgumentParser) -> None:
    """The options by which a passphrase or a key file is given."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--passphrase-file", type=Path, metavar="FILE", help="its first line is the passphrase")
    group.add_argument("--key-file", type=Path, metavar="FILE", help="a file of at least 32 random bytes")


def secret_of(options: argparse.Namespace, *, twice: bool) -> Secret:
    """The secret as it was given, or asked for at the terminal. Raises CommandFailed."""
    try:
        if options.key_file:
            return Secret(key_file=options.key_file)
        if options.passphrase_file:
            return Secret(passphrase=options.passphrase_file.read_text().partition("\n")[0])
        if not sys.stdin.isatty():
            raise CommandFailed("say --passphrase-file or --key-file")
        passphrase = getpass.getpass("Passphrase: ")
        if twice and getpass.getpass("Once more: ") != passphrase:
            raise CommandFailed("the two are not alike")
        return Secret(passphrase=passphrase)
    except (VaultError, OSError) as error:
        raise CommandFailed(str(error)) from None


def run(options: argparse.Namespace) -> int:
    """Write the backup, first beside its place: a file with the right name is complete."""
    if options.file.exists():
        raise CommandFailed(f"{options.file} exists already")
    secret = secret_of(options, twice=True)
    draft = options.file.with_name(f"{options.file.name}.part")
    with database():
        migrate()
        try:
            _write(draft, secret)
        except (ArchiveError, OSError) as error:
            draft.unlink(missing_ok=True)
            raise CommandFailed(str(error)) from None
    draft.rename(options.file)
    print(f"{options.file}: {options.file.stat().st_size / 1e6:.1f} MB. Without the {secret.kind} nobody can open it.")
    if settings.S3_BUCKET:
        print(f"The files in the bucket {settings.S3_BUCKET} are not part of it: the bucket needs its own backup.")
    return 0


def _write(draft: Path, secret: Secret) -> None:
    draft.touch(mode=0o600)
    dump, environment = programs.command("pg_dump", settings.DATABASE_DSN, "--format=custom", "--no-owner", "--no-acl")
    facts = {"made_at": datetime.now(UTC).isoformat(timespec="seconds"), "version": __version__}
    with draft.open("wb") as target:
        sealer = Sealer(target, secret, facts)
        secrets_file = Path(settings.SECRETS_FILE)
        archive.write(
            cast("IO[bytes]", sealer),
            data=settings.DATA_FOLDER,
            secrets=secrets_file,
            dump=dump,
            environment=environment,
        )
        sealer.finish()
