"""The little of JOSE that is needed: compact JWS with Ed25519, and nothing else.

The algorithm is pinned here; a header can only agree with it. There is no ``none``, no RSA, no HMAC.
"""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_URL_SAFE = re.compile(r"[A-Za-z0-9_-]*")
MAX_JWS = 64 * 1024


class JwsInvalid(ValueError):
    """Not a compact JWS of the wanted type, or not signed by the key."""


@dataclass(frozen=True, slots=True)
class Jws:
    """A parsed, not yet verified, compact JWS."""

    header: Mapping[str, object]
    payload: Mapping[str, object]
    signing_input: bytes
    signature: bytes

    @property
    def key_id(self) -> str:
        return str(self.header["kid"])

    def verify(self, key: Ed25519PublicKey) -> Mapping[str, object]:
        """The payload, if ``key`` signed it; raises ``JwsInvalid`` otherwise."""
        try:
            key.verify(self.signature, self.signing_input)
        except InvalidSignature as error:
            raise JwsInvalid("the signature is wrong") from error
        return self.payload


def encode(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Strict base64url without padding: one text for each value. Raises ``JwsInvalid``."""
    if not _URL_SAFE.fullmatch(text):
        raise JwsInvalid("not base64url")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise JwsInvalid("not base64url") from error
    if encode(data) != text:
        raise JwsInvalid("not base64url in its one form")
    return data


def parse(compact: str, *, typ: str) -> Jws:
    """Take a compact JWS apart and insist on ``EdDSA`` and ``typ``. Raises ``JwsInvalid``."""
    if len(compact) > MAX_JWS:
        raise JwsInvalid("too long")
    parts = compact.split(".")
    if len(parts) != 3:
        raise JwsInvalid("not three parts")
    header, payload = _object(parts[0]), _object(parts[1])
    if header.get("alg") != "EdDSA" or header.get("typ") != typ or "crit" in header:
        raise JwsInvalid("another algorithm or type")
    if not isinstance(header.get("kid"), str):
        raise JwsInvalid("no key id")
    return Jws(header, payload, f"{parts[0]}.{parts[1]}".encode(), decode(parts[2]))


def public_key(raw: str) -> Ed25519PublicKey:
    """The key from its 32 raw bytes in base64url. Raises ``JwsInvalid``."""
    data = decode(raw)
    if len(data) != 32:
        raise JwsInvalid("not an Ed25519 key")
    return Ed25519PublicKey.from_public_bytes(data)


def thumbprint(raw: str) -> str:
    """The RFC 7638 thumbprint of an Ed25519 key given by its ``x``: its key id."""
    canonical = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": raw}, separators=(",", ":"))
    return encode(hashlib.sha256(canonical.encode()).digest())


def _object(part: str) -> Mapping[str, object]:
    try:
        value = json.loads(decode(part))
    except (ValueError, RecursionError) as error:
        raise JwsInvalid("not JSON") from error
    if not isinstance(value, dict):
        raise JwsInvalid("not a JSON object")
    return value
