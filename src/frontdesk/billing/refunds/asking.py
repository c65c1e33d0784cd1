"""Asking for refunds."""

from dataclasses import dataclass
from datetime import datetime

from frontdesk.accounts.models import Person
from frontdesk.billing.models import Payment, Refund
from frontdesk.core.actors import Actor


@dataclass(frozen=True)
class Refundable:
    """What may go back of a payment: `minor` in all; `until`: till when the customer may take it by themselves."""

    minor: int
    until: datetime
    is_disputed: bool

    def by_customer_at(self, moment: datetime) -> bool:
        """Whether the customer may refund it alone."""
        return self.minor > 0 and not self.is_disputed and moment < self.until


def refundable(payment: Payment) -> Refundable:
    """What may go back. `minor`: paid − refunds not failed − disputes open or lost."""
    raise NotImplementedError


def refund(
    *,
    actor: Actor,
    payment: Payment,
    amount_minor: int,
    cause: Refund.Cause,
    takes_back: bool,
    key: str,
    reason: str = "",
) -> Refund:
    """Refund: the intent row under the payment's lock, the provider's call, the settlement. Same key, same refund.

    A customer refunds the whole payment within the policy, while the account is not frozen; an agent up to the limit.
    Raises RefundNotPossible, RefundTooLate, RefundNeedsManager, AccountFrozen, ReasonMissing. Outside transactions.
    """
    raise NotImplementedError


def withdrawable(person: Person) -> list[Payment]:
    """The payments that a person may withdraw from now."""
    raise NotImplementedError
