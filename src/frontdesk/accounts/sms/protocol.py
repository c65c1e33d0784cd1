"""What an adapter is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


class SmsFailed(Exception):
    """The provider did not take the message. Says neither number nor text."""


@dataclass(frozen=True)
class Sms:
    """One message: the key names it (a repeated one is the same), `to` is E.164."""

    key: UUID
    to: str
    text: str
    expires_at: datetime


class Sender(Protocol):
    """Hands an SMS to whoever carries it."""

    def send(self, message: Sms) -> None:
        """Returns once it is taken. Raises SmsFailed."""
