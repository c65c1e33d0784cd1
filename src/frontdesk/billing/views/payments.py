"""Every payment: what it was for, how it stands, what can be done."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from frontdesk.accounts.models import Person
from frontdesk.billing import outlooks
from frontdesk.billing.invoices import selectors
from frontdesk.billing.models import Payment
from frontdesk.billing.presentation import PaymentView
from frontdesk.billing.views.common import for_person, leave_for
from frontdesk.core import clock

ON_A_PAGE = 20


@require_safe
@for_person
def history(request: HttpRequest, person: Person) -> HttpResponse:
    """All payments, the newest first."""
    page = Paginator(selectors.access_payments(person), ON_A_PAGE).get_page(request.GET.get("page"))
    now = clock.now()
    context = {"page": page, "payments": [PaymentView(each, now) for each in page]}
    return render(request, "billing/payments.html", context)


@require_safe
@for_person
def payment_page(request: HttpRequest, person: Person, payment_id: UUID) -> HttpResponse:
    """One payment, its refunds and disputes."""
    view = PaymentView(selectors.access_payment(person, payment_id), clock.now())
    context = {
        "view": view,
        "may_refund": view.is_paid and view.refundable.by_customer_at(view.now),
        "next_try": _next_try(view) if view.leads_on else None,
    }
    return render(request, "billing/payment.html", context)


def _next_try(view: PaymentView) -> Payment | None:
    """The try that came after one that brought nothing, where it waits for the customer: mails lead to the old one."""
    number = view.invoice.subscription_id
    found = outlooks.unconfirmed([number]).get(number) if number else None
    return found if found and found.invoice_id == view.invoice.pk else None


@require_POST
@for_person
def confirm(request: HttpRequest, person: Person, payment_id: UUID) -> HttpResponse:
    """On to the bank's page, where a payment is confirmed."""
    payment = selectors.access_payment(person, payment_id)
    if not PaymentView(payment, clock.now()).waits_for_customer:
        return redirect("billing:payment", payment_id)
    return leave_for(request, payment.action_url)
