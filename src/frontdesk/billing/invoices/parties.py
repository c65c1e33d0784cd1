"""Who stands on an invoice: buyer and seller as they are at its issue."""

from django.conf import settings

from frontdesk.accounts.models import Person
from frontdesk.billing.models import BillingDetails

DETAILS = ("name", "company", "street", "postcode", "city", "country", "vat_id")


def buyer(person: Person | None, email: str = "") -> dict[str, str]:
    """The customer as on their invoice details, with what we know otherwise where these are empty."""
    found = BillingDetails.objects.filter(person=person).first() if person else None
    told = {field: getattr(found, field) if found else "" for field in DETAILS}
    return told | {"name": told["name"] or (person.name if person else ""), "email": person.email if person else email}


def seller() -> dict[str, str]:
    """The vendor."""
    return dict(settings.FRONTDESK_SELLER)
