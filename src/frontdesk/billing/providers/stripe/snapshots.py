"""Stripe's objects (as plain dictionaries) as snapshots. Our key and the customer's number travel in the metadata."""

from collections.abc import Mapping
from typing import Any

from frontdesk.billing.providers.protocol import (
    CardFacts,
    DisputeStatus,
    ObjectKind,
    Outcome,
    ProviderError,
    Snapshot,
)
from frontdesk.billing.providers.stripe.amounts import from_stripe
from frontdesk.billing.providers.stripe.refusals import decline_of

Object = Mapping[str, Any]
ON_PAGE = "page"  # metadata["flow"] of what is paid on a hosted page
REFUNDS = {"succeeded": Outcome.SUCCEEDED, "failed": Outcome.FAILED, "canceled": Outcome.FAILED}
DISPUTES = {
    "needs_response": DisputeStatus.OPEN,
    "under_review": DisputeStatus.OPEN,
    "won": DisputeStatus.WON,
    "lost": DisputeStatus.LOST,
}
# What an intent is when it is neither paid nor waits for the customer: `processing` and `requires_capture` are open.
ENDED = frozenset({"requires_payment_method", "requires_confirmation", "canceled"})


def of_intent(intent: Object) -> Snapshot:
    """A payment intent, with `latest_charge` and `payment_method` in full."""
    outcome, address, decline = _outcome(intent)
    charge = intent.get("latest_charge")
    statement = charge.get("calculated_statement_descriptor") if isinstance(charge, Mapping) else ""
    metadata = _metadata(intent)
    return Snapshot(
        kind=ObjectKind.PAYMENT,
        ref=intent["id"],
        outcome=outcome,
        amount_minor=_minor(intent, "amount"),
        currency=_currency(intent),
        decline=decline,
        action_url=address,
        statement_text=statement or "",
        card=card_of(intent.get("payment_method")) if outcome is Outcome.SUCCEEDED else None,
        key=metadata.get("key", ""),
        customer=metadata.get("customer", ""),
    )


def is_unfinished_page(intent: Object) -> bool:
    """Whether an intent belongs to a hosted page where the customer may still try another card."""
    return _metadata(intent).get("flow") == ON_PAGE and intent["status"] not in ("succeeded", "processing")


def of_session(session: Object) -> Snapshot:
    """A hosted page, with what was done there in full: once it is complete, the intent behind it speaks."""
    intent = session.get("payment_intent")
    if session["status"] == "complete" and isinstance(intent, Mapping):
        return of_intent(intent)
    is_setup = session["mode"] == "setup"
    setup = session.get("setup_intent")
    outcome = {"open": Outcome.REQUIRES_ACTION, "expired": Outcome.FAILED}.get(session["status"], Outcome.UNKNOWN)
    card = None
    if is_setup and session["status"] == "complete" and isinstance(setup, Mapping):
        outcome, card = Outcome.SUCCEEDED, card_of(setup.get("payment_method"))
    metadata = _metadata(session)
    return Snapshot(
        kind=ObjectKind.SETUP if is_setup else ObjectKind.PAYMENT,
        ref=session["id"],
        outcome=outcome,
        amount_minor=0 if is_setup else _minor(session, "amount_total"),
        currency="" if is_setup else _currency(session),
        decline="abandoned" if outcome is Outcome.FAILED else "",
        action_url=session.get("url") or "" if outcome is Outcome.REQUIRES_ACTION else "",
        card=card,
        key=metadata.get("key", ""),
        customer=metadata.get("customer", ""),
    )


def of_refund(refund: Object) -> Snapshot:
    """A refund; one that is on its way is unknown."""
    outcome = REFUNDS.get(refund["status"], Outcome.UNKNOWN)
    metadata = _metadata(refund)
    return Snapshot(
        kind=ObjectKind.REFUND,
        ref=refund["id"],
        outcome=outcome,
        amount_minor=_minor(refund, "amount"),
        currency=_currency(refund),
        decline="declined" if outcome is Outcome.FAILED else "",
        payment_ref=_id(refund.get("payment_intent")),
        key=metadata.get("key", ""),
        customer=metadata.get("customer", ""),
    )


def of_dispute(dispute: Object) -> Snapshot:
    """A dispute, with its payment intent in full. Raises ProviderError for an inquiry, which holds no money back."""
    status = DISPUTES.get(dispute["status"])
    if status is None:
        raise ProviderError("an inquiry of the bank, no dispute")
    intent = dispute.get("payment_intent")
    metadata = _metadata(intent) if isinstance(intent, Mapping) else {}
    return Snapshot(
        kind=ObjectKind.DISPUTE,
        ref=dispute["id"],
        outcome=Outcome.SUCCEEDED,
        amount_minor=_minor(dispute, "amount"),
        currency=_currency(dispute),
        payment_ref=_id(intent),
        dispute=status,
        dispute_reason=str(dispute.get("reason") or "")[:60],
        customer=metadata.get("customer", ""),
    )


def card_of(method: Any) -> CardFacts | None:
    """A payment method's card; its reference only where Stripe keeps it for a customer."""
    if not isinstance(method, Mapping) or not isinstance(method.get("card"), Mapping):
        return None
    card, customer = method["card"], _id(method.get("customer"))
    return CardFacts(
        ref=method["id"] if customer else "",
        customer_ref=customer,
        brand=str(card.get("display_brand") or card.get("brand") or "")[:30],
        last4=str(card.get("last4") or ""),
        exp_month=card.get("exp_month"),
        exp_year=card.get("exp_year"),
        country=str(card.get("country") or "")[:2],
        fingerprint=str(card.get("fingerprint") or "")[:80],
    )


def _outcome(intent: Object) -> tuple[Outcome, str, str]:
    """Outcome, address and decline."""
    status = intent["status"]
    if status == "succeeded":
        return Outcome.SUCCEEDED, "", ""
    if status == "requires_action":
        redirect = (intent.get("next_action") or {}).get("redirect_to_url") or {}
        return Outcome.REQUIRES_ACTION, redirect.get("url") or "", ""
    if status in ENDED:
        error = intent.get("last_payment_error")
        return Outcome.FAILED, "", decline_of(error) if error and status != "canceled" else "abandoned"
    return Outcome.UNKNOWN, "", ""


def _metadata(item: Object) -> dict[str, str]:
    return dict(item.get("metadata") or {})


def _currency(item: Object) -> str:
    return str(item["currency"]).upper()


def _minor(item: Object, name: str) -> int:
    return from_stripe(int(item[name]), _currency(item))


def _id(item: Any) -> str:
    """The id of an object that is given by it or in full."""
    return str(item["id"] if isinstance(item, Mapping) else item or "")
