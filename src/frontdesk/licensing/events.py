"""What other apps learn of licences. Published inside the transaction that did it, under the licence's lock."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class LicenseEndMoved:
    """The terms of a licence add up to another end than before."""

    license: UUID
    ends_at: datetime


@dataclass(frozen=True)
class LicenseSuspended:
    """A licence was suspended."""

    license: UUID


@dataclass(frozen=True)
class LicenseRestored:
    """A suspended licence works again."""

    license: UUID


@dataclass(frozen=True)
class LicenseHandedOver:
    """A licence has left one account for another."""

    license: UUID
    giver: UUID
    owner: UUID
