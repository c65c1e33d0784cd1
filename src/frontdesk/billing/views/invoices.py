"""Invoices and credit notes: listed, shown, printed."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from frontdesk.accounts.models import Person
from frontdesk.billing.invoices import printing, selectors
from frontdesk.billing.invoices.document import Document
from frontdesk.billing.views.common import for_person

ON_A_PAGE = 20


@require_safe
@for_person
def invoice_list(request: HttpRequest, person: Person) -> HttpResponse:
    """All that were issued, the newest first."""
    page = Paginator(selectors.access_invoices(person), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "billing/invoices.html", {"page": page, "documents": [Document(each) for each in page]})


@require_safe
@for_person
def invoice_page(request: HttpRequest, person: Person, invoice_id: UUID) -> HttpResponse:
    """One of them, as it was issued; good to print."""
    invoice = selectors.access_invoice(person, invoice_id)
    notes = [Document(each) for each in invoice.credit_notes.order_by("issued_at")]
    return render(request, "billing/invoice.html", {"document": Document(invoice), "notes": notes})


@require_safe
@for_person
def pdf(request: HttpRequest, person: Person, invoice_id: UUID) -> HttpResponse:
    """The same as a file. Nobody but its owner gets it, and no cache keeps it."""
    invoice = selectors.access_invoice(person, invoice_id)
    response = HttpResponse(printing.as_pdf(invoice), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{Document(invoice).file_name}"'
    return response
