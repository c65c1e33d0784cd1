"""Passes to the tickets of a chat's stream: sealed addresses that let hear that there is news, and nothing of it."""

import struct
from datetime import UTC, datetime, timedelta
from uuid import UUID

from frontdesk.core import clock
from frontdesk.core.errors import NotFound
from frontdesk.core.grants import GrantForm

LASTS = timedelta(hours=12)
FORM = GrantForm(b"frontdesk chat pass 1\0", struct.Struct(">16sQ"))


def issue(chat: UUID) -> str:
    """A pass for whoever may see this chat, which has been decided by who calls this. Real time."""
    return FORM.seal(chat.bytes, int((clock.real_now() + LASTS).timestamp()))


def read(token: str) -> UUID:
    """The chat that a pass is for. Raises NotFound when it was not made here, or its time is over."""
    number, until = FORM.open(token)
    if datetime.fromtimestamp(until, UTC) <= clock.real_now():
        raise NotFound
    return UUID(bytes=number)
