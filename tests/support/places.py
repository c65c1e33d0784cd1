"""A tiny table of places in MaxMind's format, written for tests: one IPv4 network and where it is."""

from ipaddress import IPv4Network
from pathlib import Path
from typing import Any


class Small(int):
    """A number of 16 bits."""


class Large(int):
    """A number of 64 bits."""


def write_places(path: Path, network: str, record: dict[str, Any]) -> Path:
    """A table that knows one network."""
    known = IPv4Network(network)
    bits = f"{int(known.network_address):032b}"[: known.prefixlen]
    count = len(bits)
    tree = b"".join(_node(at, bit, count) for at, bit in enumerate(bits))
    metadata: dict[str, Any] = {
        "binary_format_major_version": Small(2),
        "binary_format_minor_version": Small(0),
        "build_epoch": Large(1),
        "database_type": "Test-City",
        "description": {"en": "for tests"},
        "ip_version": Small(4),
        "languages": ["en"],
        "node_count": count,
        "record_size": Small(24),
    }
    path.write_bytes(tree + bytes(16) + _encoded(record) + b"\xab\xcd\xefMaxMind.com" + _encoded(metadata))
    return path


def _node(at: int, bit: str, count: int) -> bytes:
    onward = at + 1 if at + 1 < count else count + 16  # behind the last bit: the first byte of the data
    sides = (count, onward) if bit == "1" else (onward, count)
    return b"".join(side.to_bytes(3, "big") for side in sides)


def _encoded(value: Any) -> bytes:
    if isinstance(value, dict):
        return bytes([7 << 5 | len(value)]) + b"".join(_encoded(key) + _encoded(each) for key, each in value.items())
    if isinstance(value, list):
        return bytes([len(value), 11 - 7]) + b"".join(_encoded(each) for each in value)
    if isinstance(value, Small):
        return bytes([5 << 5 | 2]) + value.to_bytes(2, "big")
    if isinstance(value, Large):
        return bytes([8, 9 - 7]) + value.to_bytes(8, "big")
    if isinstance(value, int):
        return bytes([6 << 5 | 4]) + value.to_bytes(4, "big")
    text = str(value).encode()
    return bytes([2 << 5 | len(text)]) + text
