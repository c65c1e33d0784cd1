"""Encryption at rest, AES-256-GCM, each purpose under a key of its own derived from the installation's master key.

A sealed value is version (1 byte) + nonce (12) + ciphertext with tag. The context is authenticated with it, so that a
value copied to another row does not open there.
"""

import os
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

VERSION = b"\x01"


class NotOurs(ValueError):
    """The value was not sealed by this installation, for this purpose and context."""


@cache
def derived_key(purpose: str) -> bytes:
    """32 bytes for one purpose, HKDF-SHA-256 (RFC 5869) of the master key."""
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"frontdesk {purpose}".encode())
    return kdf.derive(bytes.fromhex(settings.SECRETS.master_key))


def seal(plain: bytes, *, purpose: str, context: bytes = b"", key: bytes | None = None) -> bytes:
    """Encrypt; `key` overrides the purpose's derived key (a person's own key, say)."""
    nonce = os.urandom(12)
    return (
        VERSION + nonce + AESGCM(key or derived_key(purpose)).encrypt(nonce, plain, purpose.encode() + b"\0" + context)
    )


def unseal(sealed: bytes, *, purpose: str, context: bytes = b"", key: bytes | None = None) -> bytes:
    """Decrypt what `seal` made. Raises NotOurs."""
    if sealed[:1] != VERSION:
        raise NotOurs("unknown version")
    try:
        return AESGCM(key or derived_key(purpose)).decrypt(
            sealed[1:13], sealed[13:], purpose.encode() + b"\0" + context
        )
    except InvalidTag:
        raise NotOurs("not sealed here for this") from None
