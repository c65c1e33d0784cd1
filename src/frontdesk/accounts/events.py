"""What happens to accounts that other apps react to, in the same transaction (core.events)."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class PersonLeaves:
    """Somebody is about to be erased: apps lock their rows of theirs here, since those come before a person's row."""

    person: UUID


@dataclass(frozen=True)
class StaffLeft:
    """Somebody is no longer on the staff: what they had in hand needs another."""

    person: UUID


@dataclass(frozen=True)
class PersonSecured:
    """Somebody's account was secured: whatever was about to leave it stays."""

    person: UUID
