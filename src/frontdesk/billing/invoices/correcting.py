"""Putting the buyer on an issued invoice right.

An issued invoice never changes. A document with a number of its own names it and says what the buyer is called
instead; the amounts, the tax and the payment stay as they are.
"""

from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.billing import locks, notes
from frontdesk.billing.invoices import numbers, parties
from frontdesk.billing.models import Invoice, InvoiceKind
from frontdesk.core import clock, throttle
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound, RequestInvalid
from frontdesk.core.throttle import Limit

BY_ONE_PERSON = Limit("invoice corrections", 10, 86_400)


def may_correct(invoice: Invoice, person: Person) -> bool:
    """Whether the person's details differ from what stands on their invoice."""
    if invoice.kind != InvoiceKind.INVOICE or not invoice.number:
        return False
    return not parties.is_same(parties.buyer(person), parties.buyer_on(invoice))


@transaction.atomic
def correct_buyer(*, actor: Actor, person: Person, invoice: Invoice) -> Invoice:
    """Issue a correction with the person's details as they are now; pressed twice, it is one.

    Raises NotFound (no issued invoice of theirs), RequestInvalid (nothing differs), TooManyAttempts.
    """
    current = locks.invoice(invoice.pk)
    if current.person_id != person.pk or current.kind != InvoiceKind.INVOICE or not current.number:
        raise NotFound
    buyer = parties.buyer(person)
    newest = current.credit_notes.filter(kind=InvoiceKind.CORRECTION).order_by("-issued_at").first()
    if parties.is_same(buyer, (newest or current).buyer):
        if newest is None:
            raise RequestInvalid(field="details")
        return newest
    throttle.reserve(BY_ONE_PERSON, str(person.pk))
    made = _issue(current, buyer)
    data = {"number": made.number, "corrects": current.number}
    notes.of(actor=actor, action="invoice.corrected", subject=made, person=person.pk, data=data)
    return made


def _issue(invoice: Invoice, buyer: dict[str, str]) -> Invoice:
    now = clock.now()
    return Invoice.objects.create(
        kind=InvoiceKind.CORRECTION,
        number=numbers.take(InvoiceKind.CORRECTION),
        person=invoice.person,
        purpose=invoice.purpose,
        order=invoice.order,
        subscription=invoice.subscription,
        corrects=invoice,
        currency=invoice.currency,
        gross_minor=0,
        net_minor=0,
        tax_minor=0,
        tax_rate=invoice.tax_rate,
        tax_country=invoice.tax_country,
        buyer=buyer,
        seller=parties.seller(),
        language=invoice.language,
        created_at=now,
        issued_at=now,
        paid_at=now,
    )
