"""The golden vectors that server and SDK share."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from frontdesk_client import jose

CONTRACT = Path(__file__).parents[3] / "contract"


def read(name: str) -> Any:
    """The content of a file of the contract."""
    return json.loads((CONTRACT / name).read_text(encoding="utf-8"))


CODES, KEYSETS, LEASES = read("codes.json"), read("keysets.json"), read("leases.json")
REQUESTS, REPLIES, PROBLEMS = read("requests.json"), read("replies.json"), read("problems.json")

CODE: str = CODES["valid"][0]["code"]
PRODUCT: str = LEASES["product"]
FINGERPRINT: str = LEASES["fingerprint"]
TRUST_ROOT: str = LEASES["trust_root"]
RELEASE_FILE: bytes = REPLIES["release_file"].encode() * 64


def good_reply(endpoint: str) -> dict[str, Any]:
    """The good answer's body of an endpoint, a fresh copy."""
    found = next(reply for reply in REPLIES["good"] if reply["endpoint"] == endpoint)
    copy: dict[str, Any] = json.loads(json.dumps(found["body"]))
    return copy


def problem(code: str) -> dict[str, Any]:
    """The example of a problem: status, headers, body."""
    found: dict[str, Any] = next(item for item in PROBLEMS["problems"] if item["body"]["code"] == code)
    return found


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


START = moment(LEASES["example"]["claims"]["iat"])


class Signer:
    """Signs with one of the contract's keys."""

    def __init__(self, key: dict[str, str]) -> None:
        self.kid = key["kid"]
        self.x = key["x"]
        self._key = Ed25519PrivateKey.from_private_bytes(jose.decode(key["seed"]))

    def sign(self, typ: str, payload: object) -> str:
        """A compact JWS over ``payload``."""
        parts = ({"alg": "EdDSA", "typ": typ, "kid": self.kid}, payload)
        signing_input = ".".join(jose.encode(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
        return f"{signing_input}.{jose.encode(self._key.sign(signing_input.encode()))}"


ROOT = Signer(KEYSETS["root"])
LEASE_KEY = Signer(LEASES["keys"]["lease_1"])
NEXT_LEASE_KEY = Signer(LEASES["keys"]["lease_2"])
RELEASE_KEY = Signer(LEASES["keys"]["release"])


def lease(signer: Signer = LEASE_KEY, **claims: object) -> str:
    """A signed lease: the example's claims with some of them changed; None takes one away."""
    all_claims = LEASES["example"]["claims"] | claims
    return signer.sign("frontdesk-lease+jwt", {name: value for name, value in all_claims.items() if value is not None})
