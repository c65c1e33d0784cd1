"""Billing's home: what somebody has, what happens next and when, and how to change it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from frontdesk.accounts.models import Person
from frontdesk.billing import outlooks
from frontdesk.billing.payments import methods
from frontdesk.billing.providers import registry
from frontdesk.billing.views.common import for_person


@require_safe
@for_person
def home(request: HttpRequest, person: Person) -> HttpResponse:
    """All subscriptions, the cards, the credit, and orders that wait to be paid."""
    context = {
        "outlooks": outlooks.outlooks_of(person),
        "cards": methods.access_methods(person),
        "credit": outlooks.credit_of(person),
        "open_orders": outlooks.open_orders(person),
        "sells": registry.sells(),
    }
    return render(request, "billing/home.html", context)


@require_safe
@for_person
def subscription(request: HttpRequest, person: Person, subscription_id: UUID) -> HttpResponse:
    """One subscription: where mails about it lead."""
    context = {"outlook": outlooks.outlook_of(person, subscription_id), "sells": registry.sells()}
    return render(request, "billing/subscription.html", context)
