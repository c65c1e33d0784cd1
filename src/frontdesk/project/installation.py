"""Where an installation keeps its things, and the secrets it was born with."""

import json
import os
import re
import secrets
import sys
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path

SETTINGS_FILE = "frontdesk.toml"


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


def is_empty(data: Path) -> bool:
    """Whether the folder holds no installation yet."""
    return not any((data / name).exists() for name in ("postgres", "secrets.json", SETTINGS_FILE, "files"))


def is_demo(data: Path) -> bool:
    """Whether the folder belongs to a demo, by its settings file."""
    try:
        return bool(tomllib.loads((data / SETTINGS_FILE).read_text()).get("FRONTDESK_DEMO", False))
    except (OSError, ValueError):
        return False


def set_values(path: Path, values: Mapping[str, str | int | bool]) -> None:
    """Write settings into the installation's file (mode 0600): a known line is replaced, whatever else stays.

    A line that is commented out (`# NAME = …`) counts as the place of its setting.
    """
    lines = path.read_text().splitlines() if path.exists() else []
    for name, value in values.items():
        line = f"{name} = {json.dumps(value, ensure_ascii=False)}"
        at = [index for index, old in enumerate(lines) if re.match(rf"(# )?{name}\s*=", old)]
        if at:
            lines[at[0]] = line
        else:
            lines.append(line)
    write_private(path, "\n".join(lines) + "\n")


def write_private(path: Path, content: str) -> None:
    """Replace a file at once, mode 0600."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
