"""Stripe's objects as its API describes them, with what the adapter reads and some of what it does not."""

import json
from datetime import datetime
from typing import Any

import stripe

from frontdesk.core import clock
from tests.billing.stripe.conftest import SECRET

Object = dict[str, Any]
KEY, WHO = "checkout-1", "0198c2a4-0000-7000-8000-000000000001"
METADATA = {"key": KEY, "customer": WHO}


def card(**values: Any) -> dict[str, Any]:
    facts = {"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2034, "country": "DE", "funding": "credit"}
    return {"object": "payment_method", "id": "pm_1", "type": "card", "customer": "cus_1", "card": facts, **values}


def intent(status: str = "succeeded", **values: Any) -> dict[str, Any]:
    charge = {"object": "charge", "id": "ch_1", "calculated_statement_descriptor": "HALCYON* A1B2C3"}
    whole: Object = {"object": "payment_intent", "id": "pi_1", "status": status, "amount": 4900, "currency": "eur"}
    whole |= {"metadata": METADATA, "payment_method": card(), "latest_charge": charge, "customer": "cus_1"}
    return {**whole, "next_action": None, "last_payment_error": None, **values}


def page(status: str = "open", **values: Any) -> dict[str, Any]:
    whole: Object = {
        "object": "checkout.session",
        "id": "cs_1",
        "status": status,
        "mode": "payment",
        "metadata": METADATA,
    }
    whole |= {"amount_total": 4900, "currency": "eur", "payment_intent": None, "setup_intent": None}
    return {**whole, "url": "https://checkout.stripe.example/c/cs_1" if status == "open" else None, **values}


def setup_page(status: str = "complete", **values: Any) -> dict[str, Any]:
    setup = {"object": "setup_intent", "id": "seti_1", "payment_method": card()}
    whole = page(status, mode="setup", amount_total=None, currency=None, setup_intent=setup)
    return {**whole, **values}


def refund(status: str = "succeeded", **values: Any) -> dict[str, Any]:
    whole: Object = {"object": "refund", "id": "re_1", "status": status, "amount": 4900, "currency": "eur"}
    return {**whole, "payment_intent": "pi_1", "metadata": {"key": "refund-1"}, **values}


def dispute(status: str = "needs_response", **values: Any) -> dict[str, Any]:
    whole: Object = {"object": "dispute", "id": "du_1", "status": status, "amount": 4900, "currency": "eur"}
    return {**whole, "reason": "fraudulent", "charge": "ch_1", "payment_intent": intent(), **values}


def event(kind: str, about: dict[str, Any], **values: Any) -> dict[str, Any]:
    body = {"object": "event", "id": "evt_1", "type": kind, "created": 1_700_000_000, "livemode": False}
    return {**body, "data": {"object": about}, **values}


def signed(raw: bytes, at: datetime | None = None, secret: str = SECRET) -> dict[str, str]:
    """The header that Stripe would send."""
    seconds = int((at or clock.real_now()).timestamp())
    sign = stripe.WebhookSignature.generate_signature_header
    return {"Stripe-Signature": sign(raw.decode(errors="replace"), secret, seconds)}


def raw(kind: str, about: dict[str, Any], **values: Any) -> bytes:
    return json.dumps(event(kind, about, **values)).encode()
