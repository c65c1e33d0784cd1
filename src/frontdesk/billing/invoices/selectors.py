"""Reading invoices and payments."""

from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from frontdesk.accounts.models import Person
from frontdesk.billing.models import Dispute, Invoice, InvoiceKind, Payment, Purpose, Refund
from frontdesk.core.errors import NotFound

PARTS = {Purpose.UPGRADE, Purpose.DEVICES}
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


def is_handed_over(invoice: Invoice) -> bool:
    """Whether the licence that it paid for is in other hands than its payer's."""
    held = invoice.subscription or (invoice.order.subscription if invoice.order else None)
    return held is not None and held.handed_over_at is not None


def has_later_term(invoice: Invoice) -> bool:
    """Whether a term was paid on top of this upgrade (these devices), and has not gone back or is about to."""
    if invoice.purpose not in PARTS or invoice.paid_at is None or invoice.subscription_id is None:
        return False
    later = Invoice.objects.filter(
        subscription=invoice.subscription_id,
        kind=InvoiceKind.INVOICE,
        purpose=Purpose.RENEWAL,
        paid_at__gt=invoice.paid_at,
    )
    refunds = Refund.objects.filter(payment__invoice=OuterRef("pk"), takes_back=True)
    lost = Dispute.objects.filter(payment__invoice=OuterRef("pk"), status=Dispute.Status.LOST)
    notes = Invoice.objects.filter(corrects=OuterRef("pk"), kind=InvoiceKind.CREDIT_NOTE)
    unpaid = Q(gross_minor=F("credit_minor")) & Exists(notes)  # what credit covered came back as credit
    went_back = unpaid | Exists(refunds.exclude(status=Refund.Status.FAILED)) | Exists(lost)
    return later.exclude(went_back).exists()


def _payments(person: Person) -> QuerySet[Payment]:
    rows = Payment.objects.filter(person=person)
    owners = (f"invoice__{owner}" for owner in (*_OWNERS, "order__subscription"))
    rows = rows.select_related("method", *owners)
    return rows.prefetch_related("refunds__credit_note", "disputes")
