"""Reading invoices and payments."""

from uuid import UUID

from django.db.models import Q, QuerySet

from frontdesk.accounts.models import Person
from frontdesk.billing.models import Invoice, Payment
from frontdesk.core.errors import NotFound

_OWNERS = ("order__plan_version__plan__product", "subscription__plan_version__plan__product")


def access_invoices(person: Person) -> QuerySet[Invoice]:
    """A person's issued invoices and credit notes, newest first."""
    issued = Invoice.objects.filter(person=person, number__isnull=False)
    return issued.select_related(*_OWNERS, "corrects").order_by("-issued_at", "-number")


def access_invoice(person: Person, invoice_id: UUID) -> Invoice:
    """One of them. Raises NotFound."""
    found = access_invoices(person).filter(pk=invoice_id).first()
    if found is None:
        raise NotFound
    return found


def access_payments(person: Person) -> QuerySet[Payment]:
    """A person's payments with invoice, refunds and disputes, newest first; tries that were abandoned are left out."""
    unfinished = Q(status=Payment.Status.REQUIRES_ACTION, method=None)  # the provider's page of an order, still open
    abandoned = Q(status=Payment.Status.CANCELED) | Q(status=Payment.Status.FAILED, decline="abandoned")
    return _payments(person).exclude(unfinished | abandoned)


def access_payment(person: Person, payment_id: UUID) -> Payment:
    """One of a person's payments, whatever became of it. Raises NotFound."""
    found = _payments(person).filter(pk=payment_id).first()
    if found is None:
        raise NotFound
    return found


def _payments(person: Person) -> QuerySet[Payment]:
    rows = Payment.objects.filter(person=person)
    rows = rows.select_related("method", *(f"invoice__{owner}" for owner in _OWNERS))
    return rows.prefetch_related("refunds__credit_note", "disputes")
