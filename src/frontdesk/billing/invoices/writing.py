"""Writing invoices. All of these run in the caller's transaction."""

from frontdesk.billing.amounts import Amount
from frontdesk.billing.models import Invoice, Order, Refund, Subscription
from frontdesk.core.actors import Actor


def open_for_order(order: Order) -> Invoice:
    """The order's open invoice, made once."""
    raise NotImplementedError


def open_for_period(subscription: Subscription, amount: Amount) -> Invoice:
    """The open invoice for the subscription's coming period, made once; the customer's credit is used."""
    raise NotImplementedError


def issue(invoice: Invoice) -> None:
    """Give a paid invoice its number, with buyer and seller as they are now. Under the series' lock: no gap."""
    raise NotImplementedError


def void(*, actor: Actor, invoice: Invoice, reason: str = "") -> None:
    """Give an open invoice up; credit used on it comes back. Raises NotPayable, PaymentUnderWay, ReasonMissing."""
    raise NotImplementedError


def credit_note(refund: Refund) -> Invoice:
    """A numbered credit note for money that went back, its tax in proportion; the sum of several never exceeds it."""
    raise NotImplementedError
