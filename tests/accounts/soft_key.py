"""A passkey in software, for tests below the browser. It does as it is told, also what a real one never would."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

PRESENT, VERIFIED, HAS_KEY = 0x01, 0x04, 0x40


@dataclass
class SoftKey:
    """One credential of one person at one origin."""

    origin: str
    person: UUID
    rp_id: str = ""
    verified: bool = True
    counter: int = 0
    key_id: bytes = b"soft key 01"
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, challenge: str) -> str:
        """The answer to a request for a new passkey."""
        public = ES256.from_cryptography_key(self._public())  # type: ignore[no-untyped-call] # fido2 has half its types
        key = AttestedCredentialData.create(b"\0" * 16, self.key_id, public)
        attested = AttestationObject.create("none", self._data(HAS_KEY, key), {})
        response = {"clientDataJSON": self._client("create", challenge), "attestationObject": _text(bytes(attested))}
        return self._answer(response)

    def show(self, challenge: str) -> str:
        """The answer to a request to show it."""
        self.counter += 1
        data, client = bytes(self._data(0)), self._client_bytes("get", challenge)
        signature = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {"clientDataJSON": _text(client), "authenticatorData": _text(data), "signature": _text(signature)}
        return self._answer(response | {"userHandle": _text(self.person.bytes)})

    def _public(self) -> ec.EllipticCurvePublicKey:
        return self.private.public_key()

    def _data(self, flags: int, key: AttestedCredentialData | None = None) -> AuthenticatorData:
        host = self.rp_id or self.origin.split("://")[1].split(":")[0]
        flags |= PRESENT | (VERIFIED if self.verified else 0)
        hashed, flag = hashlib.sha256(host.encode()).digest(), AuthenticatorData.FLAG(flags)
        return AuthenticatorData(AuthenticatorData.create(hashed, flag, self.counter, bytes(key or b"")))

    def _client_bytes(self, kind: str, challenge: str) -> bytes:
        said = {"type": f"webauthn.{kind}", "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _client(self, kind: str, challenge: str) -> str:
        return _text(self._client_bytes(kind, challenge))

    def _answer(self, response: dict[str, Any]) -> str:
        own = {"id": _text(self.key_id), "rawId": _text(self.key_id), "type": "public-key"}
        return json.dumps({**own, "clientExtensionResults": {"credProps": {"rk": True}}, "response": response})


def _text(data: bytes) -> str:
    return str(websafe_encode(data))
