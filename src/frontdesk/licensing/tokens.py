"""Tokens of activations: `fda_` and base64url of the activation's id (16 bytes) and 24 random bytes.

The database keeps the SHA-256 of the random part only; the id in front makes finding the row a look-up by primary key.
"""

import binascii
import hashlib
import os
from base64 import b64decode, urlsafe_b64encode
from dataclasses import dataclass
from uuid import UUID

from frontdesk.licensing.errors import ActivationUnknown

PREFIX = "fda_"
RANDOM_BYTES = 24
LENGTH = len(PREFIX) + 54


@dataclass(frozen=True, slots=True)
class TokenClaim:
    """What a presented token claims: an activation, and the hash that proves it."""

    activation: UUID
    proof: bytes


def fresh_secret() -> bytes:
    """The random part of a new token."""
    return os.urandom(RANDOM_BYTES)


def proof_of(secret: bytes) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(secret).digest()


def compose(activation: UUID, secret: bytes) -> str:
    """The token to give out."""
    return PREFIX + urlsafe_b64encode(activation.bytes + secret).rstrip(b"=").decode()


def read(token: str) -> TokenClaim:
    """Take a token apart. Raises ActivationUnknown when it cannot be one."""
    if len(token) != LENGTH or not token.startswith(PREFIX):
        raise ActivationUnknown
    try:
        raw = b64decode(token[len(PREFIX) :] + "==", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ActivationUnknown from None
    return TokenClaim(UUID(bytes=raw[:16]), proof_of(raw[16:]))
