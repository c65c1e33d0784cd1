"""Payments, invoices and details: what their owner sees, and nobody else."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from frontdesk.accounts.models import Person
from frontdesk.billing import details
from frontdesk.billing.invoices import correcting, parties, writing
from frontdesk.billing.models import BillingDetails, Invoice, Payment, Refund
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.core.errors import TooManyAttempts
from tests.people import customer, signed_in
from tests.support import bills
from tests.support.queries import statements

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


@pytest.mark.parametrize(
    "left", [{"status": "canceled"}, {"status": "failed", "decline": "abandoned"}, {"status": "requires_action"}]
)
def test_a_try_that_was_left_is_not_in_the_history_but_can_be_opened(person: Person, left: dict[str, str]) -> None:
    tried = bills.payment(bills.invoice(bills.order(person)), **left)
    browser = signed_in(person)
    assert str(tried.pk) not in words(browser.get("/billing/payments/"))
    assert browser.get(f"/billing/payments/{tried.pk}/").status_code == 200


def test_an_unfinished_one_leads_to_its_order_and_not_to_the_bank(person: Person) -> None:
    left = bills.payment(bills.invoice(bills.order(person)), status="requires_action", action_url="/bank/")
    browser = signed_in(person)
    assert f"/orders/{left.invoice.order_id}/" in words(browser.get(f"/billing/payments/{left.pk}/"))
    assert browser.post(f"/billing/payments/{left.pk}/confirmation/")["Location"] == f"/billing/payments/{left.pk}/"


def test_a_renewal_that_waits_for_the_bank_leads_there(person: Person) -> None:
    kept = bills.card(person)
    facts = {"status": "requires_action", "action_url": "/bank/confirm/", "method": kept}
    waiting = bills.payment(bills.invoice(bills.order(person)), **facts)
    browser = signed_in(person)
    assert "Your bank wants you to confirm this payment" in words(browser.get(f"/billing/payments/{waiting.pk}/"))
    assert browser.post(f"/billing/payments/{waiting.pk}/confirmation/")["Location"] == "/bank/confirm/"
    assert browser.get(f"/billing/payments/{waiting.pk}/confirmation/").status_code == 405


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


def test_an_issued_invoice_is_put_right_by_a_document_of_its_own(person: Person, paid: Payment) -> None:
    browser = signed_in(person)
    invoice = paid.invoice
    here = f"/billing/invoices/{invoice.pk}/"
    invoice.buyer = parties.buyer(person)
    invoice.save()
    assert "Correct this invoice" not in words(browser.get(here))
    assert browser.post(f"{here}correction/").status_code == 422  # nothing differs
    browser.post("/billing/details/", {"company": "Ada & Co", "city": "Berlin", "country": "DE"})
    assert "Correct this invoice" in words(browser.get(here))

    first = browser.post(f"{here}correction/")
    assert browser.post(f"{here}correction/")["Location"] == first["Location"]  # a double click

    made = Invoice.objects.get(kind="correction")
    assert first["Location"] == f"/billing/invoices/{made.pk}/"
    assert (made.corrects, made.gross_minor, made.buyer["company"]) == (invoice, 0, "Ada & Co")
    invoice.refresh_from_db()
    assert invoice.buyer["company"] == ""  # what was issued stays
    page = words(browser.get(first["Location"]))
    for expected in ("Invoice correction", str(made.number), str(invoice.number), "Ada &amp; Co"):
        assert expected in page
    assert "€0.00" not in page
    assert str(made.number) in words(browser.get(here))
    assert browser.get(f"{first['Location']}pdf/").content.startswith(b"%PDF-")
    assert browser.post(f"{first['Location']}correction/").status_code == 404  # a correction is not corrected


def test_a_stranger_corrects_nothing(paid: Payment) -> None:
    stranger = signed_in(customer("bob@example.org", "Bob"))
    assert stranger.post(f"/billing/invoices/{paid.invoice.pk}/correction/").status_code == 404
    assert not Invoice.objects.filter(kind="correction").exists()


def test_a_credit_note_names_the_buyer_that_was_put_right(person: Person, paid: Payment) -> None:
    details.save(actor=Actor.customer(person.pk), person=person, values={"company": "Ada & Co"})
    correcting.correct_buyer(actor=Actor.customer(person.pk), person=person, invoice=paid.invoice)
    assert writing.correct(paid.invoice, 1000).buyer["company"] == "Ada & Co"


def test_corrections_cannot_be_made_without_end(person: Person, paid: Payment) -> None:
    actor = Actor.customer(person.pk)
    for number in range(10):
        details.save(actor=actor, person=person, values={"company": f"Company {number}"})
        correcting.correct_buyer(actor=actor, person=person, invoice=paid.invoice)
    details.save(actor=actor, person=person, values={"company": "One more"})
    with pytest.raises(TooManyAttempts):
        correcting.correct_buyer(actor=actor, person=person, invoice=paid.invoice)


@pytest.mark.parametrize("path", ["/billing/payments/", "/billing/invoices/", "/withdraw/", "/cancel/"])
def test_a_page_asks_the_database_no_more_for_more_rows(person: Person, path: str) -> None:
    def rows(count: int) -> None:
        for _each in range(count):
            ordered = bills.order(person)
            paid = bills.payment(bills.invoice(ordered))
            bills.subscription(person, ordered.plan_version)
            Refund.objects.create(
                payment=paid,
                person=person,
                cause="staff",
                amount_minor=5,
                currency="EUR",
                key=str(paid.pk),
                requested_at=clock.now(),
            )

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(path).status_code == 200
        return len(statements(queries))

    browser = signed_in(person)
    rows(2)
    asked()
    few = asked()
    rows(10)
    assert asked() == few <= 15


@pytest.mark.parametrize("path", ["payments/{0.pk}/", "payments/{0.pk}/refund/", "invoices/{1.pk}/"])
def test_a_single_page_stays_within_its_budget(person: Person, paid: Payment, path: str) -> None:
    browser = signed_in(person)
    url = "/billing/" + path.format(paid, paid.invoice)
    browser.get(url)
    with CaptureQueriesContext(connection) as queries:
        response = browser.get(url)
    assert len(statements(queries)) <= 15
    assert len(response.content) < 150_000
