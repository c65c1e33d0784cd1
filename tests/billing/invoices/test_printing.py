"""The PDF of invoices and credit notes: read back, word by word."""

import io
import logging
from typing import Any

import pytest
from pypdf import PdfReader

from frontdesk.billing.invoices import printing
from frontdesk.billing.models import Invoice, Order, Refund
from frontdesk.core import clock
from tests.people import customer
from tests.support import bills

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    return bills.order(customer(), reference="H7K-2QX-9MA")


def pages(invoice: Invoice) -> list[str]:
    """The text of each page, in one line each, with plain spaces."""
    reader = PdfReader(io.BytesIO(printing.as_pdf(invoice)))
    return [" ".join(page.extract_text().replace("\xa0", " ").split()) for page in reader.pages]


def invoice_to(order: Order, **buyer: str) -> Invoice:
    return bills.invoice(
        order, number="2026-000042", buyer={"name": "Ada Lovelace", "email": "ada@example.org"} | buyer
    )


def test_a_paid_invoice_is_its_own_receipt(order: Order) -> None:
    invoice = invoice_to(order, company="Ada & Co", street="Am Ufer 1", postcode="10115", city="Berlin", country="DE")
    bills.payment(invoice)

    (page,) = pages(invoice)

    for expected in (
        "Invoice",
        "2026-000042",
        "H7K-2QX-9MA",
        "Ada & Co Ada Lovelace Am Ufer 1 10115 Berlin Germany",
        "Halcyon Software",
        "1 Kingfisher Lane",
        "VAT number DE000000000",
        "Net €33.57",
        "VAT 19 %, Germany €6.38",
        "Total €39.95",
        "by Visa •••• 4242.",
        "On the bank statement it stands as: HALCYON* SHIELD",
        "Page 1 of 1",
    ):
        assert expected in page


def test_it_speaks_the_language_it_was_issued_in(order: Order) -> None:
    invoice = invoice_to(order, country="DE")
    invoice.language = "de"
    (page,) = pages(invoice)
    assert "33,57 €" in page
    assert "39,95 €" in page
    assert "Deutschland" in page


def test_a_credit_note_names_what_it_corrects(order: Order) -> None:
    invoice = invoice_to(order)
    payment = bills.payment(invoice)
    note = bills.invoice(order, kind="credit_note", number="C-2026-000007", corrects=invoice, void_at=None)
    now = clock.now()
    Refund.objects.create(
        payment=payment,
        cause="customer",
        amount_minor=3995,
        currency="EUR",
        key="k",
        credit_note=note,
        requested_at=now,
    )

    (page,) = pages(Invoice.objects.get(pk=note.pk))

    for expected in ("Credit note", "C-2026-000007", "Corrects invoice 2026-000042", "Refund of invoice 2026-000042"):
        assert expected in page
    assert "€39.95 goes back by the way it was paid: Visa •••• 4242." in page


def test_what_credit_paid_is_said(order: Order) -> None:
    (page,) = pages(bills.invoice(order, credit_minor=3995))
    assert "€39.95 was paid with your credit." in page


def test_a_hundred_lines_go_over_pages_that_count_themselves(order: Order) -> None:
    invoice = bills.invoice(order, lines=[{"text": f"Licence {n} of a long list", "minor": 100} for n in range(100)])
    found = pages(invoice)
    assert len(found) > 1
    for place, page in enumerate(found, 1):
        assert f"Page {place} of {len(found)}" in page
    everything = " ".join(found)
    assert all(f"Licence {n} of" in everything for n in range(100))


@pytest.mark.parametrize(
    "name", ["Łukasz Żółć", "Ελένη Παπαδοπούλου", "Юрий Ёлкин", "Þórður Ævarsson", "Nguyễn Thị Ánh", "Արամ", "გიორგი"]
)
def test_names_are_printed_as_they_are_written(order: Order, name: str) -> None:
    (page,) = pages(invoice_to(order, name=name))
    assert name in page


@pytest.mark.parametrize("name", ["山田太郎", "محمد", "👩‍💻 Ada", "Ada\u202e\u0000\tL", "\ud800", "Ａｄａ"])
def test_what_no_font_holds_stops_no_invoice_and_reaches_no_log(
    order: Order, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    invoice = invoice_to(order)
    invoice.buyer["name"] = name
    with caplog.at_level(logging.DEBUG):
        (page,) = pages(invoice)
    assert "€39.95" in page
    assert name not in caplog.text
    assert "missing" not in caplog.text


def test_letters_that_are_only_dressed_up_are_printed_plain() -> None:
    assert printing.printable("Ａｄａ ﬁn") == "Ada ﬁn"
    assert printing.printable("山") == printing.BOX


@pytest.mark.parametrize(("currency", "minor", "shown"), [("JPY", 4500, "¥4,500"), ("KWD", 12345, "KWD12.345")])
def test_currencies_have_their_own_decimals(order: Order, currency: str, minor: int, shown: str) -> None:
    facts: dict[str, Any] = {"currency": currency, "gross_minor": minor, "net_minor": minor, "tax_minor": 0}
    (page,) = pages(bills.invoice(order, tax_rate=0, lines=[{"text": "Plus", "minor": minor}], **facts))
    assert f"Total {shown}" in page
