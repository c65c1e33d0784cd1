"""Reading invoices and payments."""

from uuid import UUID

from django.db.models import QuerySet

from frontdesk.accounts.models import Person
from frontdesk.billing.models import Invoice, Payment


def access_invoices(person: Person) -> QuerySet[Invoice]:
    """A person's issued invoices and credit notes, newest first."""
    raise NotImplementedError


def access_invoice(person: Person, invoice_id: UUID) -> Invoice:
    """One of them. Raises NotFound."""
    raise NotImplementedError


def access_payments(person: Person) -> QuerySet[Payment]:
    """A person's payments with invoice, refunds and disputes, newest first; tries that were abandoned are left out."""
    raise NotImplementedError


def access_payment(person: Person, payment_id: UUID) -> Payment:
    """One of them. Raises NotFound."""
    raise NotImplementedError
