"""Stripe as billing sees it.

A payment by page is known by its Checkout session (`cs_…`) until it is paid, then by the payment intent behind it
(`pi_…`); either may be fetched, closed and refunded, and both carry our key.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings

from frontdesk.billing.providers.protocol import (
    Capabilities,
    ChargeRequest,
    CheckoutRequest,
    Customer,
    Event,
    ObjectKind,
    Outcome,
    ProviderError,
    RefundRequest,
    SetupRequest,
    Snapshot,
)
from frontdesk.billing.providers.stripe import asked, client, refusals, snapshots, webhooks

SESSION = "cs_"
WHOLE_SESSION = ["payment_intent.latest_charge", "payment_intent.payment_method", "setup_intent.payment_method"]


class Stripe:
    """A Stripe account."""

    name = "stripe"
    capabilities = Capabilities()

    def __init__(self, *, key: str, secrets: Sequence[str], base: str = "") -> None:
        self._carrier = client.transport()
        self._api = client.connect(key=key, base=base, carrier=self._carrier).v1
        self._secrets = secrets

    @classmethod
    def from_settings(cls) -> "Stripe":
        """The account that the settings name."""
        chosen = settings.STRIPE
        return cls(key=chosen["key"], secrets=chosen["webhook_secrets"], base=chosen["base"])

    def start_checkout(self, request: CheckoutRequest) -> Snapshot:
        """A hosted page for one payment."""
        params = asked.checkout(request, self._customer(request.customer))
        session = client.asking(lambda: self._api.checkout.sessions.create(params, asked.once(request.key)))
        return snapshots.of_session(session)

    def start_setup(self, request: SetupRequest) -> Snapshot:
        """A hosted page for leaving a card."""
        params = asked.setup(request, self._customer(request.customer))
        session = client.asking(lambda: self._api.checkout.sessions.create(params, asked.once(request.key)))
        return snapshots.of_session(session)

    def charge(self, request: ChargeRequest) -> Snapshot:
        """Take money from a kept card. Where the bank wants the customer, Stripe's page for that is opened at once."""
        params: Any = asked.charge(request)
        try:
            intent = client.moving_money(lambda: self._api.payment_intents.create(params, asked.once(request.key)))
        except client.MayHaveArrived:
            return _unknown(request)
        except client.Refused as refusal:
            return self._refused(request, refusal)
        if intent["status"] == "succeeded":
            return snapshots.of_intent(intent)
        return self._answered(request, intent["id"])

    def fetch(self, kind: ObjectKind, ref: str) -> Snapshot:
        """The object as it is now."""
        if kind == ObjectKind.REFUND:
            return snapshots.of_refund(client.asking(lambda: self._api.refunds.retrieve(ref)))
        if kind == ObjectKind.DISPUTE:
            whole: Any = {"expand": ["payment_intent"]}
            return snapshots.of_dispute(client.asking(lambda: self._api.disputes.retrieve(ref, whole)))
        if kind == ObjectKind.SETUP or ref.startswith(SESSION):
            return snapshots.of_session(self._session(ref))
        intent = self._intent(ref)
        if snapshots.is_unfinished_page(intent) and (session := self._session_of(ref)):
            return snapshots.of_session(session)
        return snapshots.of_intent(intent)

    def close(self, ref: str) -> Snapshot:
        """Let nobody pay there any more; what is paid already stays."""
        try:
            if ref.startswith(SESSION):
                client.moving_money(lambda: self._api.checkout.sessions.expire(ref))
            else:
                client.moving_money(lambda: self._api.payment_intents.cancel(ref))
        except client.MayHaveArrived:
            raise ProviderError("no answer") from None
        except client.Refused:
            pass  # it is paid, or closed already: the next line says which
        return self.fetch(ObjectKind.PAYMENT, ref)

    def refund(self, request: RefundRequest) -> Snapshot:
        """Send money back."""
        blank = Snapshot(
            ObjectKind.REFUND,
            "",
            Outcome.UNKNOWN,
            request.amount_minor,
            request.currency,
            payment_ref=request.payment_ref,
            key=request.key,
        )
        params: Any = asked.refund(request, self._intent_ref(request.payment_ref))
        try:
            made = client.moving_money(lambda: self._api.refunds.create(params, asked.once(request.key)))
            return snapshots.of_refund(made)
        except client.MayHaveArrived:
            return blank
        except client.Refused as refusal:
            return _no_refund(blank, refusal)

    def detach(self, method_ref: str) -> None:
        """Forget a kept card; Stripe refuses to forget one twice, which is fine."""
        try:
            client.moving_money(lambda: self._api.payment_methods.detach(method_ref))
        except client.MayHaveArrived:
            raise ProviderError("no answer") from None
        except client.Refused:
            pass

    def parse_webhook(self, headers: Mapping[str, str], raw: bytes) -> list[Event]:
        """The event in a webhook's body. Raises NotAuthentic."""
        return webhooks.parse(headers, raw, self._secrets)

    def changed_since(self, since: datetime) -> list[tuple[ObjectKind, str]]:
        """What Stripe's own list of events speaks of; it goes back 30 days."""
        found: dict[tuple[ObjectKind, str], None] = {}
        params: dict[str, Any] = {"created": {"gte": int(since.timestamp())}, "limit": 100}
        while True:
            page = client.asking(lambda: self._api.events.list(params))  # type: ignore[arg-type]  # noqa: B023
            events = [event for body in page["data"] if (event := webhooks.of_event(body))]
            found |= dict.fromkeys((event.object_kind, event.object_ref) for event in events)
            if not page.get("has_more"):
                break
            params = params | {"starting_after": page["data"][-1]["id"]}
        return [each for each in found if each[0] != ObjectKind.SETUP]

    # --- Inside ---------------------------------------------------------------------------------------------------
    def _answered(self, request: ChargeRequest, ref: str) -> Snapshot:
        """How a charge stands now: a repeated call is answered with what was said at the first time."""
        try:
            snapshot = snapshots.of_intent(self._intent(ref))
            if snapshot.decline == "authentication_required":
                snapshot = self._bring_back(request, ref)
            if snapshot.outcome is Outcome.REQUIRES_ACTION and not snapshot.action_url:
                return self._give_up(ref)
        except ProviderError:
            return replace(_unknown(request), ref=ref)
        return snapshot

    def _refused(self, request: ChargeRequest, refusal: client.Refused) -> Snapshot:
        """The bank's word, or a mistake in what was asked, which a person has to look at."""
        intent = refusal.error.get("payment_intent") or {}
        if refusal.is_card and intent.get("id"):
            return self._answered(request, intent["id"])
        decline = refusals.decline_of(refusal.error)
        if refusal.error.get("param") == "payment_method":
            decline = "mandate_revoked"
        elif not refusal.is_card and decline == "declined":
            raise ProviderError(f"Stripe did not understand: {refusal}")
        return replace(_unknown(request), outcome=Outcome.FAILED, decline=decline)

    def _bring_back(self, request: ChargeRequest, ref: str) -> Snapshot:
        """Confirm as if the customer were here, so that Stripe makes a page where they confirm with their bank."""
        params: Any = asked.confirmation(request)
        key = asked.once(f"{request.key}:confirm")
        with suppress(client.MayHaveArrived, client.Refused):  # what became of it is asked next
            client.moving_money(lambda: self._api.payment_intents.confirm(ref, params, key))
        return snapshots.of_intent(self._intent(ref))

    def _give_up(self, ref: str) -> Snapshot:
        """Nobody can be sent anywhere to confirm: it must not go through later, and the customer pays on the page."""
        closed = self.close(ref)
        if closed.outcome is not Outcome.FAILED:
            return closed
        return replace(closed, decline="authentication_required")

    def _intent(self, ref: str) -> dict[str, Any]:
        whole: Any = {"expand": asked.WHOLE_INTENT}
        return client.asking(lambda: self._api.payment_intents.retrieve(ref, whole))

    def _session(self, ref: str) -> dict[str, Any]:
        whole: Any = {"expand": WHOLE_SESSION}
        return client.asking(lambda: self._api.checkout.sessions.retrieve(ref, whole))

    def _session_of(self, intent: str) -> dict[str, Any] | None:
        params: Any = {"payment_intent": intent, "limit": 1}
        found = client.asking(lambda: self._api.checkout.sessions.list(params))["data"]
        return self._session(found[0]["id"]) if found else None

    def _intent_ref(self, payment_ref: str) -> str:
        """The intent of a payment that is known by its page. Raises ProviderError when it was never paid."""
        if not payment_ref.startswith(SESSION):
            return payment_ref
        found = snapshots.of_session(self._session(payment_ref)).ref
        if found.startswith(SESSION):
            raise ProviderError("the page was never paid")
        return found

    def _customer(self, customer: Customer) -> str:
        """Stripe's number of a customer: known, found by address, or made."""
        if customer.provider_ref:
            return str(customer.provider_ref)
        if customer.email:
            search: Any = {"email": customer.email, "limit": 100}
            for each in client.asking(lambda: self._api.customers.list(search))["data"]:
                if (each.get("metadata") or {}).get("customer") == customer.ref:
                    return str(each["id"])
        params: Any = asked.customer(customer)
        key = asked.once(asked.customer_key(customer))
        return str(client.asking(lambda: self._api.customers.create(params, key))["id"])


def _unknown(request: ChargeRequest) -> Snapshot:
    """A charge of which nothing was heard."""
    return Snapshot(ObjectKind.PAYMENT, "", Outcome.UNKNOWN, request.amount_minor, request.currency, key=request.key)


def _no_refund(blank: Snapshot, refusal: client.Refused) -> Snapshot:
    """A refund that can never be made has failed; everything else is a mistake to be looked at."""
    error = refusal.error
    if error.get("code") in refusals.NO_REFUND or error.get("param") == "amount":
        return replace(blank, outcome=Outcome.FAILED, decline="declined")
    raise ProviderError(f"Stripe did not understand: {refusal}")
