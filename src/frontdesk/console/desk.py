"""What the customer's page shows, read with few queries."""

from datetime import datetime
from typing import Any

from django.db.models import Sum

from frontdesk.accounts.models import Person
from frontdesk.billing.models import Credit, Declaration, Invoice, Order, Payment, Subscription
from frontdesk.console.words import PAYMENT_TONES, views_of
from frontdesk.core import clock
from frontdesk.core.money import Money
from frontdesk.licensing import selectors
from frontdesk.licensing.presentation import DeviceView
from frontdesk.licensing.presentation import views_of as license_views

SHOWN = 50  # of each list; more than that nobody reads, and the exports have it


def about(person: Person) -> dict[str, Any]:
    """Who it is, and on which licences and devices."""
    now = clock.now()
    held = selectors.licenses_of(person)
    licenses = [(view, _devices(view.license, now)) for view in license_views(held, now)]
    return {"licenses": licenses, "now": now, "is_frozen": person.is_frozen(now)}


def _devices(license: Any, now: datetime) -> list[DeviceView]:
    return [DeviceView(each, license, now) for each in license.live_devices]


def money_of(person: Person) -> dict[str, Any]:
    """Everything of billing's."""
    payments = payments_of(person)
    subscriptions = Subscription.objects.filter(person=person).select_related(
        "plan_version__plan__product", "next_plan_version__plan__product", "method"
    )
    invoices = Invoice.objects.filter(person=person).select_related("corrects").order_by("-created_at")
    declared = Declaration.objects.filter(order__person=person) | Declaration.objects.filter(email=person.email)
    return {
        "subscriptions": views_of(sorted(subscriptions, key=lambda each: each.ended_at is not None)),
        "orders": list(Order.objects.filter(person=person).select_related("plan_version__plan__product")[:SHOWN]),
        "invoices": list(invoices[:SHOWN]),
        "payments": [(payment, PAYMENT_TONES[Payment.Status(payment.status)]) for payment in payments],
        "refunds": [refund for payment in payments for refund in payment.refunds.all()],
        "disputes": [dispute for payment in payments for dispute in payment.disputes.all()],
        "credits": credit_of(person),
        "declarations": list(declared.select_related("order").distinct()[:SHOWN]),
    }


def payments_of(person: Person) -> list[Payment]:
    """The latest payments with what went back of them."""
    rows = Payment.objects.filter(person=person).select_related("invoice").prefetch_related("refunds", "disputes")
    return list(rows.order_by("-started_at")[:SHOWN])


def credit_of(person: Person) -> list[Money]:
    """What is left of the credit, in each currency."""
    rows = Credit.objects.filter(person=person).values("currency").annotate(left=Sum("amount_minor"))
    return [Money(row["left"], row["currency"]) for row in rows.order_by("currency") if row["left"]]
