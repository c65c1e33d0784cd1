"""The bank's rows as snapshots."""

from urllib.parse import urlencode

from django.urls import reverse

from frontdesk.billing import declines
from frontdesk.billing.declines import Decline
from frontdesk.billing.providers.protocol import CardFacts, DisputeStatus, ObjectKind, Outcome, Snapshot
from frontdesk.billing.providers.sandbox.cards import BRAND
from frontdesk.billing.providers.sandbox.models import Dispute, Intent, Refund
from frontdesk.core import clock

OUTCOMES = {
    Intent.Status.OPEN: Outcome.REQUIRES_ACTION,
    Intent.Status.CONFIRMING: Outcome.REQUIRES_ACTION,
    Intent.Status.SUCCEEDED: Outcome.SUCCEEDED,
    Intent.Status.FAILED: Outcome.FAILED,
}


def of_intent(intent: Intent, *, hides_ref: bool = False) -> Snapshot:
    """A payment or a setup. While its answer is lost it is unknown, and who first asked has no reference either."""
    now = clock.now()
    is_silent = bool(intent.silent_until and now < intent.silent_until)
    outcome, decline = OUTCOMES[Intent.Status(intent.status)], intent.decline
    if intent.status in Intent.WAITING and not intent.is_waiting_at(now):
        outcome, decline = Outcome.FAILED, "abandoned"
    if is_silent:
        outcome = Outcome.UNKNOWN
    return Snapshot(
        kind=ObjectKind(intent.kind),
        ref="" if is_silent and hides_ref else intent.ref,
        outcome=outcome,
        amount_minor=intent.amount_minor,
        currency=intent.currency,
        decline=decline if outcome is Outcome.FAILED else "",
        action_url=page_of(intent) if outcome is Outcome.REQUIRES_ACTION else "",
        statement_text=intent.statement_text,
        card=_card(intent),
        key=intent.key,
        customer=intent.customer,
    )


def of_refund(refund: Refund) -> Snapshot:
    """A refund; it is decided at once."""
    return Snapshot(
        kind=ObjectKind.REFUND,
        ref=refund.ref,
        outcome=Outcome.SUCCEEDED if refund.has_succeeded else Outcome.FAILED,
        amount_minor=refund.amount_minor,
        currency=refund.intent.currency,
        decline="" if refund.has_succeeded else "declined",
        payment_ref=refund.intent.ref,
        key=refund.key,
        customer=refund.intent.customer,
    )


def of_dispute(dispute: Dispute) -> Snapshot:
    """A dispute."""
    return Snapshot(
        kind=ObjectKind.DISPUTE,
        ref=dispute.ref,
        outcome=Outcome.SUCCEEDED,
        amount_minor=dispute.amount_minor,
        currency=dispute.intent.currency,
        payment_ref=dispute.intent.ref,
        dispute=DisputeStatus(dispute.status),
        dispute_reason=dispute.reason,
        customer=dispute.intent.customer,
    )


def page_of(intent: Intent) -> str:
    """Where the customer goes: the page for a card, or straight to the confirmation of a kept one."""
    return reverse("sandbox:page" if intent.has_page else "sandbox:confirmation", args=[intent.ref])


def way_back(intent: Intent) -> str:
    """Where the customer comes out; of a setup the reference goes along."""
    if intent.kind == Intent.Kind.PAYMENT:
        return intent.return_url
    joint = "&" if "?" in intent.return_url else "?"
    return f"{intent.return_url}{joint}{urlencode({'setup': intent.ref})}"


def _card(intent: Intent) -> CardFacts | None:
    card = intent.card
    if card is None or intent.status != Intent.Status.SUCCEEDED:
        return None
    return CardFacts(
        ref=card.ref if card.is_kept else "",
        customer_ref=card.customer_ref,
        brand=BRAND,
        last4=card.last4,
        exp_month=card.exp_month,
        exp_year=card.exp_year,
        fingerprint=card.code,  # each has one number
    )


def decline_of(intent: Intent) -> Decline:
    """Why the last try failed, in words."""
    return declines.of(intent.decline)
