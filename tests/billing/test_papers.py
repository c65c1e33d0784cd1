"""Payments, invoices and details: what their owner sees, and nobody else."""

from typing import Any

import pytest
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.billing.models import BillingDetails, Invoice, Payment
from tests.people import customer, signed_in
from tests.support import bills

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> Person:
    return customer()


@pytest.fixture
def paid(person: Person) -> Payment:
    return bills.payment(bills.invoice(bills.order(person)))


def words(response: Any) -> str:
    return str(response.content.decode()).replace("\xa0", " ")


def test_the_history_names_amount_statement_and_state(person: Person, paid: Payment) -> None:
    page = words(signed_in(person).get("/billing/payments/"))
    assert "€39.95" in page
    assert "HALCYON* SHIELD" in page
    assert "Paid" in page


def test_an_abandoned_try_is_not_shown(person: Person) -> None:
    tried = bills.payment(bills.invoice(bills.order(person)), status=Payment.Status.CANCELED)
    assert str(tried.pk) not in words(signed_in(person).get("/billing/payments/"))


def test_a_failed_payment_says_why_and_what_helps(person: Person) -> None:
    failed = bills.payment(bills.invoice(bills.order(person)), status=Payment.Status.FAILED, decline="expired_card")
    page = words(signed_in(person).get(f"/billing/payments/{failed.pk}/"))
    assert "The card has expired." in page
    assert "Use another payment method." in page


@pytest.mark.parametrize(
    "path", ["payments/{0.pk}/", "payments/{0.pk}/refund/", "invoices/{1.pk}/", "invoices/{1.pk}/pdf/"]
)
def test_a_stranger_is_told_the_same_as_of_what_does_not_exist(paid: Payment, path: str) -> None:
    stranger = signed_in(customer("bob@example.org", "Bob"))
    theirs = stranger.get("/billing/" + path.format(paid, paid.invoice))
    nothing = stranger.get("/billing/" + path.format(Payment(), Invoice()))
    assert theirs.status_code == nothing.status_code == 404
    assert Client().get("/billing/" + path.format(paid, paid.invoice)).status_code == 302


def test_an_open_invoice_is_nobodys_paper_yet(person: Person) -> None:
    demand = bills.invoice(bills.order(person), number=None, issued_at=None, paid_at=None)
    assert signed_in(person).get(f"/billing/invoices/{demand.pk}/").status_code == 404


def test_no_cache_keeps_an_invoice(person: Person, paid: Payment) -> None:
    browser = signed_in(person)
    for path in ("", "pdf/"):
        response = browser.get(f"/billing/invoices/{paid.invoice.pk}/{path}")
        assert response.status_code == 200
        assert "no-store" in response["Cache-Control"]
    assert response["Content-Type"] == "application/pdf"
    assert f'filename="{paid.invoice.number}.pdf"' in response["Content-Disposition"]


def test_the_invoice_page_says_how_it_was_paid(person: Person, paid: Payment) -> None:
    page = words(signed_in(person).get(f"/billing/invoices/{paid.invoice.pk}/"))
    for expected in ("Ada Lovelace", "Halcyon Software", "€33.57", "VAT 19 %, Germany", "€6.38", "€39.95", "4242"):
        assert expected in page


def test_details_are_kept_and_a_vat_number_wants_its_company(person: Person) -> None:
    browser = signed_in(person)
    given = {"name": "Ada", "street": "Am Ufer 1", "postcode": "10115", "city": "Berlin", "country": "DE"}
    refused = browser.post("/billing/details/", given | {"vat_id": "de 123 456 789"})
    assert refused.status_code == 422
    assert not BillingDetails.objects.exists()
    browser.post("/billing/details/", given | {"vat_id": "de 123 456 789", "company": "Ada & Co"})
    kept = BillingDetails.objects.get(person=person)
    assert (kept.vat_id, kept.company, kept.country) == ("DE123456789", "Ada & Co", "DE")
    assert "Ada &amp; Co" in words(browser.get("/billing/details/"))


@pytest.mark.parametrize("wrong", [{"vat_id": "12345", "company": "A"}, {"country": "XX"}, {"name": "x" * 101}])
def test_details_that_cannot_be_right_are_not_kept(person: Person, wrong: dict[str, str]) -> None:
    assert signed_in(person).post("/billing/details/", wrong).status_code == 422
    assert not BillingDetails.objects.exists()
