"""Typed readers of environment variables.

Each reader records the variable, so that `frontdesk check --settings` can list them all; a value that does not
fit stops the start with one clear line (`BadSetting`).
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")


class BadSetting(SystemExit):
    """An environment variable has a value that cannot be used. Ends the program with one line."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"frontdesk: the setting {name} {problem}")


@dataclass(frozen=True)
class Variable:
    """One variable the installation reads."""

    name: str
    default: str
    help: str
    secret: bool

    @property
    def value(self) -> str:
        """The value in force, for showing to the operator; secrets are never shown."""
        raw = os.environ.get(self.name, self.default)
        return "(set)" if self.secret and raw else raw


VARIABLES: dict[str, Variable] = {}


def _read(name: str, default: str, explanation: str, parse: Callable[[str], T], *, secret: bool = False) -> T:
    VARIABLES[name] = Variable(name, default, explanation, secret)
    raw = os.environ.get(name, default).strip()
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
