"""The container of a backup: a stream, encrypted in chunks with AES-256-GCM under a passphrase or a key file.

A header line says how the key is derived. Each chunk is authenticated with the header, its number, and whether it is
the last: nothing can be changed, left out, put in another order or cut off unnoticed (the STREAM construction).
"""

import io
import json
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MAGIC = b"FRONTDESK BACKUP 1\n"
CHUNK = 1024 * 1024
SCRYPT = {"n": 2**17, "r": 8, "p": 1}  # 128 MB and about half a second
LONGEST_HEADER = 4096
SHORTEST_KEY_FILE = 32
SHORTEST_PASSPHRASE = 12


class VaultError(Exception):
    """The file cannot be opened, or not made; the text says why in one line."""


class Secret:
    """A passphrase, or the content of a key file."""

    def __init__(self, *, passphrase: str = "", key_file: Path | None = None) -> None:
        """Raises VaultError when it is too short to protect anything, or cannot be read."""
        self.kind = "key file" if key_file else "passphrase"
        try:
            self._raw = key_file.read_bytes() if key_file else passphrase.encode()
        except OSError as error:
            raise VaultError(f"{key_file} cannot be read: {error.strerror}") from None
        least = SHORTEST_KEY_FILE if key_file else SHORTEST_PASSPHRASE
        if len(self._raw) < least:
            raise VaultError(f"the {self.kind} is shorter than {least} characters")

    def key(self, salt: bytes, scrypt: dict[str, int]) -> bytes:
        """32 bytes: by scrypt from a passphrase, by HKDF from a key file."""
        if self.kind == "passphrase":
            return Scrypt(salt=salt, length=32, **scrypt).derive(self._raw)
        return HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"frontdesk backup").derive(self._raw)


class Sealer:
    """Takes the clear stream; `finish` writes the last chunk, without which the file cannot be opened."""

    def __init__(self, target: BinaryIO, secret: Secret, facts: dict[str, str]) -> None:
        salt = os.urandom(32)
        header = {**facts, "secret": secret.kind, "salt": salt.hex(), "scrypt": SCRYPT}
        self._header = json.dumps(header).encode() + b"\n"
        self._target = target
        self._cipher = AESGCM(secret.key(salt, SCRYPT))
        self._pending = bytearray()
        self._number = 0
        target.write(MAGIC + self._header)

    def write(self, data: bytes) -> int:
        """Take in clear bytes."""
        self._pending += data
        while len(self._pending) > CHUNK:
            self._seal(bytes(self._pending[:CHUNK]), is_last=False)
            del self._pending[:CHUNK]
        return len(data)

    def finish(self) -> None:
        """Write the last chunk."""
        self._seal(bytes(self._pending), is_last=True)

    def _seal(self, clear: bytes, *, is_last: bool) -> None:
        nonce, bound = _place(self._number, is_last, self._header)
        sealed = self._cipher.encrypt(nonce, clear, bound)
        self._target.write(struct.pack(">I?", len(sealed), is_last) + sealed)
        self._number += 1


def read_header(source: BinaryIO) -> tuple[dict[str, object], bytes]:
    """The header, and its bytes as they are authenticated. Raises VaultError."""
    if source.read(len(MAGIC)) != MAGIC:
        raise VaultError("this is no backup of Frontdesk")
    line = source.readline(LONGEST_HEADER)
    try:
        header = json.loads(line)
        bytes.fromhex(header["salt"])
    except (ValueError, KeyError, TypeError):
        raise VaultError("the backup's header is damaged") from None
    return header, line


def opened(source: BinaryIO, secret: Secret) -> Iterator[bytes]:
    """The clear stream, chunk by chunk. Raises VaultError for another secret, or a file that was changed or cut off."""
    header, line = read_header(source)
    if header["secret"] != secret.kind:
        raise VaultError(f"this backup was made with a {header['secret']}")
    cipher = AESGCM(secret.key(bytes.fromhex(str(header["salt"])), _scrypt(header)))
    number, is_last = 0, False
    while not is_last:
        lead = source.read(5)
        if len(lead) < 5:
            raise VaultError("the backup is cut off")
        length, is_last = struct.unpack(">I?", lead)
        if length > CHUNK + 16:
            raise VaultError("the backup is damaged")
        sealed = source.read(length)
        if len(sealed) < length:
            raise VaultError("the backup is cut off")
        nonce, bound = _place(number, is_last, line)
        try:
            yield cipher.decrypt(nonce, sealed, bound)
        except InvalidTag:
            first = f"the {secret.kind} is not the right one, or the file is damaged"
            raise VaultError("the backup is damaged" if number else first) from None
        number += 1


def _scrypt(header: dict[str, object]) -> dict[str, int]:
    """The cost that the file was made with, within bounds: a forged header must not exhaust the memory."""
    given = header.get("scrypt")
    if not isinstance(given, dict) or not all(isinstance(given.get(name), int) for name in SCRYPT):
        raise VaultError("the backup's header is damaged")
    cost = {name: int(given[name]) for name in SCRYPT}
    if cost["n"] > 2**20 or cost["r"] > 16 or cost["p"] > 4:
        raise VaultError("the backup's header is damaged")
    return cost


def _place(number: int, is_last: bool, header: bytes) -> tuple[bytes, bytes]:
    """A chunk's nonce, never used twice under one salt, and what is authenticated beside it."""
    return struct.pack(">QI", number, int(is_last)), header


class ClearStream(io.RawIOBase):
    """A readable file over the chunks of a backup."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._left = memoryview(b"")

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override] # any buffer
        """Fill the buffer as far as the present chunk goes; 0 at the end."""
        while not self._left:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._left = memoryview(chunk)
        length = min(len(buffer), len(self._left))
        buffer[:length] = self._left[:length]
        self._left = self._left[length:]
        return length
