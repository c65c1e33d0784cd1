"""What stands on a customer's invoices from now on."""

from collections.abc import Mapping

from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.billing import notes
from frontdesk.billing.models import BillingDetails
from frontdesk.core.actors import Actor

FIELDS = ("name", "company", "street", "postcode", "city", "country", "vat_id")


def of(person: Person) -> BillingDetails:
    """The person's details; an unsaved row where none were given."""
    return BillingDetails.objects.filter(person=person).first() or BillingDetails(person=person)


@transaction.atomic
def save(*, actor: Actor, person: Person, values: Mapping[str, str]) -> BillingDetails:
    """Use these details for every invoice that is issued from now on. What is the same changes nothing."""
    Person.objects.select_for_update().get(pk=person.pk)  # of two first savings the second waits
    kept = of(person)
    changed = [field for field in FIELDS if getattr(kept, field) != values.get(field, "")]
    if not changed:
        return kept
    for field in changed:
        setattr(kept, field, values.get(field, ""))
    kept.save()
    notes.of(actor=actor, action="details.changed", subject=kept, person=person.pk, data={"fields": changed})
    return kept
