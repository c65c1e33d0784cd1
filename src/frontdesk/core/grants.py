"""Tokens that say what they grant, with an HMAC of it: nothing is stored, and nobody else can make one.

Each kind has a purpose of its own, so that a token of one kind never passes for one of another.
"""

import hashlib
import hmac
import struct
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from frontdesk.core.errors import NotFound
from frontdesk.core.signing import b64, unb64

MAC_BYTES = 32


@dataclass(frozen=True)
class GrantForm:
    """A kind of token: what it is for, and the form of its members (of `struct`)."""

    purpose: bytes
    members: struct.Struct

    def seal(self, *members: Any) -> str:
        """The token that grants this."""
        content = self.members.pack(*members)
        return b64(content + self._mac(content))

    def open(self, token: str) -> tuple[Any, ...]:
        """What a token grants. Raises NotFound when it was not made here, or not as it is written."""
        try:
            raw = unb64(token)
        except ValueError:
            raise NotFound from None
        content, mac = raw[:-MAC_BYTES], raw[-MAC_BYTES:]
        is_ours = len(content) == self.members.size and hmac.compare_digest(mac, self._mac(content))
        if not is_ours or b64(raw) != token:
            raise NotFound
        return self.members.unpack(content)

    def _mac(self, content: bytes) -> bytes:
        return hmac.new(settings.SECRETS.token_key.encode(), self.purpose + content, hashlib.sha256).digest()
