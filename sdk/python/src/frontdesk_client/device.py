"""This device, as the licence server knows it."""

import hashlib
import platform as host
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass

import machineid

PLATFORMS = ("windows", "macos", "linux", "android", "ios", "other")


@dataclass(frozen=True, slots=True)
class Device:
    """``fingerprint``: 16 to 256 printable characters, always the same on this device, telling nothing about it."""

    fingerprint: str
    name: str
    platform: str
    app_version: str

    def document(self) -> dict[str, object]:
        """The member ``device`` of a request."""
        return {
            "fingerprint": self.fingerprint,
            "name": self.name,
            "platform": self.platform,
            "app_version": self.app_version,
        }


def machine_fingerprint(product: str, find: Callable[[], str] = machineid.id) -> str | None:
    """A hash of the operating system's machine id, different for each product; None where there is no such id."""
    try:
        machine = find()
    except (OSError, RuntimeError, ValueError):
        return None
    return hashlib.sha256(f"frontdesk|{product}|{machine}".encode()).hexdigest() if machine else None


def random_fingerprint() -> str:
    """For machines without an id (some containers): made once, then kept in the store."""
    return secrets.token_hex(32)


def device_name() -> str:
    """The host's name, as its owner knows it."""
    name = "".join(symbol for symbol in host.node() if symbol.isprintable())
    return name.strip()[:100] or "This device"


def platform_name(system: str = sys.platform) -> str:
    """One of ``PLATFORMS``."""
    names = {"win32": "windows", "cygwin": "windows", "darwin": "macos", "linux": "linux"}
    return names.get(system, system if system in PLATFORMS else "other")
