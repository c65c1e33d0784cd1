"""Who does something. core knows people by uuid only."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    """What kind of being acts."""

    CUSTOMER = "customer"
    STAFF = "staff"
    DEVICE = "device"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """The one who acts, with the reason that staff must give. `person` is the person's uuid, None for the others."""

    kind: ActorKind
    person: UUID | None = None
    reason: str = ""

    @classmethod
    def customer(cls, person: UUID) -> "Actor":
        """A customer, acting on what is theirs."""
        return cls(ActorKind.CUSTOMER, person)

    @classmethod
    def staff(cls, person: UUID, reason: str) -> "Actor":
        """A member of staff; raises ValueError without a reason, since every such action is explained in the audit."""
        if not reason.strip():
            raise ValueError("staff actions need a reason")
        return cls(ActorKind.STAFF, person, reason.strip())

    @classmethod
    def system(cls, reason: str = "") -> "Actor":
        """The installation itself: sweeps, commands, reactions."""
        return cls(ActorKind.SYSTEM, None, reason)
