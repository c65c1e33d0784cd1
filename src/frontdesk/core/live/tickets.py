"""Tickets for streams: a page that may see something gets one for its topic, and the gateway, which knows no sessions,
lets in whoever shows it. A ticket serves once, within a minute; what it opens lasts a quarter of an hour at most.
"""

import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from frontdesk.core import clock
from frontdesk.core.errors import NotFound
from frontdesk.core.grants import GrantForm
from frontdesk.core.live.topics import LONGEST, Topic
from frontdesk.core.models import SpentTicket

LIFETIME = timedelta(seconds=60)
FORM = GrantForm(b"frontdesk stream 1\0", struct.Struct(f">{LONGEST}s16s16sQ16s"))
NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a ticket grants: to hear of a topic. `holder`: whose session asked for it, None for guests."""

    topic: Topic
    holder: UUID | None
    until: datetime
    nonce: UUID


def issue(topic: Topic, *, holder: UUID | None = None) -> str:
    """A ticket for this topic. Whether they may hear of it has been decided by who calls this. Real time."""
    until = int((clock.real_now() + LIFETIME).timestamp())
    key, whose = (topic.key or NOBODY).bytes, (holder or NOBODY).bytes
    return FORM.seal(topic.kind.encode(), key, whose, until, uuid4().bytes)


def read(token: str) -> Ticket:
    """What a ticket grants, were it not spent. Raises NotFound when it was not made here, or its time is over."""
    kind, key, holder, until, nonce = FORM.open(token)
    ends = datetime.fromtimestamp(until, UTC)
    if ends <= clock.real_now():
        raise NotFound
    topic = Topic(kind.rstrip(b"\0").decode(), _known(key))
    return Ticket(topic, _known(holder), ends, UUID(bytes=nonce))


def forget_spent() -> int:
    """Delete the numbers of tickets whose time is over; returns how many. Run by the worker."""
    return SpentTicket.objects.filter(until__lt=clock.real_now() - LIFETIME).delete()[0]


def _known(number: bytes) -> UUID | None:
    found = UUID(bytes=number)
    return None if found == NOBODY else found
