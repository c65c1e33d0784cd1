"""Withdrawing and canceling without signing in, and asking about a charge that one does not recognise."""

from uuid import UUID

from frontdesk.billing.models import Declaration, DeclarationKind
from frontdesk.core.actors import Actor


def declare(*, kind: DeclarationKind, name: str, email: str, contract: str, note: str = "") -> Declaration:
    """Record a declaration and mail its receipt at once to the address that was typed.

    If `contract` (an order's reference, an invoice's number) belongs to that address, the mail to the order's own
    address carries the link that carries it out. The page answers alike in all cases.
    """
    raise NotImplementedError


def find(token: str) -> Declaration:
    """The declaration a mailed link is for. Raises DeclarationGone."""
    raise NotImplementedError


def carry_out(*, actor: Actor, declaration: UUID) -> Declaration:
    """Do what was declared, as of its date: refund and take back, or switch the renewal off. Safe to repeat.

    Raises RefundNotPossible, RefundTooLate (by the date of the declaration). Outside transactions.
    """
    raise NotImplementedError


def dismiss(*, actor: Actor, declaration: UUID, reason: str = "") -> None:
    """Agent: there is nothing to carry out. Raises ReasonMissing."""
    raise NotImplementedError


def explain_charge(*, last4: str, amount: str, day: str) -> None:
    """Asked by who does not recognise a charge: mails what it was, and the way to a refund, if all three match.

    The mail goes to the order's address.

    `amount` as typed ("39.95", "39,95"), `day` as an ISO date; one day off either way is forgiven (banks book late).
    Never says whether anything was found.
    """
    raise NotImplementedError
