"""Reading invoices and payments."""

from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from frontdesk.accounts.models import Person
from frontdesk.billing import holders
from frontdesk.billing.models import Dispute, Invoice, InvoiceKind, Order, Payment, Purpose, Refund
from frontdesk.catalog.models import PlanVersion
from frontdesk.core import clock
from frontdesk.core.errors import NotFound

PARTS = {Purpose.UPGRADE, Purpose.DEVICES}
_OWNERS = (
    "plan_version__plan__product",
    "order__plan_version__plan__product",
    "subscription__plan_version__plan__product",
)


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
    order = invoice.order
    held = invoice.subscription or (order.subscription if order else None)
    if held is None and order is not None and order.license is not None and order.purpose == Purpose.RENEWAL:
        return not holders.holds(license=order.license, person=invoice.person_id)
    return held is not None and held.handed_over_at is not None


def version_of(invoice: Invoice) -> PlanVersion:
    """The plan version that an invoice is for: as it was written, since its subscription may have another by now.

    Raises ValueError for an invoice of nothing.
    """
    if invoice.plan_version is not None:
        return invoice.plan_version
    owner = invoice.order or invoice.subscription
    if owner is None:
        raise ValueError("an invoice belongs to an order or a subscription")
    return owner.plan_version


def paid_terms(subscription: UUID) -> QuerySet[Invoice]:
    """The further terms that were paid for a subscription and have not gone back, nor are about to."""
    paid = Invoice.objects.filter(
        subscription=subscription, kind=InvoiceKind.INVOICE, purpose=Purpose.RENEWAL, paid_at__isnull=False
    )
    refunds = Refund.objects.filter(payment__invoice=OuterRef("pk"), takes_back=True)
    lost = Dispute.objects.filter(payment__invoice=OuterRef("pk"), status=Dispute.Status.LOST)
    notes = Invoice.objects.filter(corrects=OuterRef("pk"), kind=InvoiceKind.CREDIT_NOTE)
    unpaid = Q(gross_minor=F("credit_minor")) & Exists(notes)  # what credit covered came back as credit
    return paid.exclude(unpaid | Exists(refunds.exclude(status=Refund.Status.FAILED)) | Exists(lost))


def has_later_term(invoice: Invoice) -> bool:
    """Whether a term was paid on top of this upgrade (these devices), and has not gone back or is about to."""
    if invoice.purpose not in PARTS or invoice.paid_at is None or invoice.subscription_id is None:
        return False
    return paid_terms(invoice.subscription_id).filter(paid_at__gt=invoice.paid_at).exists()


def has_renewed_itself(order: Order) -> bool:
    """Whether the term that an order is for was charged by itself while the order was open: nobody pays it twice."""
    return _terms_meanwhile(order).filter(order=None).exists()


def is_paid_otherwise(order: Order) -> bool:
    """Whether the term that an order is for was charged by itself, or paid by another order, since it was placed."""
    return _terms_meanwhile(order).exclude(order=order).exists()


def _terms_meanwhile(order: Order) -> QuerySet[Invoice]:
    if order.purpose != Purpose.RENEWAL or order.subscription_id is None:
        return Invoice.objects.none()
    until = order.canceled_at or clock.now()
    return paid_terms(order.subscription_id).filter(paid_at__gt=order.placed_at, paid_at__lte=until)


def _payments(person: Person) -> QuerySet[Payment]:
    rows = Payment.objects.filter(person=person)
    owners = (f"invoice__{owner}" for owner in (*_OWNERS, "order__subscription"))
    rows = rows.select_related("method", *owners)
    return rows.prefetch_related("refunds__credit_note", "disputes")
