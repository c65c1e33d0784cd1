"""Rows of billing for tests of what is read and shown; what happens to money is tested by the verbs themselves."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from frontdesk.accounts.models import Person
from frontdesk.billing.models import ChargeNotice, Invoice, Order, Payment, PaymentMethod, Purpose, Subscription
from frontdesk.catalog.models import PlanVersion
from frontdesk.core import clock
from tests.support.shop import plan_version

SELLER = {"name": "Halcyon Software", "address": "1 Kingfisher Lane; 10115 Berlin", "vat_id": "DE000000000"}


def card(person: Person, **values: Any) -> PaymentMethod:
    """A kept card."""
    facts = {"brand": "Visa", "last4": "4242", "exp_month": 12, "exp_year": 2030} | values
    facts = {"provider": "sandbox", "ref": uuid4().hex} | facts
    return PaymentMethod.objects.create(person=person, created_at=clock.now(), **facts)


def order(person: Person, version: PlanVersion | None = None, **values: Any) -> Order:
    """An order over 39.95 EUR with 19 % tax."""
    now = clock.now()
    facts = {
        "reference": uuid4().hex[:11],
        "email": person.email,
        "purpose": Purpose.NEW,
        "plan_version": version or plan_version(),
        "currency": "EUR",
        "list_minor": 3995,
        "due_minor": 3995,
        "renewal_minor": 4495,
        "tax_rate": 1900,
        "tax_country": "DE",
        "proof_given": "DE",
        "zone": "Europe/Berlin",
        "key": uuid4(),
        "placed_at": now,
        "expires_at": now + timedelta(hours=1),
    }
    return Order.objects.create(person=person, **(facts | values))


def subscription(person: Person, version: PlanVersion | None = None, **values: Any) -> Subscription:
    """A subscription with one paid term, in Berlin."""
    now = clock.now()
    facts = {
        "license": uuid4(),
        "plan_version": version or plan_version(),
        "currency": "EUR",
        "tax_country": "DE",
        "zone": "Europe/Berlin",
        "anchor": now,
        "paid_periods": 1,
        "charge_at": now + timedelta(days=365),
        "created_at": now,
    }
    return Subscription.objects.create(person=person, **(facts | values))


def notice(of: Subscription, **values: Any) -> ChargeNotice:
    """A price notice over 44.95 EUR for the coming charge."""
    facts = {
        "period_anchor": of.anchor,
        "period_number": of.paid_periods,
        "amount_minor": 4495,
        "currency": of.currency,
        "charge_at": of.charge_at,
        "created_at": clock.now(),
    }
    return ChargeNotice.objects.create(subscription=of, **(facts | values))


def invoice(of: Order, **values: Any) -> Invoice:
    """The order's paid and issued invoice."""
    now = clock.now()
    facts = {
        "number": f"INV-2026-{uuid4().int % 100000:05}",
        "purpose": of.purpose,
        "currency": of.currency,
        "gross_minor": 3995,
        "net_minor": 3357,
        "tax_minor": 638,
        "tax_rate": 1900,
        "tax_country": "DE",
        "lines": [{"text": f"{of.plan_version.plan}, 12 months", "minor": 3995}],
        "buyer": {"name": "Ada Lovelace", "email": of.email},
        "seller": SELLER,
        "created_at": now,
        "issued_at": now,
        "paid_at": now,
    }
    return Invoice.objects.create(person=of.person, order=of, **(facts | values))


def payment(of: Invoice, **values: Any) -> Payment:
    """The payment that settled an invoice."""
    now = clock.now()
    facts = {
        "provider": "sandbox",
        "ref": uuid4().hex,
        "key": uuid4().hex,
        "attempt": 1,
        "amount_minor": of.due_minor,
        "currency": of.currency,
        "status": Payment.Status.SUCCEEDED,
        "statement_text": "HALCYON* SHIELD",
        "card_brand": "Visa",
        "card_last4": "4242",
        "started_at": now,
        "settled_at": now,
    }
    return Payment.objects.create(invoice=of, person=of.person, **(facts | values))
