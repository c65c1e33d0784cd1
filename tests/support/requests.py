"""What billing asks of a provider, with values that a test need not spell out."""

from typing import Any

from frontdesk.billing.providers.protocol import (
    ChargeRequest,
    CheckoutRequest,
    Customer,
    RefundRequest,
    SetupRequest,
)

ADA = Customer(ref="0198c2a4-0000-7000-8000-000000000001", email="ada@example.org", name="Ada", language="en")
BEN = Customer(ref="0198c2a4-0000-7000-8000-000000000002", email="ben@example.org", name="Ben", language="de")
BACK = "http://localhost:8000/billing/back/"
AWAY = "http://localhost:8000/billing/away/"


def checkout(key: str = "checkout-1", **values: Any) -> CheckoutRequest:
    """Ada pays 49.00 EUR on the provider's page, and her card is kept."""
    chosen = {"customer": ADA, "amount_minor": 4900, "currency": "EUR", "description": "Halcyon Shield Plus, 1 year"}
    chosen |= {"return_url": BACK, "cancel_url": AWAY, "statement_text": "HALCYON"}
    return CheckoutRequest(key=key, **{**chosen, **values})


def setup(key: str = "setup-1", **values: Any) -> SetupRequest:
    """Ada leaves a card."""
    return SetupRequest(key=key, **{"customer": ADA, "return_url": BACK, "cancel_url": AWAY, **values})


def charge(method_ref: str, key: str = "charge-1", **values: Any) -> ChargeRequest:
    """Ada's kept card is charged 49.00 EUR while she is away."""
    chosen = {"customer": ADA, "amount_minor": 4900, "currency": "EUR", "description": "Renewal", "return_url": BACK}
    return ChargeRequest(key=key, method_ref=method_ref, **{**chosen, **values})


def refund(payment_ref: str, amount_minor: int = 4900, key: str = "refund-1", currency: str = "EUR") -> RefundRequest:
    """Money goes back."""
    return RefundRequest(key=key, payment_ref=payment_ref, amount_minor=amount_minor, currency=currency)
