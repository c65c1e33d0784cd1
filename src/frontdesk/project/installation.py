"""Where an installation keeps its things, and the secrets it was born with."""

import json
import os
import secrets
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path


def default_data_folder() -> Path:
    """The platform's folder for user data, as its conventions have it (XDG on Linux, Library on macOS)."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "frontdesk"
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "frontdesk"


@dataclass(frozen=True)
class Secrets:
    """What must be kept outside the database: with a copy of the tables alone nobody can read codes or seeds."""

    django_key: str
    code_pepper: str
    master_key: str
    token_key: str
    database_password: str

    @classmethod
    def fresh(cls) -> "Secrets":
        """New random secrets, 256 bits each, in hexadecimal."""
        return cls(**{field.name: secrets.token_hex(32) for field in fields(cls)})


def load_secrets(path: Path) -> Secrets:
    """Read the secrets, making them on the first call (mode 0600; two starters end with the same file).

    Raises SystemExit with one line when the file exists and cannot be understood: making new ones would lose data.
    """
    with suppress(FileExistsError):
        _create(path)
    try:
        return Secrets(**json.loads(path.read_text()))
    except (ValueError, TypeError):
        raise SystemExit(f"frontdesk: {path} is damaged; restore it from a backup") from None
    except PermissionError:
        raise SystemExit(f"frontdesk: {path} cannot be read by this user") from None


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists():
        return
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(asdict(Secrets.fresh()), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # fails if another starter was first: theirs counts
    finally:
        draft.unlink()
