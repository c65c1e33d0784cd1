"""`frontdesk keys`: the trust root, made once and kept off the server, and the signing keys that it vouches for."""

import argparse
import os
import sys
from pathlib import Path

from frontdesk.core import signing
from frontdesk.core.models import SigningKey
from frontdesk.project.commands.common import CommandFailed, database, migrate

ADVICE = """\
  Whoever has this file can make licences that every copy of your products believes.
  Keep it off the server (an encrypted stick, a password manager, a safe) and bring it only to rotate keys.
  Without it no new signing key can be published: keep a second copy."""


def configure(parser: argparse.ArgumentParser) -> None:
    """What to do with the keys."""
    actions = parser.add_subparsers(dest="action", required=True)
    root = actions.add_parser("root", help="make a trust root")
    root.add_argument("file", type=Path, help="where to write its PEM file; must not exist")
    rotate = actions.add_parser("rotate", help="make new signing keys and publish them; the old ones stay trusted")
    rotate.add_argument("--root", required=True, type=Path, metavar="FILE", help="its PEM file; - for standard input")
    rotate.add_argument("--only", choices=["lease", "release"], help="one kind of key alone")
    actions.add_parser("show", help="the published keys, and the line for your products")


def run(options: argparse.Namespace) -> int:
    """Make, rotate or show."""
    if options.action == "root":
        print(make_root(options.file))
        print(ADVICE, file=sys.stderr)
        return 0
    with database():
        migrate()
        if options.action == "rotate":
            rotate(options.root, only=options.only)
        show()
    return 0


def make_root(file: Path) -> str:
    """Write a new trust root's PEM file (mode 0600); returns the string that products pin.

    Raises CommandFailed when the file exists: a trust root is never overwritten.
    """
    pem, pinned = signing.new_root()
    file = file.expanduser().absolute()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CommandFailed(f"{file} exists already, and a trust root is never overwritten") from None
    except OSError as error:
        raise CommandFailed(f"{file} cannot be written: {error.strerror}") from None
    with os.fdopen(descriptor, "wb") as target:
        target.write(pem)
    return pinned


def read_root(file: Path) -> signing.Signer:
    """The trust root from its file, or from standard input for `-`. Raises CommandFailed."""
    try:
        return signing.load_root(sys.stdin.buffer.read() if str(file) == "-" else file.expanduser().read_bytes())
    except OSError as error:
        raise CommandFailed(f"{file} cannot be read: {error.strerror}") from None
    except signing.WrongRoot as error:
        raise CommandFailed(f"{file}: {error}") from None


def rotate(file: Path, *, only: str | None = None) -> None:
    """Make new signing keys and publish a key set signed by the root in `file`. Raises CommandFailed."""
    try:
        signing.rotate(root=read_root(file), purposes=(only,) if only else signing.PURPOSES)
    except signing.WrongRoot as error:
        raise CommandFailed(f"{file}: {error}") from None


def show() -> None:
    """Print the published keys. Raises CommandFailed when there are none."""
    try:
        published = {key["kid"] for key in signing.key_set()["keys"]}
        print(f"Key set {signing.key_set()['serial']}; products pin {signing.trust_root()}")
    except signing.NoKeys:
        raise CommandFailed("there are no keys yet: frontdesk keys rotate --root FILE") from None
    for key in SigningKey.objects.order_by("purpose", "-created_at"):
        state = "signs" if key.retired_at is None else "trusted" if key.kid in published else "retired"
        print(f"  {key.purpose:8} {state:8} since {key.created_at:%Y-%m-%d %H:%M} UTC  {key.kid}")
