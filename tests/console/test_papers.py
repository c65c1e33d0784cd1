"""Invoices and credit notes at the desk: whoever works with money opens them, and the customer reads that they did."""

import pytest
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.billing.models import Invoice
from frontdesk.core.models import AuditEntry
from tests.people import signed_in
from tests.support import bills, money
from tests.support.bank import Bank, bank

__all__ = ["bank"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_paper_is_opened_from_the_customer_and_from_the_payment(billing: Client, ada: Person, bank: Bank) -> None:
    payment = money.paid(ada)
    address = f"/desk/invoices/{payment.invoice_id}/pdf/"
    for page in (f"/desk/customers/{ada.pk}/", f"/desk/payments/{payment.pk}/"):
        assert address in billing.get(page).content.decode(), page
    answer = billing.get(address)
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert "no-store" in answer["Cache-Control"]
    assert str(Invoice.objects.get().number) in answer["Content-Disposition"]
    assert AuditEntry.objects.filter(action="staff.looked", person=ada.pk, data__page="invoice").exists()


def test_what_was_never_issued_and_who_works_without_money_get_nothing(
    billing: Client, agent: Client, ada: Person, bank: Bank
) -> None:
    waiting = bills.invoice(bills.order(ada), number=None, issued_at=None)
    assert billing.get(f"/desk/invoices/{waiting.pk}/pdf/").status_code == 404
    issued = money.paid(ada).invoice_id
    assert agent.get(f"/desk/invoices/{issued}/pdf/").status_code == 403
    assert signed_in(ada).get(f"/desk/invoices/{issued}/pdf/").status_code == 403
