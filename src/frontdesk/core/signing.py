"""Ed25519 signatures: rotating keys, published as key sets that a trust root signs.

The trust root is made once, kept off the server, and signs key sets only. Shapes: JWS compact serialization with
EdDSA (RFC 7515, RFC 8037), key ids are RFC 7638 thumbprints.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.db import transaction

from frontdesk.core import clock, encryption
from frontdesk.core.models import KeySet, SigningKey

ROOT_PREFIX = "fdroot_"
PURPOSES = ("lease", "release")
PRIVATE = "signing key"
Json = dict[str, Any]


class NoKeys(RuntimeError):
    """No key set was made yet: run `frontdesk keys rotate` with the trust root."""


class WrongRoot(ValueError):
    """The file holds no Ed25519 key, or another root than the installation's."""


def b64(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """The inverse of `b64`. Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def thumbprint(public: bytes) -> str:
    """RFC 7638 thumbprint of an Ed25519 public key."""
    canonical = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": b64(public)}, separators=(",", ":"), sort_keys=True)
    return b64(hashlib.sha256(canonical.encode()).digest())


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    """The 32 raw bytes of the public half."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


@dataclass(frozen=True)
class Signer:
    """A key ready to sign."""

    kid: str
    key: Ed25519PrivateKey

    def jws(self, payload: Json, *, typ: str) -> str:
        """Compact JWS of the payload."""
        header = {"alg": "EdDSA", "typ": typ, "kid": self.kid}
        signed = ".".join(b64(json.dumps(part, separators=(",", ":")).encode()) for part in (header, payload))
        return f"{signed}.{b64(self.key.sign(signed.encode()))}"


def verify_jws(token: str, public: bytes, *, typ: str) -> Json:
    """The payload of a compact JWS. Raises ValueError when it is not signed by this key or of another type."""
    head, body, signature = token.split(".")
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(unb64(signature), f"{head}.{body}".encode())
    except InvalidSignature:
        raise ValueError("bad signature") from None
    header: Json = json.loads(unb64(head))
    if header.get("alg") != "EdDSA" or header.get("typ") != typ:
        raise ValueError("unexpected header")
    payload: Json = json.loads(unb64(body))
    return payload


def new_root() -> tuple[bytes, str]:
    """A new trust root: its PEM file's content (keep it off the server) and the string to give the SDK."""
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem, ROOT_PREFIX + b64(public_bytes(key))


def load_root(pem: bytes) -> Signer:
    """The trust root from its PEM file. Raises WrongRoot."""
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError):
        raise WrongRoot("not a key file") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise WrongRoot("not an Ed25519 key")
    return Signer(thumbprint(public_bytes(key)), key)


@transaction.atomic
def rotate(*, root: Signer, purposes: tuple[str, ...] = PURPOSES) -> KeySet:
    """Make new keys for the purposes and publish a key set with them and the ones still trusted.

    Older keys of a purpose stay in the set (their leases are still in use) but sign nothing any more; the two newest
    retired ones of each purpose are kept. Raises WrongRoot when the installation has another root.
    """
    newest = KeySet.objects.select_for_update().order_by("-serial").first()
    if newest and bytes(newest.root) != public_bytes(root.key):
        raise WrongRoot("this installation has another trust root")
    now = clock.real_now()
    for purpose in purposes:
        SigningKey.objects.filter(purpose=purpose, retired_at=None).update(retired_at=now)
        key = Ed25519PrivateKey.generate()
        kid = thumbprint(public_bytes(key))
        raw = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        SigningKey.objects.create(
            kid=kid,
            purpose=purpose,
            public=public_bytes(key),
            sealed_private=encryption.seal(raw, purpose=PRIVATE, context=kid.encode()),
            created_at=now,
        )
    keys = [_jwk(key) for purpose in PURPOSES for key in _trusted(purpose)]
    serial = newest.serial + 1 if newest else 1
    content = {"keys": keys, "serial": serial}
    document = {**content, "signature": root.jws(content, typ="frontdesk-keys+jwt")}
    return KeySet.objects.create(serial=serial, root=public_bytes(root.key), document=document, created_at=now)


def _trusted(purpose: str) -> list[SigningKey]:
    return list(SigningKey.objects.filter(purpose=purpose).order_by("-created_at")[:3])


def _jwk(key: SigningKey) -> Json:
    use = "sig" if key.purpose == "lease" else "release"
    return {"kty": "OKP", "crv": "Ed25519", "kid": key.kid, "x": b64(bytes(key.public)), "use": use, "alg": "EdDSA"}


def signer(purpose: str) -> Signer:
    """The key that signs now. Raises NoKeys."""
    row = SigningKey.objects.filter(purpose=purpose, retired_at=None).order_by("-created_at").first()
    if row is None:
        raise NoKeys(purpose)
    raw = encryption.unseal(bytes(row.sealed_private), purpose=PRIVATE, context=row.kid.encode())
    return Signer(row.kid, Ed25519PrivateKey.from_private_bytes(raw))


def key_set() -> Json:
    """The newest published key set. Raises NoKeys."""
    newest = KeySet.objects.order_by("-serial").first()
    if newest is None:
        raise NoKeys("none published")
    document: Json = newest.document
    return document


def trust_root() -> str:
    """The string that the SDK pins. Raises NoKeys."""
    newest = KeySet.objects.order_by("-serial").first()
    if newest is None:
        raise NoKeys("none published")
    return ROOT_PREFIX + b64(bytes(newest.root))
