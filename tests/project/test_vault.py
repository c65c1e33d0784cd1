"""The container of backups: nothing can be read, changed, left out, reordered or cut off unnoticed."""

import io
import os
import struct
from pathlib import Path

import pytest

from frontdesk.project import vault
from frontdesk.project.vault import CHUNK, ClearStream, Sealer, Secret, VaultError, opened


@pytest.fixture
def secret(tmp_path: Path) -> Secret:
    (tmp_path / "key").write_bytes(bytes(range(64)))
    return Secret(key_file=tmp_path / "key")


def sealed(clear: bytes, secret: Secret) -> bytes:
    target = io.BytesIO()
    sealer = Sealer(target, secret, {"version": "1"})
    for start in range(0, len(clear), 700_001):
        assert sealer.write(clear[start : start + 700_001])
    sealer.finish()
    return target.getvalue()


def opening(content: bytes, secret: Secret) -> bytes:
    return b"".join(opened(io.BytesIO(content), secret))


def parts(content: bytes) -> tuple[bytes, list[bytes]]:
    """The header, and the chunks with their leads."""
    end = content.index(b"\n", len(vault.MAGIC)) + 1
    head, rest, chunks = content[:end], content[end:], []
    while rest:
        (length,) = struct.unpack(">I", rest[:4])
        chunks.append(rest[: 5 + length])
        rest = rest[5 + length :]
    return head, chunks


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_goes_in_comes_out(secret: Secret, size: int) -> None:
    clear = os.urandom(size)
    content = sealed(clear, secret)
    assert opening(content, secret) == clear
    assert size < 100 or clear[:100] not in content


def test_it_reads_like_a_file(secret: Secret) -> None:
    clear = os.urandom(2 * CHUNK + 5)
    stream = io.BufferedReader(ClearStream(opened(io.BytesIO(sealed(clear, secret)), secret)))
    assert stream.read(10) + stream.read() == clear


def test_a_passphrase_opens_it_and_another_one_does_not() -> None:
    content = sealed(b"secret matter", Secret(passphrase="correct horse battery"))
    assert opening(content, Secret(passphrase="correct horse battery")) == b"secret matter"
    with pytest.raises(VaultError, match="not the right one"):
        opening(content, Secret(passphrase="wrong horse battery"))


def test_another_kind_of_secret_is_named(secret: Secret) -> None:
    with pytest.raises(VaultError, match="made with a key file"):
        opening(sealed(b"x", secret), Secret(passphrase="correct horse battery"))


def test_a_changed_byte_anywhere_is_found(secret: Secret) -> None:
    content = sealed(os.urandom(CHUNK + 10), secret)
    head, _chunks = parts(content)
    for place in (len(vault.MAGIC) + 3, len(head) + 4, len(head) + 50, len(content) - 1):
        broken = bytearray(content)
        broken[place] ^= 1
        with pytest.raises(VaultError):
            opening(bytes(broken), secret)


@pytest.mark.parametrize("order", [[0], [0, 1], [0, 2], [1, 0, 2], [0, 0, 1, 2], [2]])
def test_chunks_left_out_or_in_another_order_are_found(secret: Secret, order: list[int]) -> None:
    head, chunks = parts(sealed(os.urandom(2 * CHUNK + 10), secret))
    with pytest.raises(VaultError):
        opening(head + b"".join(chunks[number] for number in order), secret)


def test_a_file_cut_off_at_any_place_is_found(secret: Secret) -> None:
    content = sealed(os.urandom(3000), secret)
    for length in (0, 5, len(vault.MAGIC) + 5, len(content) - 3000, len(content) - 1):
        with pytest.raises(VaultError):
            opening(content[:length], secret)


def test_a_forged_header_cannot_exhaust_the_memory(secret: Secret) -> None:
    content = sealed(b"x", secret).replace(b'"n": 131072', b'"n": 99999999999')
    with pytest.raises(VaultError, match="header"):
        opening(content, secret)


def test_weak_secrets_are_refused(tmp_path: Path) -> None:
    (tmp_path / "short").write_bytes(b"x" * 31)
    with pytest.raises(VaultError, match="shorter"):
        Secret(key_file=tmp_path / "short")
    with pytest.raises(VaultError, match="shorter"):
        Secret(passphrase="hunter2")
    with pytest.raises(VaultError, match="cannot be read"):
        Secret(key_file=tmp_path / "missing")
