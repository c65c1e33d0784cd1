"""Where else than to a conversation a mail may go: apps above this one say which mails are theirs.

A mail comes to them behind all that keeps programs, lists, our own mails and blocked senders away, with its quotes
split off. What they make of it is one of the named verdicts: POSTED, REFUSED (they told the sender why), or REVIEW,
where a person looks at it. Whatever they write happens in the mail's own transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from frontdesk.support.tickets.mail.incoming.reading.shapes import Read
from frontdesk.support.tickets.models import Verdict

TOKEN, REFERENCE = "token", "reference"


@dataclass(frozen=True)
class Fate:
    """A verdict with its reason, a code of `details.DETAILS`, perhaps with what was recognised behind ": "."""

    verdict: Verdict
    detail: str


@dataclass(frozen=True)
class Place:
    """What a mail is for: whose address it came to (`key`, which only the destination understands), found `by` the
    token in the address or only by a reference to one of the mails that went out."""

    destination: "Destination"
    key: UUID
    by: str


class Destination(Protocol):
    """Another reader of mails."""

    name: str

    def find(self, tokens: Sequence[str], references: Sequence[str]) -> Place | None:
        """What these reply tokens, or else these Message-IDs, stand for."""

    def knows(self, internet_id: str) -> bool:
        """Whether a mail of this Message-ID was sent from here: one of ours that came back."""

    def judge(self, place: Place, read: Read, authentication: str) -> Fate:
        """What is to become of the mail. Only looks. By a reference alone nothing becomes public: such a mail came to
        our own address, and may be meant for us alone. With `details.FOR_COMMUNITY` a person may choose."""

    def carry_out(self, place: Place, read: Read, *, mail: UUID) -> Fate:
        """Do it, in the caller's transaction; what it came to. `mail` is the same however often this is tried."""

    def bounced(self, originals: Sequence[str]) -> None:
        """Mails with these Message-IDs could not be delivered; of strangers' ids nothing is to be believed."""


_destinations: dict[str, Destination] = {}


def register(destination: Destination) -> None:
    """Ask this one as well, from AppConfig.ready() on. Raises ValueError when the name is another's."""
    if _destinations.setdefault(destination.name, destination) is not destination:
        raise ValueError(f"two destinations are called {destination.name}")


def find(tokens: Sequence[str], references: Sequence[str]) -> Place | None:
    """The place that a mail is for; tokens count before references."""
    for given in ((tokens, ()), ((), references)):
        for each in _destinations.values():
            if any(given) and (place := each.find(*given)):
                return place
    return None


def know(internet_id: str) -> bool:
    """Whether one of them sent a mail of this Message-ID."""
    return any(each.knows(internet_id) for each in _destinations.values())


def bounced(originals: Sequence[str]) -> None:
    """Tell all of them which mails came back."""
    for each in _destinations.values():
        each.bounced(originals)
