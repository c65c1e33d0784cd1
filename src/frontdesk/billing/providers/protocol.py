"""What billing asks of a payment provider. Adapters translate; they decide nothing and write none of billing's rows.

No method may be called inside a database transaction: whoever calls writes its intent first, commits, calls, and
settles afterwards (`billing.outside`). All amounts are whole minor units. Every call that moves money takes a `key`:
the same key twice is the same deed, and answers the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Outcome(StrEnum):
    """How a call ended. UNKNOWN: nobody knows whether it took effect; it is fetched before anything is tried again."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REQUIRES_ACTION = "requires_action"
    UNKNOWN = "unknown"


class ObjectKind(StrEnum):
    """What a provider's reference names."""

    PAYMENT = "payment"
    SETUP = "setup"
    REFUND = "refund"
    DISPUTE = "dispute"


class DisputeStatus(StrEnum):
    """How a dispute stands."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class ProviderError(Exception):
    """The provider could not be asked, or said something that is no outcome. Nothing is known to have happened."""


class NotAuthentic(Exception):
    """A webhook that is not signed by the provider, or too old, or from the future."""


@dataclass(frozen=True)
class Capabilities:
    """What a provider can do where they differ."""

    partial_refunds: bool = True


@dataclass(frozen=True)
class CardFacts:
    """A card, as the provider tells of it; `ref` is empty when it was used and not kept.

    `customer_ref`: whom the provider keeps it under; `fingerprint` by what it knows the same card again, whatever its
    reference: empty where it does not.
    """

    ref: str
    customer_ref: str = ""
    brand: str = ""
    last4: str = ""
    exp_month: int | None = None
    exp_year: int | None = None
    country: str = ""
    fingerprint: str = ""


@dataclass(frozen=True)
class Customer:
    """Who pays. `ref` is our number; `provider_ref` the provider's, where it has one already."""

    ref: str
    email: str
    name: str = ""
    provider_ref: str = ""
    language: str = "en"


@dataclass(frozen=True)
class CheckoutRequest:
    """A customer pays one invoice on the provider's page and comes back to `return_url`. The card is kept if `keep`."""

    key: str
    customer: Customer
    amount_minor: int
    currency: str
    description: str
    return_url: str
    cancel_url: str
    keep: bool = True
    statement_text: str = ""


@dataclass(frozen=True)
class SetupRequest:
    """A customer leaves a card on the provider's page, without paying, and comes back to `return_url`.

    The setup's reference is added there: `return_url?setup=REF`. Whose it is stands in its snapshot (`customer`).
    """

    key: str
    customer: Customer
    return_url: str
    cancel_url: str


@dataclass(frozen=True)
class ChargeRequest:
    """Money is taken from a kept card while the customer is away (or, `on_session`, waits for the answer)."""

    key: str
    customer: Customer
    method_ref: str
    amount_minor: int
    currency: str
    description: str
    return_url: str
    on_session: bool = False
    statement_text: str = ""


@dataclass(frozen=True)
class RefundRequest:
    """Money goes back on the card it came from. What can never be refunded (too much, disputed) answers FAILED."""

    key: str
    payment_ref: str
    amount_minor: int
    currency: str


@dataclass(frozen=True)
class Snapshot:
    """An object as the provider has it now.

    `decline` is one of `billing.declines` when FAILED; `action_url` is where the customer goes when REQUIRES_ACTION
    (an address, or a path of this installation, so that mails join it to FRONTDESK_URL); `payment_ref` names the
    payment of a refund or dispute; `dispute` is set for disputes only, and then counts.
    """

    kind: ObjectKind
    ref: str
    outcome: Outcome
    amount_minor: int = 0
    currency: str = ""
    decline: str = ""
    action_url: str = ""
    statement_text: str = ""
    card: CardFacts | None = None
    payment_ref: str = ""
    dispute: DisputeStatus | None = None
    dispute_reason: str = ""
    key: str = ""  # ours, where the provider keeps it with the object
    customer: str = ""  # our number of the customer, likewise


@dataclass(frozen=True)
class Event:
    """What a webhook says happened: which object to look at. `raw` is the event as it came."""

    id: str
    kind: str
    object_kind: ObjectKind
    object_ref: str
    created_at: datetime
    raw: str = field(default="", repr=False)


class Provider(Protocol):
    """One payment provider."""

    name: str
    capabilities: Capabilities

    def start_checkout(self, request: CheckoutRequest) -> Snapshot:
        """A page of the provider's for one payment: REQUIRES_ACTION with its address. Raises ProviderError."""

    def start_setup(self, request: SetupRequest) -> Snapshot:
        """A page of the provider's for leaving a card: REQUIRES_ACTION with its address. Raises ProviderError."""

    def charge(self, request: ChargeRequest) -> Snapshot:
        """Take money from a kept card. UNKNOWN rather than an error once the request may have arrived."""

    def fetch(self, kind: ObjectKind, ref: str) -> Snapshot:
        """The object as it is now. Raises ProviderError, also when there is none."""

    def close(self, ref: str) -> Snapshot:
        """Close a payment that waits for the customer, so that it cannot be paid any more; how it stands then.

        FAILED with `abandoned` when it is closed; SUCCEEDED when the customer was quicker. Raises ProviderError.
        """

    def refund(self, request: RefundRequest) -> Snapshot:
        """Send money back. UNKNOWN rather than an error once the request may have arrived."""

    def detach(self, method_ref: str) -> None:
        """Forget a kept card; one that is gone already is fine. Raises ProviderError."""

    def parse_webhook(self, headers: Mapping[str, str], raw: bytes) -> list[Event]:
        """The events in a webhook's body, after its signature and date were checked. Raises NotAuthentic."""

    def changed_since(self, since: datetime) -> list[tuple[ObjectKind, str]]:
        """Payments, refunds and disputes that changed since (real time), for reconciliation. Raises ProviderError."""
