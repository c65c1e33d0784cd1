"""The sandbox as billing sees it: a provider like any other."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.db import transaction

from frontdesk.billing.providers.protocol import (
    Capabilities,
    ChargeRequest,
    CheckoutRequest,
    Customer,
    Event,
    ObjectKind,
    ProviderError,
    RefundRequest,
    SetupRequest,
    Snapshot,
)
from frontdesk.billing.providers.sandbox import bank, events, money_back, snapshots, webhooks
from frontdesk.billing.providers.sandbox.models import Card, Dispute, IdempotencyKey, Intent, Refund
from frontdesk.core import clock

SLOW_SECONDS = 4.0
Kind = Intent.Kind


class Sandbox:
    """The test bank."""

    name = "sandbox"
    capabilities = Capabilities()

    def start_checkout(self, request: CheckoutRequest) -> Snapshot:
        """A page of the bank's for one payment."""
        asked = ["checkout", request.customer.ref, request.amount_minor, request.currency, request.keep]
        with transaction.atomic(durable=True):
            ref, _ = _once(request.key, asked, lambda: _checkout(request).ref)
        return self.fetch(ObjectKind.PAYMENT, ref)

    def start_setup(self, request: SetupRequest) -> Snapshot:
        """A page of the bank's for leaving a card."""
        with transaction.atomic(durable=True):
            ref, _ = _once(request.key, ["setup", request.customer.ref], lambda: _setup(request).ref)
        return self.fetch(ObjectKind.SETUP, ref)

    def charge(self, request: ChargeRequest) -> Snapshot:
        """Take money from a kept card. An answer that is lost has no reference either."""
        asked = ["charge", request.customer.ref, request.method_ref, request.amount_minor, request.currency]
        with transaction.atomic(durable=True):
            ref, is_new = _once(request.key, asked, lambda: _charge(request).ref)
        intent = Intent.objects.select_related("card").get(ref=ref)
        if intent.card and intent.card.script.is_slow and is_new:
            time.sleep(SLOW_SECONDS)
        return snapshots.of_intent(intent, hides_ref=is_new)

    def fetch(self, kind: ObjectKind, ref: str) -> Snapshot:
        """The object as it is now. Raises ProviderError when there is none."""
        try:
            if kind == ObjectKind.REFUND:
                return snapshots.of_refund(Refund.objects.select_related("intent").get(ref=ref))
            if kind == ObjectKind.DISPUTE:
                return snapshots.of_dispute(Dispute.objects.select_related("intent").get(ref=ref))
            return snapshots.of_intent(Intent.objects.select_related("card").get(kind=kind.value, ref=ref))
        except (Intent.DoesNotExist, Refund.DoesNotExist, Dispute.DoesNotExist):
            raise ProviderError(f"the sandbox has no such {kind.value}") from None

    def close(self, ref: str) -> Snapshot:
        """Give up a payment that waits for the customer. Raises ProviderError when there is none."""
        try:
            bank.close(ref=ref)
        except Intent.DoesNotExist:
            raise ProviderError("the sandbox has no such payment") from None
        return self.fetch(ObjectKind.PAYMENT, ref)

    def refund(self, request: RefundRequest) -> Snapshot:
        """Send money back, as far as there is any left. Raises ProviderError for an unknown payment."""
        asked = ["refund", request.payment_ref, request.amount_minor, request.currency]
        with transaction.atomic(durable=True):
            intent = Intent.objects.select_for_update().filter(ref=request.payment_ref, kind=Kind.PAYMENT).first()
            if intent is None or intent.currency != request.currency:
                raise ProviderError("the sandbox has no such payment in this currency")
            made, _ = _once(request.key, asked, lambda: _refund(intent, request).ref)
        return self.fetch(ObjectKind.REFUND, made)

    def detach(self, method_ref: str) -> None:
        """Forget a kept card."""
        bank.detach(ref=method_ref)

    def parse_webhook(self, headers: Mapping[str, str], raw: bytes) -> list[Event]:
        """The event in a webhook's body. Raises NotAuthentic."""
        return webhooks.parse(headers, raw)

    def changed_since(self, since: datetime) -> list[tuple[ObjectKind, str]]:
        """What has changed since (real time); what is still silent has not."""
        changed = {
            ObjectKind.PAYMENT: Intent.objects.filter(kind=Kind.PAYMENT),
            ObjectKind.REFUND: Refund.objects.all(),
            ObjectKind.DISPUTE: Dispute.objects.all(),
        }
        return [
            (kind, ref)
            for kind, rows in changed.items()
            for ref in rows.filter(touched_at__gte=since).order_by("touched_at").values_list("ref", flat=True)
        ]


def _once(key: str, asked: list[object], deed: Callable[[], str]) -> tuple[str, bool]:
    """What came of a key's first use, and whether this is it; a second caller waits for the first.

    Raises ProviderError when the key was used for something else.
    """
    digest = hashlib.sha256(json.dumps(asked).encode()).hexdigest()
    row, is_new = IdempotencyKey.objects.get_or_create(key=key, defaults={"digest": digest, "ref": ""})
    if row.digest != digest:
        raise ProviderError("this idempotency key was used for something else")
    if is_new:
        row.ref = deed()
        row.save(update_fields=["ref"])
    return row.ref, is_new


def _customer_ref(customer: Customer) -> str:
    return customer.provider_ref or f"sbx_cus_{hashlib.sha256(customer.ref.encode()).hexdigest()[:24]}"


def _intent(customer: Customer, kind: Intent.Kind, key: str, stays: timedelta) -> Intent:
    now = clock.now()
    return Intent(
        ref=events.new_ref("pay" if kind == Kind.PAYMENT else "set"),
        key=key,
        kind=kind,
        customer=customer.ref,
        customer_ref=_customer_ref(customer),
        created_at=now,
        expires_at=now + stays,
        touched_at=clock.real_now(),
    )


def _checkout(request: CheckoutRequest) -> Intent:
    intent = _intent(request.customer, Kind.PAYMENT, request.key, bank.PAGE_OPEN)
    intent.has_page, intent.keeps_card = True, request.keep
    intent.amount_minor, intent.currency = _positive(request.amount_minor), request.currency
    intent.description, intent.statement_text = request.description[:200], request.statement_text[:40]
    intent.return_url, intent.cancel_url = request.return_url, request.cancel_url
    intent.save()
    return intent


def _setup(request: SetupRequest) -> Intent:
    intent = _intent(request.customer, Kind.SETUP, request.key, bank.PAGE_OPEN)
    intent.has_page = intent.keeps_card = True
    intent.return_url, intent.cancel_url = request.return_url, request.cancel_url
    intent.save()
    return intent


def _charge(request: ChargeRequest) -> Intent:
    intent = _intent(request.customer, Kind.PAYMENT, request.key, bank.CONFIRM_OPEN)
    card = Card.objects.select_for_update().filter(ref=request.method_ref, customer_ref=intent.customer_ref).first()
    if card is None:
        raise ProviderError("the sandbox has no such card for this customer")
    intent.card, intent.keeps_card = card, True
    intent.amount_minor, intent.currency = _positive(request.amount_minor), request.currency
    intent.description, intent.statement_text = request.description[:200], request.statement_text[:40]
    intent.return_url = request.return_url
    verdict = bank.kept(card, on_session=request.on_session, moment=clock.now())
    card.charges += 1
    card.save(update_fields=["charges"])
    bank.settle(intent, verdict)
    return intent


def _refund(intent: Intent, request: RefundRequest) -> Refund:
    amount = _positive(request.amount_minor)
    return money_back.refund(intent=intent, key=request.key, amount_minor=amount)


def _positive(amount_minor: int) -> int:
    """Raises ProviderError for nothing or less."""
    if amount_minor <= 0:
        raise ProviderError("the sandbox takes positive amounts only")
    return amount_minor
