"""Finding a customer by whatever they tell: what fits exactly opens at once, and lists are told to those they name."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.dates import MONTHS

from frontdesk.accounts.models import Person
from frontdesk.core.models import AuditEntry
from tests.licensing.conftest import Time
from tests.people import signed_in
from tests.support import bills, shop
from tests.support.queries import statements

pytestmark = pytest.mark.django_db


def found(browser: Client, text: str) -> str:
    """Where the search leads; empty when it shows a list."""
    answer = browser.get("/desk/customers/", {"q": text})
    return str(answer.get("Location", ""))


def format_month(day: date) -> str:
    with translation.override("de"):
        return str(MONTHS[day.month])


def test_by_address_number_of_the_licence_and_customer(agent: Client, ada: Person) -> None:
    page = f"/desk/customers/{ada.pk}/"
    license = shop.new_license(owner=ada)
    assert found(agent, " Ada@Mail.example ") == page
    assert found(agent, str(license.pk)) == page
    assert found(agent, str(ada.pk)) == page


def test_by_order_invoice_and_what_the_statement_says(billing: Client, ada: Person, time: Time) -> None:
    order = bills.order(ada, reference="H7K-2QX-9MA")
    invoice = bills.invoice(order, number="2026-000007")
    payment = bills.payment(invoice)
    for typed in ("h7k-2qx-9ma", "H7K2QX9MA", "h7k 2qx 9ma", " Order H7K-2QX-9MA."):
        assert found(billing, typed) == f"/desk/customers/{ada.pk}/", typed
    assert found(billing, "2026-000007") == f"/desk/payments/{payment.pk}/"
    day = time.now.date()
    for typed in (
        f"4242 39.95 {day}",
        f"4242  39,95 {day - timedelta(days=1)}",
        f"4242 39.95 {day + timedelta(days=1)}",
        f"4242 39,95 {day:%d.%m.%Y}",
        f"4242 39,95 € {day:%d.%m.%y}",
        f"4242 39.95 EUR {day:%d/%m/%Y}",
        f"4242 39.95 {day:%b %d, %Y}",
        f"4242 39.95 {day:%d %B %Y}",
        f"4242 39,95 {day.day}. {format_month(day)} {day.year}",
    ):
        assert found(billing, typed) == f"/desk/payments/{payment.pk}/", typed
    for typed in (
        f"4242 39.94 {day}",
        f"4243 39.95 {day}",
        f"4242 39.95 {day + timedelta(days=3)}",
        "4242 39.95 2026-02-30",
        "4242 39.95 32.13.2026",
        "4242 39.95 yesterday",
    ):
        assert found(billing, typed) == "", typed
        assert "Nobody fits" in billing.get("/desk/customers/", {"q": typed}).content.decode()


def test_a_currency_without_minor_units_is_found_as_it_is_written(billing: Client, ada: Person, time: Time) -> None:
    order = bills.order(ada, currency="JPY")
    payment = bills.payment(bills.invoice(order, currency="JPY", gross_minor=5000, net_minor=5000, tax_minor=0))
    assert found(billing, f"4242 5000 {time.now.date()}") == f"/desk/payments/{payment.pk}/"
    assert found(billing, f"4242 50.00 {time.now.date()}") == ""


def test_agents_do_not_search_in_money(agent: Client, ada: Person) -> None:
    bills.order(ada, reference="H7K-2QX-9MA")
    assert found(agent, "H7K-2QX-9MA") == ""


def test_a_part_of_a_name_lists_and_tells_those_it_lists(agent: Client, ada: Person, bob: Person) -> None:
    page = agent.get("/desk/customers/", {"q": "mail.example"}).content.decode()
    assert "Ada" in page
    assert "Bob" in page
    assert AuditEntry.objects.filter(action="staff.looked", person=ada.pk, data__page="person list").count() == 1
    agent.get("/desk/customers/", {"q": "ada"})
    assert AuditEntry.objects.filter(action="staff.looked", person=bob.pk).count() == 1
    assert "Nobody fits" in agent.get("/desk/customers/", {"q": "zz nobody"}).content.decode()


def test_a_look_is_told_to_the_customer(billing: Client, ada: Person) -> None:
    payment = bills.payment(bills.invoice(bills.order(ada)))
    billing.get(f"/desk/customers/{ada.pk}/")
    billing.get(f"/desk/customers/{ada.pk}/")
    billing.get(f"/desk/payments/{payment.pk}/")
    rows = AuditEntry.objects.filter(action="staff.looked", person=ada.pk).order_by("id")
    assert [(row.data["page"], row.data["as"]) for row in rows] == [
        ("customer", "billing_agent"),
        ("payment", "billing_agent"),
    ]
    told = signed_in(ada).get("/account/history/?show=looks").content.decode()
    assert "All your matters on one page" in told
    assert "A payment of yours" in told


def test_the_customers_page_asks_little_of_the_database(billing: Client, ada: Person) -> None:
    for _ in range(3):
        bills.payment(bills.invoice(bills.order(ada)))
        bills.subscription(ada, shop.plan_version())
        shop.new_license(owner=ada)
    billing.get(f"/desk/customers/{ada.pk}/")
    with CaptureQueriesContext(connection) as queries:
        assert billing.get(f"/desk/customers/{ada.pk}/").status_code == 200
    few = len(statements(queries))
    for _ in range(5):
        bills.payment(bills.invoice(bills.order(ada)))
        bills.subscription(ada, shop.plan_version())
        shop.new_license(owner=ada)
    with CaptureQueriesContext(connection) as queries:
        billing.get(f"/desk/customers/{ada.pk}/")
    assert len(statements(queries)) == few
    assert few <= 24


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30", "0000-00-00"])
def test_a_day_that_no_statement_has_finds_nothing(billing: Client, day: str) -> None:
    assert billing.get("/desk/customers/", {"q": f"4242 39.95 {day}"}).status_code == 200
