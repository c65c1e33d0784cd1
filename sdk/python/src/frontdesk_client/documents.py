"""Reading the server's JSON: typed values, or ``ServerAnswerInvalid`` naming what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from frontdesk_client.errors import ServerAnswerInvalid


def text(document: Mapping[str, object], name: str) -> str:
    """A member that must be text."""
    value = document.get(name)
    if not isinstance(value, str):
        raise ServerAnswerInvalid(f"Its member {name!r} is not text.")
    return value


def whole(document: Mapping[str, object], name: str) -> int:
    """A member that must be a whole number."""
    value = document.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ServerAnswerInvalid(f"Its member {name!r} is not a whole number.")
    return value


def member(document: Mapping[str, object], name: str) -> dict[str, object]:
    """A member that must be an object."""
    value = document.get(name)
    if not isinstance(value, dict):
        raise ServerAnswerInvalid(f"Its member {name!r} is not an object.")
    return value


def moment(document: Mapping[str, object], name: str) -> datetime:
    """A member that must be a moment with a time zone (RFC 3339)."""
    try:
        value = datetime.fromisoformat(text(document, name))
    except ValueError as error:
        raise ServerAnswerInvalid(f"Its member {name!r} is not a moment.") from error
    if value.tzinfo is None:
        raise ServerAnswerInvalid(f"Its member {name!r} has no time zone.")
    return value


@dataclass(frozen=True, slots=True)
class License:
    """The licence as the server last told it. ``status``: active, grace, expired, suspended or refunded."""

    id: str
    product: str
    plan: str
    status: str
    starts_at: datetime
    expires_at: datetime
    device_limit: int
    devices_used: int

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> Self:
        """Raises ``ServerAnswerInvalid``."""
        return cls(
            id=text(document, "id"),
            product=text(document, "product"),
            plan=text(document, "plan"),
            status=text(document, "status"),
            starts_at=moment(document, "starts_at"),
            expires_at=moment(document, "expires_at"),
            device_limit=whole(document, "device_limit"),
            devices_used=whole(document, "devices_used"),
        )
