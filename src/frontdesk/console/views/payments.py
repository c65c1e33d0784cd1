"""A payment, explained, and the papers about it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from frontdesk.accounts.access import require_role
from frontdesk.accounts.roles import Role
from frontdesk.billing.invoices import printing
from frontdesk.billing.invoices.document import Document
from frontdesk.billing.models import Invoice, Payment
from frontdesk.billing.refunds import asking
from frontdesk.console.story import story_of
from frontdesk.console.views.common import looked
from frontdesk.console.words import PAYMENT_TONES, difference_of
from frontdesk.core.errors import NotFound


def found_payment(payment_id: UUID) -> Payment:
    """A payment with its invoice and what belongs to it. Raises NotFound."""
    rows = Payment.objects.select_related(
        "person", "method", "invoice__order__plan_version__plan__product", "invoice__subscription__method",
        "invoice__subscription__plan_version__plan__product", "invoice__subscription__next_plan_version__plan__product",
    )  # fmt: skip
    payment = rows.filter(pk=payment_id).first()
    if payment is None:
        raise NotFound
    return payment


@require_safe
@require_role(Role.BILLING_AGENT)
def explain(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """What led to it, what came of it, what comes next."""
    payment = found_payment(payment_id)
    looked(request, "payment", [payment.person_id])
    context = {
        "payment": payment,
        "tone": PAYMENT_TONES[Payment.Status(payment.status)],
        "story": story_of(payment),
        "difference": difference_of(payment) if payment.is_set_aside else "",
        "notes": payment.invoice.credit_notes.order_by("issued_at"),
        "owed": [each for each in payment.refunds.order_by("requested_at") if each.is_owed],
        "can_refund": payment.status == Payment.Status.SUCCEEDED and asking.refundable(payment).minor > 0,
    }
    return render(request, "console/payment.html", context)


@require_safe
@require_role(Role.BILLING_AGENT)
def paper(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    """An invoice or a credit note as its customer has it, as a file. Raises NotFound for one that was never issued."""
    invoice = Invoice.objects.filter(pk=invoice_id, issued_at__isnull=False).first()
    if invoice is None:
        raise NotFound
    looked(request, "invoice", [invoice.person_id])
    response = HttpResponse(printing.as_pdf(invoice), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{Document(invoice).file_name}"'
    return response
