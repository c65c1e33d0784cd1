"""Invoices and credit notes: listed, shown, printed."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from frontdesk.accounts.models import Person
from frontdesk.billing.invoices import correcting, printing, selectors
from frontdesk.billing.invoices.document import Document
from frontdesk.billing.views.common import acting, for_person

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
    return render(
        request,
        "billing/invoice.html",
        {
            "document": Document(invoice),
            "notes": notes,
            "may_correct": correcting.may_correct(invoice, person),
        },
    )


@require_POST
@for_person
def correct(request: HttpRequest, person: Person, invoice_id: UUID) -> HttpResponse:
    """Put the buyer right by the details as they are now."""
    invoice = selectors.access_invoice(person, invoice_id)
    made = correcting.correct_buyer(actor=acting(person), person=person, invoice=invoice)
    messages.success(request, _("The correction is issued. Keep it together with the invoice."))
    return redirect("billing:invoice", made.pk)


@require_safe
@for_person
def pdf(request: HttpRequest, person: Person, invoice_id: UUID) -> HttpResponse:
    """The same as a file. Nobody but its owner gets it, and no cache keeps it."""
    invoice = selectors.access_invoice(person, invoice_id)
    response = HttpResponse(printing.as_pdf(invoice), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{Document(invoice).file_name}"'
    return response
