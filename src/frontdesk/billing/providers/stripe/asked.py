"""What is said to Stripe. Built from the request alone, so that a repeated call says the same again under its key.

Optional parameters are sent only when they are set.
"""

import hashlib
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from frontdesk.billing.providers.protocol import ChargeRequest, CheckoutRequest, Customer, RefundRequest, SetupRequest
from frontdesk.billing.providers.stripe.amounts import to_stripe
from frontdesk.billing.providers.stripe.snapshots import ON_PAGE

WHOLE_INTENT = ["latest_charge", "payment_method"]  # what else we want to see of a payment intent
SUFFIX_LENGTH = 10  # with the account's own prefix of at most ten and what joins them, 22 in all


def once(key: str) -> Any:
    """The options of a call that is one deed, however often it is made."""
    return {"idempotency_key": key}


def checkout(request: CheckoutRequest, customer: str) -> Any:
    """A hosted page for one payment by card."""
    amount = to_stripe(request.amount_minor, request.currency)
    metadata = _metadata(request.key, request.customer) | {"flow": ON_PAGE}
    intent: dict[str, Any] = {"metadata": metadata, **_optional(request.description, request.statement_text)}
    if request.keep:
        intent["setup_future_usage"] = "off_session"
    price = {
        "currency": request.currency.lower(),
        "unit_amount": amount,
        "product_data": {"name": request.description or settings.FRONTDESK_BRAND["name"]},
    }
    return {
        "mode": "payment",
        "customer": customer,
        "payment_method_types": ["card"],
        "line_items": [{"quantity": 1, "price_data": price}],
        "success_url": request.return_url,
        "cancel_url": request.cancel_url,
        "metadata": metadata,
        "payment_intent_data": intent,
    }


def setup(request: SetupRequest, customer: str) -> Any:
    """A hosted page for leaving a card; Stripe fills its reference into the way back."""
    joint = "&" if urlsplit(request.return_url).query else "?"
    metadata = _metadata(request.key, request.customer)
    return {
        "mode": "setup",
        "customer": customer,
        "payment_method_types": ["card"],
        "success_url": f"{request.return_url}{joint}setup={{CHECKOUT_SESSION_ID}}",
        "cancel_url": request.cancel_url,
        "metadata": metadata,
        "setup_intent_data": {"metadata": metadata},
    }


def charge(request: ChargeRequest) -> dict[str, Any]:
    """A charge of a kept card. With the customer here, the bank may ask them at once."""
    params: dict[str, Any] = {
        "amount": to_stripe(request.amount_minor, request.currency),
        "currency": request.currency.lower(),
        "customer": request.customer.provider_ref,
        "payment_method": request.method_ref,
        "payment_method_types": ["card"],
        "confirm": True,
        "expand": WHOLE_INTENT,
        "metadata": _metadata(request.key, request.customer),
        **_optional(request.description, request.statement_text),
    }
    if request.on_session:
        return params | {"return_url": _way_back(request)}
    return params | {"off_session": True}


def confirmation(request: ChargeRequest) -> dict[str, Any]:
    """The same charge once more, with a customer who will come back."""
    return {"payment_method": request.method_ref, "return_url": _way_back(request)}


def refund(request: RefundRequest, intent: str) -> dict[str, Any]:
    """A refund of a part or all."""
    return {
        "payment_intent": intent,
        "amount": to_stripe(request.amount_minor, request.currency),
        "metadata": {"key": request.key},
    }


def customer(who: Customer) -> dict[str, Any]:
    """A customer; our number goes along, so that they are found again."""
    params: dict[str, Any] = {"metadata": {"customer": who.ref}}
    params |= {name: value for name, value in (("email", who.email), ("name", who.name)) if value}
    return params


def customer_key(who: Customer) -> str:
    """The key of making a customer: another as soon as anything that is said about them changes."""
    return f"customer-{hashlib.sha256(repr((who.ref, who.email, who.name)).encode()).hexdigest()[:40]}"


def suffix(statement_text: str) -> str:
    """What follows the account's own name on the bank statement: the last word, where that is a reference.

    The name stands before it anyway, and Stripe takes no suffix without a letter.
    """
    name, _, last = statement_text.rpartition(" ")
    plain = "".join(sign for sign in last if sign.isascii() and sign.isalnum())[:SUFFIX_LENGTH]
    return plain if name and any(sign.isalpha() for sign in plain) else ""


def _metadata(key: str, who: Customer) -> dict[str, str]:
    return {"key": key, "customer": who.ref}


def _optional(description: str, statement_text: str) -> dict[str, str]:
    values = {"description": description, "statement_descriptor_suffix": suffix(statement_text)}
    return {name: value for name, value in values.items() if value}


def _way_back(request: ChargeRequest) -> str:
    return request.return_url or settings.FRONTDESK_URL
