"""The pinned trust root and the rotating key sets it signs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from frontdesk_client import jose
from frontdesk_client.errors import ConfigurationInvalid, KeysInvalid, KeysRolledBack

ROOT_PREFIX = "fdroot_"
KEY_SET_TYPE = "frontdesk-keys+jwt"
FOR_LEASES = "sig"
FOR_RELEASES = "release"


@dataclass(frozen=True, slots=True)
class TrustRoot:
    """The vendor's public root key, built into the product. The private half is not on any server."""

    raw: str
    key: Ed25519PublicKey

    @classmethod
    def parse(cls, text: str) -> Self:
        """From ``fdroot_…``. Raises ``ConfigurationInvalid``."""
        prefix, raw = text[: len(ROOT_PREFIX)], text[len(ROOT_PREFIX) :]
        try:
            if prefix != ROOT_PREFIX:
                raise jose.JwsInvalid("no prefix")
            return cls(raw, jose.public_key(raw))
        except jose.JwsInvalid as error:
            detail = f"A trust root is {ROOT_PREFIX} and 43 letters, digits, hyphens or underscores."
            raise ConfigurationInvalid(detail) from error

    @property
    def key_id(self) -> str:
        return jose.thumbprint(self.raw)


@dataclass(frozen=True, slots=True)
class KeySet:
    """Keys that the root has vouched for. ``keys`` maps (key id, use) to the key."""

    serial: int
    keys: Mapping[tuple[str, str], Ed25519PublicKey]
    document: Mapping[str, object]

    def find(self, key_id: str, use: str) -> Ed25519PublicKey | None:
        """The key of that id, if the root allows it for that use."""
        return self.keys.get((key_id, use))


def verify_key_set(document: Mapping[str, object], root: TrustRoot, *, lowest_serial: int = 0) -> KeySet:
    """The key set, if ``root`` signed exactly this one and it is not older than ``lowest_serial``.

    Raises ``KeysInvalid`` or ``KeysRolledBack``.
    """
    try:
        signature = jose.parse(str(document.get("signature")), typ=KEY_SET_TYPE)
        if signature.key_id != root.key_id:
            raise jose.JwsInvalid("another root")
        signed = signature.verify(root.key)
        if signed.get("keys") != document.get("keys") or signed.get("serial") != document.get("serial"):
            raise jose.JwsInvalid("the signature is for another key set")
        key_set = _key_set(signed, document)
    except jose.JwsInvalid as error:
        raise KeysInvalid from error
    if key_set.serial < lowest_serial:
        raise KeysRolledBack
    return key_set


def _key_set(signed: Mapping[str, object], document: Mapping[str, object]) -> KeySet:
    serial, entries = signed.get("serial"), signed.get("keys")
    if not isinstance(serial, int) or isinstance(serial, bool) or not isinstance(entries, list):
        raise jose.JwsInvalid("not a key set")
    return KeySet(serial, dict(_key(entry) for entry in entries if _is_usable(entry)), dict(document))


def _is_usable(entry: object) -> bool:
    """Keys of a kind this version does not know are skipped, so that a vendor can add some."""
    return isinstance(entry, dict) and (entry.get("kty"), entry.get("crv"), entry.get("alg")) == (
        "OKP",
        "Ed25519",
        "EdDSA",
    )


def _key(entry: Mapping[str, object]) -> tuple[tuple[str, str], Ed25519PublicKey]:
    raw, key_id, use = (str(entry.get(name)) for name in ("x", "kid", "use"))
    if key_id != jose.thumbprint(raw):
        raise jose.JwsInvalid("a key id that is not the key's")
    return (key_id, use), jose.public_key(raw)
