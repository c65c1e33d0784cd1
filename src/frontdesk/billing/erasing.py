"""Erasing a customer: what the law makes us keep stays as it was issued, the rest is emptied or belongs to nobody.

Issued invoices and credit notes keep buyer and seller (tax law); orders keep their two proofs of country for the same
reason. Payments, refunds and bookings stay as sums. Subscriptions have ended by then (`subscriptions.ending.leave`).
"""

from django.db.models import Q, QuerySet

from frontdesk.billing.models import (
    BillingDetails,
    Credit,
    Declaration,
    Dispute,
    Invoice,
    Order,
    Payment,
    PaymentMethod,
    ProviderEvent,
    Refund,
    Subscription,
)
from frontdesk.core import clock
from frontdesk.core.personal import Traces

COVERS = (
    "billing.BillingDetails",
    "billing.Credit",
    "billing.Declaration",
    "billing.Dispute",
    "billing.Invoice",
    "billing.Order",
    "billing.Payment",
    "billing.PaymentMethod",
    "billing.ProviderEvent",
    "billing.Refund",
    "billing.Subscription",
)


def erase(traces: Traces) -> None:
    """One person's part of billing, in the order of billing's locks."""
    payments = Payment.objects.filter(person=traces.person)
    methods = PaymentMethod.objects.filter(person=traces.person)
    _forget_events(payments, methods)
    _forget_declarations(traces)
    Order.objects.filter(person=traces.person).update(person=None, email="", zone="UTC")
    Subscription.objects.filter(person=traces.person).update(person=None, method=None, zone="UTC")
    invoices = Invoice.objects.filter(person=traces.person)
    invoices.filter(issued_at=None).update(buyer={})
    invoices.update(person=None)
    Refund.objects.filter(person=traces.person).update(person=None)
    Credit.objects.filter(person=traces.person).update(person=None)
    payments.update(person=None, card_brand="", card_last4="", action_url="", return_url="", cancel_url="")
    _remove_cards(methods)
    BillingDetails.objects.filter(person=traces.person).delete()


def _remove_cards(methods: QuerySet[PaymentMethod]) -> None:
    """The provider hears of it from the worker; it needs its own reference for that, and nothing else."""
    methods.filter(detached_at=None).update(detached_at=clock.now())
    methods.update(
        person=None,
        customer_ref="",
        brand="",
        last4="",
        exp_month=None,
        exp_year=None,
        country="",
        fingerprint="",
        is_default=False,
    )


def _forget_events(payments: QuerySet[Payment], methods: QuerySet[PaymentMethod]) -> None:
    """What providers told us of the person, as it came: it may hold names and addresses."""
    refs = {*payments.exclude(ref="").values_list("ref", flat=True)}
    refs |= {*Refund.objects.filter(payment__in=payments).exclude(ref="").values_list("ref", flat=True)}
    refs |= {*Dispute.objects.filter(payment__in=payments).values_list("ref", flat=True)}
    known = {*methods.values_list("ref", flat=True), *methods.values_list("customer_ref", flat=True)} - {""}
    about = Q(object_ref__in=refs)
    for ref in known:
        about |= Q(raw__contains=ref)
    ProviderEvent.objects.filter(about).update(raw="")


def _forget_declarations(traces: Traces) -> None:
    """One that waits stays with its day and order, so that what was declared is still carried out."""
    theirs = Q(order__person=traces.person) | Q(email__in=traces.addresses)
    Declaration.objects.filter(theirs).update(name="", email="", contract="", note="")
