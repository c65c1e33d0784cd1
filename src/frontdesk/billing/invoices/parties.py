"""Who stands on an invoice: buyer and seller as they are at its issue."""

from collections.abc import Mapping

from django.conf import settings

from frontdesk.accounts.models import Person
from frontdesk.billing.models import BillingDetails, Invoice, InvoiceKind

DETAILS = ("name", "company", "street", "postcode", "city", "country", "vat_id")


def buyer(person: Person | None, email: str = "") -> dict[str, str]:
    """The customer as on their invoice details, with what we know otherwise where these are empty."""
    found = BillingDetails.objects.filter(person=person).first() if person else None
    told = {field: getattr(found, field) if found else "" for field in DETAILS}
    return told | {"name": told["name"] or (person.name if person else ""), "email": person.email if person else email}


def buyer_on(invoice: Invoice) -> dict[str, str]:
    """The buyer as an issued invoice has it, with what was put right since."""
    newest = invoice.credit_notes.filter(kind=InvoiceKind.CORRECTION).order_by("-issued_at").first()
    return dict((newest or invoice).buyer)


def is_same(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether both are the same buyer, as far as the details go."""
    return all(one.get(field, "") == other.get(field, "") for field in DETAILS)


def seller() -> dict[str, str]:
    """The vendor."""
    return dict(settings.FRONTDESK_SELLER)
