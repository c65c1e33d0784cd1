"""Typed readers of settings: from the environment, else from the installation's `frontdesk.toml`, else the default.

Each reader records the variable, so that `frontdesk check --settings` can list them all; a value that does not
fit stops the start with one clear line (`BadSetting`).
"""

import json
import os
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

T = TypeVar("T")


class BadSetting(SystemExit):
    """An environment variable has a value that cannot be used. Ends the program with one line."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"frontdesk: the setting {name} {problem}")


@dataclass(frozen=True)
class Variable:
    """One variable the installation reads; `source` says where its value comes from."""

    name: str
    default: str
    help: str
    secret: bool

    @property
    def value(self) -> str:
        """The value in force, for showing to the operator; secrets are never shown."""
        raw = _raw(self.name, self.default)
        return "(set)" if self.secret and raw else raw

    @property
    def source(self) -> str:
        """environment, file or default."""
        if self.name in os.environ:
            return "environment"
        return "file" if self.name in _from_file else "default"


VARIABLES: dict[str, Variable] = {}
_from_file: dict[str, str] = {}


def use_file(path: Path) -> None:
    """Read the installation's settings file, where there is one; the environment overrides it.

    Raises BadSetting when it cannot be read.
    """
    _from_file.clear()
    if not path.exists():
        return
    try:
        content = tomllib.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise BadSetting(str(path), f"cannot be read: {error}") from None
    for name, value in content.items():
        if isinstance(value, dict | float):
            raise BadSetting(name, f"in {path} must be a text, a whole number, true, false or a list of texts")
        _from_file[name] = ",".join(map(str, value)) if isinstance(value, list) else str(value)


def is_named(name: str) -> bool:
    """Whether the environment or the settings file has a value for it."""
    return name in os.environ or name in _from_file


def unknown_names() -> list[str]:
    """Names in the settings file that nothing reads: misspelt, most likely."""
    return sorted(set(_from_file) - set(VARIABLES))


def _raw(name: str, default: str) -> str:
    return os.environ.get(name, _from_file.get(name, default))


def _read(name: str, default: str, explanation: str, parse: Callable[[str], T], *, secret: bool = False) -> T:
    VARIABLES[name] = Variable(name, default, explanation, secret)
    raw = _raw(name, default).strip()
    try:
        return parse(raw)
    except ValueError as error:
        raise BadSetting(name, str(error)) from None


def text(name: str, default: str, explanation: str, *, secret: bool = False) -> str:
    """A string, stripped."""
    return _read(name, default, explanation, str, secret=secret)


def choice(name: str, default: str, explanation: str, *, among: tuple[str, ...]) -> str:
    """One of a few words."""

    def parse(raw: str) -> str:
        if raw not in among:
            raise ValueError(f"must be one of {', '.join(among)}, not {raw!r}")
        return raw

    return _read(name, default, explanation, parse)


def number(name: str, default: int, explanation: str, *, least: int = 0, most: int = 2**31) -> int:
    """A whole number within bounds."""

    def parse(raw: str) -> int:
        if not raw.lstrip("-").isdigit() or not least <= int(raw) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}, not {raw!r}")
        return int(raw)

    return _read(name, str(default), explanation, parse)


def switch(name: str, default: bool, explanation: str) -> bool:
    """Yes or no."""

    def parse(raw: str) -> bool:
        words = {
            "1": True,
            "true": True,
            "yes": True,
            "on": True,
            "0": False,
            "false": False,
            "no": False,
            "off": False,
        }
        if raw.lower() not in words:
            raise ValueError(f"must be yes or no, not {raw!r}")
        return words[raw.lower()]

    return _read(name, "yes" if default else "no", explanation, parse)


def words(name: str, default: str, explanation: str) -> list[str]:
    """A list separated by commas."""
    return _read(name, default, explanation, lambda raw: [word.strip() for word in raw.split(",") if word.strip()])


def networks(name: str, default: str, explanation: str) -> list[str]:
    """Addresses or networks (CIDR), separated by commas."""

    def parse(raw: str) -> list[str]:
        return [str(ip_network(word.strip(), strict=False)) for word in raw.split(",") if word.strip()]

    return _read(name, default, explanation, parse)


def folder(name: str, default: str, explanation: str) -> Path:
    """A folder's path, made absolute."""
    return _read(name, default, explanation, lambda raw: Path(raw).expanduser().absolute())


def origin(name: str, default: str, explanation: str) -> str:
    """An address such as https://desk.example, without a path."""

    def parse(raw: str) -> str:
        parts = urlsplit(raw)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
            raise ValueError(f"must look like https://desk.example, not {raw!r}")
        return raw.rstrip("/")

    return _read(name, default, explanation, parse)


def zone(name: str, default: str, explanation: str) -> str:
    """A time zone by its name in the tz database, such as Europe/Berlin."""

    def parse(raw: str) -> str:
        try:
            ZoneInfo(raw)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"must be a time zone such as Europe/Berlin, not {raw!r}") from None
        return raw

    return _read(name, default, explanation, parse)


def address(name: str, default: str, explanation: str, *, secret: bool = False) -> str:
    """An address of somebody else's service: https, or http on this machine; may be empty."""

    def parse(raw: str) -> str:
        parts = urlsplit(raw)
        local = parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1", "::1"}
        if raw and not (local or (parts.scheme == "https" and parts.hostname)):
            raise ValueError("must be an https:// address")
        return raw

    return _read(name, default, explanation, parse, secret=secret)


def door(name: str, default: str, explanation: str, schemes: dict[str, int], *, paths: bool = False) -> dict[str, Any]:
    """Where a service is, such as imaps://mail.example: scheme, host and port (or the path of a socket); may be empty.

    `schemes` names the port of each (0: it must be given).
    """

    def parse(raw: str) -> dict[str, Any]:
        parts = urlsplit(raw)
        found = {"scheme": parts.scheme, "host": parts.hostname or "", "port": 0, "path": ""}
        if not raw:
            return found
        if paths and parts.scheme in schemes and not parts.netloc and parts.path.startswith("/"):
            return found | {"path": parts.path}
        port = parts.port or schemes.get(parts.scheme, 0)  # raises ValueError itself for what is no port
        if parts.scheme not in schemes or not parts.hostname or not port or parts.path.strip("/") or parts.username:
            raise ValueError(
                f"must look like {next(iter(schemes))}://mail.example:{schemes[next(iter(schemes))] or 8024}"
            )
        return found | {"port": port}

    return _read(name, default, explanation, parse)


def table(name: str, default: str, explanation: str, *, secret: bool = False) -> dict[str, Any]:
    """A JSON object."""

    def parse(raw: str) -> dict[str, Any]:
        try:
            found = json.loads(raw)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise ValueError("must be a JSON object")
        return found

    return _read(name, default, explanation, parse, secret=secret)


def minor_units(name: str, default: str, explanation: str) -> dict[str, int]:
    """A JSON object of currencies and whole minor units."""

    def parse(raw: str) -> dict[str, int]:
        try:
            found = json.loads(raw)
        except ValueError:
            found = None
        if not isinstance(found, dict) or not all(_is_minor(*pair) for pair in found.items()):
            raise ValueError('must be a JSON object of currencies and whole minor units, such as {"EUR": 20000}')
        return found

    return _read(name, default, explanation, parse)


def _is_minor(currency: str, minor: object) -> bool:
    return len(currency) == 3 and currency.isupper() and type(minor) is int and minor >= 0


def need(name: str, chosen: str, needs: dict[str, list[str]]) -> None:
    """Stop the start when a choice needs other settings (named by what follows `name_`) that are empty."""
    for other in needs.get(chosen, []):
        if not _raw(f"{name}_{other}", "").strip():
            raise BadSetting(f"{name}_{other}", f"is needed where {name} is {chosen}")


def countries(name: str, default: str, explanation: str) -> list[str]:
    """Codes of countries (DE), separated by commas."""

    def parse(raw: str) -> list[str]:
        found = [word.strip().upper() for word in raw.split(",") if word.strip()]
        wrong = [word for word in found if not (word.isascii() and word.isalpha() and len(word) == 2)]
        if wrong:
            raise ValueError(f"must be country codes such as DE,AT, not {wrong[0]!r}")
        return found

    return _read(name, default, explanation, parse)
